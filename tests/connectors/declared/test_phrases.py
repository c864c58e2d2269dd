"""A cell that goes on after an approving word: what takes it back counts, and all of it is told."""

import datetime as dt

import pytest

from connectors.declared.read import read_inventory
from connectors.declared.vocabulary import Vocabulary

DAY = dt.date(2026, 10, 15)
OURS = Vocabulary.build(None, DAY)
POLICY = Vocabulary.build({"approved": ["Approved", "Live"], "refused": ["Stopped"]}, DAY)

TAKEN_BACK = [
    "genehmigt, widerrufen", "in use without approval", "Approved (expired)", "aktiv, gesperrt",
    "approved by nobody", "Approved in error", "approved - license terminated",
    "In use - illegal", "approved, use discontinued", "live (blocked since March)",
    "live since 2023, shut down 2025", "ok until 2025-01-01", "approved until 2024-12-31",
    "approvato - revocato", "aprobado; cancelado", "Approved ❌", "accepted with veto",
    "Produktiv (Abschaltung 12/2024 erfolgt)", "Live - access removed", "approuvé, retiré",
    "approved in 2023 and withdrawn in 2024", "Approved: no", "Approved/withdrawn",
    "approved - no, withdrawn", "Approved unfortunately revoked", "Was approved, now blocked",
    "Approved, not in use", "In use (blocked for guests)", "Freigabe erteilt, dann Widerruf",
    "approved until revoked in 2024", "APPROVED; SUSPENDED", "approved\nwithdrawn",
    "approved -> no", "approved=no", "in use, decision: no", "Approved NOT",
    "in use without our consent", "approved, not to be used", "Approved: under no circumstances",
    "approved, scrapped", "approved - nixed", "approved, usage must cease", "live; stop using",
    "Approved, may not be run", "Approved, but it has to end", "live without prior permission",
    "approved\u200b, revo\u00adked", "Approved, decision reversed", "Approved (de-approved)",
]  # fmt: skip
OPEN = [
    "approved - on hold", "Approved: pending", "Approved pending review", "approved?",
    "approved only if DPIA passes", "approved, subject to DPIA", "Approved ☐",
    "approved, on ice", "live, parked", "approved, conditional on a DPIA", "approved, shelved",
    "genehmigt unter Vorbehalt", "approved until March", "approuvé sous réserve",
]  # fmt: skip
GOOD = [
    "approved by the board on 2025-03-01", "Live in production", "Approved with conditions",
    "Approved with conditions: no personal data", "approved until 2027-12-31",
    "approved until revoked", "approved until further notice", "Live since May 2024",
    "Approved, never revoked", "Live (not blocked)", "aktiv, nicht gesperrt",
    "Approved, signed off by CISO", "live, retires in 2030", "Live, no longer pending",
    "approved, to be used by legal", "Approved without reservation", "Live, conditional access on",
    "approved, never stopped", "approved; must be used by HR only", "Live from end to end",
    "approved through the board on 2025-03-01", "Approved for blockchain analysis",
]  # fmt: skip


@pytest.mark.parametrize("cell", TAKEN_BACK)
@pytest.mark.parametrize("words", [OURS, POLICY])
def test_an_approval_that_is_taken_back_is_none(words, cell):
    read = words.read(cell)
    assert read.lifecycle in ("refused", "retired")
    assert read.note is not None


@pytest.mark.parametrize("cell", OPEN)
@pytest.mark.parametrize("words", [OURS, POLICY])
def test_an_approval_that_hangs_on_something_is_none_yet(words, cell):
    read = words.read(cell)
    assert (read.lifecycle, read.note is None) == ("not_yet", False)


@pytest.mark.parametrize("cell", GOOD)
def test_what_only_explains_leaves_it_approved(cell):
    assert OURS.read(cell).lifecycle == "approved"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("approved by the board on 2025-03-01", True),
        ("Retired, see minutes", True),
        ("approved until 2027-12-31", True),
        ("Approved 👀", True),
        ("Live in production since May 2024", False),
        ("Approved on 2025-03-01", False),
        ("✓ Approved", False),
    ],
)
def test_a_cell_that_says_more_than_its_word_is_told(cell, told):
    assert (OURS.read(cell).note is not None) is told


