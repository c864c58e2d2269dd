"""Whatever a register calls it, a refusal is a refusal, and no answer is told."""

import datetime as dt

import pytest

from connectors.declared.read import read_inventory
from connectors.declared.vocabulary import Vocabulary


@pytest.fixture
def read(register):
    """Read one column of status cells under a header; further columns by name."""

    def run(header, *cells, policy=None, **more):
        names = ["Name", "Vendor", header, *more]
        lines = [",".join(names)]
        for at, cell in enumerate(cells):
            rest = [column[at] for column in more.values()]
            lines.append(",".join([f"System {at}", "Acme", f'"{cell}"', *rest]))
        return read_inventory(register("\n".join(lines) + "\n"), status_words=policy)

    return run


def lives(inventory):
    return [row.lifecycle for row in inventory.rows]


def reasons(inventory):
    return {problem.reason for problem in inventory.problems}


@pytest.mark.parametrize(
    "header",
    [
        "Decision", "Approval state", "Approval status", "Review outcome", "Disposition",
        "Verdict", "AI board decision", "approvalStatus", "approval_state", "Status (CISO)",
        "Entscheidung",
    ],
)  # fmt: skip
def test_a_decision_is_the_status_under_any_name(read, header):
    found = read(header, "Prohibited", "Approved with conditions", "Rejected")
    assert lives(found) == ["refused", "approved", "refused"]


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Sanctioned?", "approved", "refused"),
        ("Approved?", "approved", "refused"),
        ("Is it approved?", "approved", "refused"),
        ("Approved (Y/N)", "approved", "refused"),
        ("In production", "approved", "not_yet"),
        ("Active", "approved", "retired"),
        ("Decommissioned", "retired", "approved"),
        ("Prohibited", "refused", "approved"),
    ],
)
def test_yes_and_no_answer_what_the_header_asks(read, header, yes, no):
    assert lives(read(header, "Yes", "No")) == [yes, no]
    assert lives(read(header, "y", "N")) == [yes, no]
    assert lives(read(header, "✓", "✗")) == [yes, no]


def test_a_header_of_dates_with_answers_in_its_cells_is_a_status(read):
    found = read("Approved", "No", "Yes", "N", "n/a", "pending")
    assert lives(found) == ["refused", "approved", "refused", "not_yet", "not_yet"]
    assert found.columns["Approved"] == "lifecycle"
    assert "column_by_content" in reasons(found)


def test_a_header_of_dates_with_dates_in_its_cells_stays_a_date(read):
    found = read("Approved", "2025-05-12", "12.06.2025", "tbc")
    assert [row.approved_on for row in found.rows][:2] == [
        dt.date(2025, 5, 12),
        dt.date(2025, 6, 12),
    ]
    assert found.columns["Approved"] == "approved_on"


def test_a_refusal_among_dates_is_a_refusal(read):
    found = read("Approved on", "2025-05-12", "Rejected", "2025-05-13", "2025-05-14")
    assert lives(found)[1] == "refused"
    assert "date_unreadable" not in reasons(found)


def test_a_date_among_answers_is_a_yes_since_then(read):
    found = read("Approval", "No", "2025-05-12", "Yes")
    assert lives(found) == ["refused", "approved", "approved"]
    assert found.rows[1].approved_on == dt.date(2025, 5, 12)


def test_a_review_with_words_is_a_status_and_with_dates_is_none(read):
    assert lives(read("Review", "Rejected", "Approved")) == ["refused", "approved"]
    assert read("Review", "2026-01-02").columns["Review"] == "review_due"


def test_a_long_question_that_ends_in_decision_is_no_status(read):
    asked = "Is there a fallback and escalation process for a wrong decision"
    found = read(asked, "Yes", "No")
    assert lives(found) == ["approved", "approved"]
    assert found.unread[found.path] == (asked,)


def test_of_two_columns_the_stricter_counts_and_both_are_kept(read):
    found = read("Status", "Live", "Live", Decision=["Prohibited", "Approved"])
    assert lives(found) == ["refused", "approved"]
    assert found.rows[0].lifecycle_raw == "Decision: Prohibited; Status: Live"
    assert found.rows[0].remarks[0] == (
        'status_conflict: Decision "Prohibited" contradicts Status "Live"; the stricter counts'
    )
    assert not any(remark.startswith("status_") for remark in found.rows[1].remarks)


def test_the_order_of_columns_does_not_decide(read):
    assert lives(read("Decision", "Approved", Status=["Retired"])) == ["retired"]
    assert lives(read("Status", "Retired", Decision=["Approved"])) == ["retired"]


def test_a_word_nobody_knows_beside_one_that_is_known_is_told(read):
    found = read("Status", "Live", "Live", Decision=["see minutes", "Approved"])
    assert lives(found) == ["approved", "approved"]
    assert found.rows[0].remarks[0] == (
        'status_unknown: status "see minutes" (Decision) is in no list; Status "Live" counts'
    )


def test_a_column_of_names_is_no_status_beside_a_real_one(read):
    found = read("Status", "Live", "Refused", Approval=["J. Smith", "M. Jones"])
    assert lives(found) == ["approved", "refused"]
    assert found.unread[found.path] == ("Approval",)


def test_no_status_column_is_told_with_the_count(read):
    found = read("Owner", "a", "b")
    (said,) = [p for p in found.problems if p.reason == "status_column_missing"]
    assert said.message == "no status column; all 2 rows count as approved"


