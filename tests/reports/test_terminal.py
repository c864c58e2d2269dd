"""The terminal ledger: what it says, in which width, and that nothing in it steers a terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from reports import terminal
from reports.text import safe_text


@pytest.fixture
def show():
    """Render a store as text: (store, width, terminal or pipe, encoding) -> str."""

    def run(store, width=100, *, tty=False, encoding="utf-8"):
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
        console = Console(file=file, width=width, force_terminal=tty, highlight=False)
        terminal.render(store.con, console)
        return raw.getvalue().decode(encoding)

    return run


def test_the_headline_has_coverage_beside_its_numbers(filled, show):
    told = show(filled, 120).splitlines()
    assert told[2].startswith("28 AI assets in use: 16 unmanaged, 1 prohibited")
    assert told[4] == (
        "looked at  3 of 6 sources complete · 1,657,520 records, 12 rejected, 1 cut off, "
        "1,200 skipped · 2026-10-20 to 2026-11-19"
    )
    assert told[5] == "5 gaps: what was not read is in none of these numbers"


def test_the_most_severe_comes_first_with_why_and_what_next(filled, show):
    told = show(filled, 120)
    attention = told[told.index("Needs someone") :]
    assert attention.index("critical  Prohibited") < attention.index("high      Retired but alive")
    assert "The policy rule no-deepseek forbids it for everyone." in attention
    assert "next: Block the host and tell the users what they may use instead." in attention


def test_rows_that_need_their_owner_are_listed(filled, show):
    told = show(filled, 120)
    assert re.search(r"row 41 +Jasper for Campaigns +Maren Holt", told)
    assert re.search(r"row 44 +Otter notes +Maren Holt, the owner has left", told)
    assert "Declared, not observed  Covered by the proxy logs for 30 days; not seen." in told
    assert "1 declared, not observed" in told


def test_what_was_not_read_comes_with_the_next_step(filled, show):
    told = show(filled, 120)
    assert re.search(r"Not read: missing +logs/vpn.log", told)
    assert "Next: Check the path; nothing is there." in told
    assert r"logs/ssl.log:400: server_name: contains NUL: 'host0\x00.example'" in told


def test_rows_beyond_the_table_are_counted(filled, show, monkeypatch):
    monkeypatch.setattr(terminal, "ROWS", 3)
    assert "and 20 more: --out DIR writes all of them" in show(filled)


def test_a_run_that_saw_nothing_says_so_with_its_coverage(store, show):
    store.add("v_source", read=4, ok=4, unmatched=4)
    told = show(store.run(first_time=None, last_time=None))
    assert "0 AI assets in use\n" in told
    assert "1 of 1 source complete · 4 records · no record with a time" in told
    assert "Every source given was read" in told


def test_without_a_register_it_is_said(store, show):
    assert "none given" in show(store.run(inventory_digest=None))


def test_a_register_of_which_no_row_was_usable_is_not_called_missing(store, show):
    page = show(store.run())
    assert "no row of it could be used" in page
    assert "none given" not in page


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(filled, show, width):
    wide = [line for line in show(filled, width).splitlines() if cell_len(line) > width]
    assert wide == []


def test_a_pipe_gets_no_colour_and_no_blanks_at_line_ends(filled, show):
    told = show(filled)
    assert "\x1b" not in told
    assert [line for line in told.splitlines() if line != line.rstrip()] == []


def test_a_terminal_gets_colour(filled, show):
    assert "\x1b[" in show(filled, tty=True)


def test_hostile_text_is_inert_everywhere(store, show, hostile):
    store.add("v_asset", asset_id="a", name=hostile, tenant=hostile, why=hostile)
    store.add("v_finding", finding_id="f", asset_id="a", remediation=hostile)
    store.add("v_declared", row=1, ref=hostile, name=hostile, business_owner=hostile,
              state="not_assessable", why=hostile)  # fmt: skip
    store.add("v_problem", path=hostile, reason="missing", message=hostile)
    told = show(store.run(organisation=hostile), 120)
    assert set(told) <= set(safe_text(told)) | {"\n"}
    assert safe_text(told, keep="\n") == told


def test_markup_of_rich_is_shown_and_not_obeyed(store, show):
    store.add("v_asset", asset_id="a", name="[bold]x[/] :smile:")
    store.add("v_finding", finding_id="f", asset_id="a")
    assert "[bold]x[/] :smile:" in show(store.run())


def test_a_terminal_without_unicode_gets_ascii(store, show):
    store.add("v_asset", asset_id="a", name="Übersetzer", users=2)
    store.add("v_finding", finding_id="f", asset_id="a")
    told = show(store.run(), encoding="ascii")
    assert r"\xdcbersetzer" in told
    assert "looked at  0 of 0 sources complete - 0 records" in told


def test_attempts_and_what_is_gone_are_counted_beside_what_is_in_use(store, show):
    store.add("v_asset", asset_id="a")
    store.add("v_asset", asset_id="b", in_use=False, flags=["blocked_only"], blocked=10)
    store.add("v_asset", asset_id="c", in_use=False, flags=["gone"])
    store.add("v_finding", finding_id="f", asset_id="c")
    told = show(store.run())
    assert "1 AI asset in use: 1 unmanaged\n" in told
    assert "besides    1 only tried and blocked, 1 no longer seen\n" in told
    assert re.search(r"Unmanaged +3 +1 ", told)
    assert "no longer seen" in told[told.index("Needs someone") :]


def test_where_no_user_is_named_clients_are_counted(store, show):
    store.add("v_asset", asset_id="a", users=None, clients=4)
    store.add("v_finding", finding_id="f", asset_id="a")
    assert "4 clients" in show(store.run())


def test_a_sum_of_bytes_says_of_how_many_records(store, show):
    store.add("v_asset", asset_id="a", hits=67, bytes_out=139_000, sized_out=40)
    store.add("v_finding", finding_id="f", asset_id="a")
    told = show(store.run(), 120)
    assert re.search(r"Unmanaged +1 +1 +67 +139 kB +40 of 67", told)
    assert "sizes in 40 of 67 records" in told


def test_header_lines_are_no_records(store, show):
    store.add("v_source", read=6, header=1, comment=1, ok=4, unmatched=4)
    assert "1 of 1 source complete · 4 records" in show(store.run())


def test_hosts_that_look_like_ai_are_named_and_the_rest_counted(filled, show):
    for number in range(7):
        filled.add("v_candidate", dst_host=f"llm{number}.example", detection="hint", hits=9)
    told = " ".join(show(filled, 120).split())
    unknown = "llm0.example, llm1.example, llm2.example, llm3.example, llm4.example"
    assert f"Looks like AI, not in the catalogue: {unknown} and 3 more" in told