@pytest.mark.parametrize(
    ("cell", "life"),
    [
        ("approved until 2026-10-15", "approved"),
        ("approved until 2026-10-14", "retired"),
        ("approved until end of 2026", "approved"),
        ("approved until 3/4/2026", "retired"),
        ("freigegeben bis 31.12.24", "retired"),
        ("approved till Q3 2026", "retired"),
        ("actif jusqu'au 31 décembre 2026", "approved"),
        ("approved (expires: 2024-12-31)", "retired"),
        ("live, shut down planned for 12/2027", "not_yet"),
        ("live, shut down in 12/2027", "approved"),
    ],
)
def test_a_last_day_is_held_against_the_day_of_the_ledger(cell, life):
    assert OURS.read(cell).lifecycle == life


def test_a_last_day_nobody_can_judge_is_no_approval():
    assert Vocabulary.build(None).read("approved until 2030-01-01").lifecycle == "not_yet"


@pytest.mark.parametrize("cell", ["approved conditionally", "Conditionally approved", "On ice"])
def test_a_word_that_leaves_conditions_open_is_not_yet(cell):
    assert OURS.read(cell).lifecycle == "not_yet"


def test_first_words_of_the_policy_count_in_longer_cells_too():
    assert POLICY.read("Stopped - by the board").lifecycle == "refused"
    assert POLICY.read("Live - widerrufen").lifecycle == "refused"


def test_a_word_the_policy_lists_whole_is_what_the_policy_says():
    words = Vocabulary.build({"approved": ["Approved - on hold"]}, DAY)
    assert words.read("approved - on hold").lifecycle == "approved"


def test_an_answer_with_more_behind_it_still_answers_the_question(register):
    text = 'Name,Vendor,Retired?\nA,B,"Yes, in May"\nC,D,No\nE,F,"Yes - see ticket"\n'
    found = read_inventory(register(text), today=DAY)
    assert [row.lifecycle for row in found.rows] == ["retired", "approved", "retired"]


def test_an_approver_with_an_initial_is_no_answer(register):
    found = read_inventory(register("Name,Vendor,Approval\nA,B,N. Smith\nC,D,J. Doe\n"))
    assert [row.lifecycle for row in found.rows] == ["approved", "approved"]


def phrases(found):
    return [str(p) for p in found.problems if p.reason == "status_phrase"]


def test_every_longer_cell_is_told_with_its_row_and_reading(register):
    text = "Name,Vendor,Status\nA,B,Live - for HR\nC,D,live (blocked)\nE,F,live\n"
    found = read_inventory(register(text), today=DAY)
    assert [line.partition("register.csv:")[2] for line in phrases(found)] == [
        '2: status "Live - for HR" says more than its first word; read as approved',
        '3: status "live (blocked)" read as refused: "blocked"',
    ]


def test_many_cells_alike_are_one_line(register):
    rows = "".join(f"A{n},B,Approved by board {n}\n" for n in range(2000))
    (line,) = phrases(read_inventory(register("Name,Vendor,Status\n" + rows), today=DAY))
    assert "and 1999 more rows" in line


def test_very_many_different_cells_are_counted(register):
    rows = "".join(f"A,B,Live - {chr(97 + n // 26)}{chr(97 + n % 26)}qq\n" for n in range(300))
    found = phrases(read_inventory(register("Name,Vendor,Status\n" + rows), today=DAY))
    assert len(found) == 21
    assert any("and 279 more rows" in line for line in found)


def test_a_cell_too_long_to_read_is_no_approval():
    read = OURS.read("approved " + "until 2030 " * 50_000)
    assert (read.lifecycle, read.note is None) == ("not_yet", False)