@pytest.mark.parametrize("cell", ["?", "? ?", "(??)", "TBD", "unknown", "to be confirmed", "offen"])
def test_a_cell_that_leaves_it_open_is_no_approval(read, cell):
    found = read("Status", "live", cell)
    assert [row.lifecycle for row in found.rows] == ["approved", "not_yet"]
    (said,) = [p for p in found.problems if p.reason == "status_phrase"]
    assert said.message == f'status "{cell}" is no decision; read as not yet'


@pytest.mark.parametrize("cell", ["", "-", "n/a", "none"])
def test_an_empty_one_stays_approved_with_a_remark(read, cell):
    found = read("Status", "live", cell)
    assert [row.lifecycle for row in found.rows] == ["approved", "approved"]
    assert "status_missing" in {p.reason for p in found.problems}


@pytest.mark.parametrize(
    ("header", "life"), [("Approved?", "not_yet"), ("Live?", "not_yet"), ("Retired?", "approved")]
)
def test_not_knowing_an_answer_is_held_against_the_leave_to_use_it(read, header, life):
    assert [row.lifecycle for row in read(header, "?").rows] == [life]


def test_a_policy_may_say_what_an_open_cell_is():
    words = Vocabulary.build({"approved": ["TBD"], "refused": ["No"]})
    assert words.read("tbd").lifecycle == "approved"


def test_empty_status_cells_are_told_with_their_rows(read):
    found = read("Status", "", "live", "n/a")
    (said,) = [p for p in found.problems if p.reason == "status_missing"]
    assert said.message == "no status; counts as approved (and 1 more row: line 4)"


def test_no_answer_to_whether_it_is_approved_is_no_approval(read):
    found = read("Approved?", "Yes", "")
    assert lives(found) == ["approved", "not_yet"]
    assert found.rows[1].remarks[0] == (
        'status_missing: no answer to "Approved?"; counts as not approved yet'
    )


def test_an_unknown_word_is_told_once_with_all_its_rows(read):
    found = read("Status", "asleep", "live", "asleep", "awake")
    told = [p for p in found.problems if p.level == "error"]
    assert [str(p).partition("register.csv:")[2].partition(";")[0] for p in told] == [
        '2: Status: status "asleep" is in no list',
        '5: Status: status "awake" is in no list',
    ]
    assert "2 rows left out (lines 2, 4); name it in the policy" in told[0].message
    assert found.rejected == 3


def test_many_unknown_words_are_counted_not_listed(read):
    found = read("Status", "live", *(f"word {n}" for n in range(50)))
    told = [p for p in found.problems if p.level == "error"]
    assert len(told) == 21
    assert "30 more status words are in no list; 30 rows left out" in told[-1].message


def test_a_refusal_the_policy_does_not_name_is_still_one(read):
    words = {"approved": ["Live"]}
    found = read("Status", "Live", "Prohibited", policy=words)
    assert lives(found) == ["approved", "refused"]
    assert found.rows[1].remarks[0] == (
        'status_phrase: status "Prohibited" is in no list of the policy; read as refused'
    )


def test_a_word_the_policy_names_is_what_the_policy_says(read):
    found = read("Status", "Rejected", policy={"approved": ["Rejected"]})
    assert lives(found) == ["approved"]


def test_a_column_the_policy_does_not_speak_of_is_read_by_our_words(read):
    found = read("Status", "Live", Decision=["pending"], policy={"approved": ["Live"]})
    assert lives(found) == ["not_yet"]


@pytest.mark.parametrize(
    ("cell", "life"),
    [
        ("Approved for marketing only", "approved"),
        ("In production: more than 1 year", "approved"),
        ("Not approved for production", "refused"),
        ("Approved - revoked in May", "refused"),
        ("Live (not yet approved)", "not_yet"),
        ("Live, no longer prohibited", "approved"),
        ("Retired \u2013 replaced by an approved tool", "retired"),
        ("On hold until May", "not_yet"),
        ("No longer approved", "refused"),
        ("b) Pilot - tried by a few", "approved"),
    ],
)
def test_longer_cells(cell, life):
    assert Vocabulary.build(None).read(cell).lifecycle == life


@pytest.mark.parametrize("cell", ["asleep", "No objections", "live wire", "Not so sure", "yes man"])
def test_a_cell_that_merely_begins_like_a_status_is_none(cell):
    assert not Vocabulary.build(None).read(cell).known


def test_an_end_date_against_a_status_that_goes_on_is_told(read):
    found = read("Status", "live", **{"Retired on": ["2026-01-31"]})
    assert lives(found) == ["approved"]
    assert found.rows[0].remarks[0].startswith("retired_without_status: ends on 2026-01-31")


def test_an_end_date_without_any_status_retires_from_then_on(read):
    found = read("Decommissioned", "2026-01-31", "")
    assert lives(found) == ["retired", "approved"]
    assert found.rows[0].retired_on == dt.date(2026, 1, 31)


def test_a_column_of_any_name_is_the_status_when_there_is_no_other(read):
    found = read("Tag", "Sanctioned", "Unsanctioned", "Monitored")
    assert lives(found) == ["approved", "refused", "not_yet"]
    assert "column_by_content" in reasons(found)


def test_beside_a_status_such_a_column_is_told_with_its_refusals(read):
    found = read("Status", "live", "live", Tag=["Sanctioned", "Unsanctioned"])
    assert lives(found) == ["approved", "approved"]
    (said,) = [p.message for p in found.problems if p.reason == "refusals_not_read"]
    assert said.startswith("column Tag refuses 1 row and is not read as a status")


@pytest.mark.parametrize("header", ["Approval", "Outcome"])
def test_a_column_that_may_mean_other_things_costs_no_rows(read, header):
    found = read(header, "J. Doe", "saves time")
    assert len(found.rows) == 2
    assert found.unread[found.path] == (header,)
    assert "status_column_missing" in reasons(found)
