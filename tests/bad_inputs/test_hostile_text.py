"""Texts that mean something to a browser, a spreadsheet, a terminal or a template stay texts.

Each text stands in every field of a log, in every cell of a register and, where a file may be
called so, in file names; one scan writes all reports, which are then read as their readers do.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import html5lib
import pytest
from rich.console import Console

from reports import csv as csv_report
from reports import html as html_report
from reports import terminal
from reports.json_document import document, text
from reports.text import csv_value, safe_text
from scanner import pipeline
from scanner.commands.progress import Quiet
from scanner.model import ScanRequest

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "script": "<script>window.pwned=1</script>",
    "end of script": "</script><img src=x onerror=pwned()>",
    "end of style": "</style></title></textarea><svg onload=pwned()>",
    "attribute": '" autofocus onfocus="pwned()',
    "attribute '": "' style='background:url(//evil.example)",
    "comment": "--><!--<script>",
    "cdata": "]]><![CDATA[<b>",
    "entity": "&lt;b&gt;&#x3c;i&amp;",
    "template": "{{ 6*7 }}{% raw %}${6*7}#{6*7}<%= 6*7 %>",
    "link": "javascript:pwned()",
    "data link": "data:text/html,<script>pwned()</script>",
    "formula =": "=2+5+cmd|' /C calc'!A0",
    "formula +": "+2+5",
    "formula -": "-2+5",
    "formula @": "@SUM(2,5)",
    "formula tab": "\t=2+5",
    "formula cr": "\r=2+5",
    "formula lf": "x\n=2+5",
    "formula wide": "\uff1d2+5",
    "formula ;": "a;=2+5",
    "formula quote": '"=2+5',
    "negative": "-7",
    "ansi": "\x1b[1;31mred\x1b[0m",
    "ansi clear": "\x1b[2J\x1b]0;title\x07",
    "ansi link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "c1": "\u009b31mred",
    "cr": "good\rbad",
    "backspace": "bad\x08\x08\x08good",
    "nul": "a\x00b",
    "bidi": "\u202efdp.exe",
    "isolate": "\u2067x",
    "zero width": "pay\u200bpal\ufeff",
    "line separator": "a\u2028b\u2029c",
    "alike": "\u0430nthropic",
    "zalgo": "a" + "\u0301" * 60,
    "emoji": "\U0001f469\u200d\U0001f4bb desk",
    "private": "a\ue000\U000f0000",
    "markup": "[bold red]x[/bold red][link=https://evil.example]y[/link]",
    "markdown": "[x](javascript:pwned())|a|b|\n```\n# head",
    "yaml": "x: y\n- !!python/object:os.system z",
    "log line": "x\n2026-09-01T00:00:00Z CRITICAL made up",
    "json": '","severity":"none","x":"',
    "printf": "%s%n%x{0}{run}",
    "sql": "'); drop table run; --",
    "path": "../../../etc/passwd",
    "mail": "pat.oleary@halvorsen-pike.example",
    "long": "w" * 5000,
}
SECRETS = {
    "aws": ("AKIA" + "Q7EXAMPLE0000000", "AKIA***"),
    "openai": ("sk-proj-" + "Ab0" * 16, "sk-p***"),
    "url": ("https://h.example/?access_token=0f1e2d3c4b5a", "access_token=***"),
    "bearer": ("Bearer 0f1e2d3c4b5a69788796", "Bearer ***"),
}
HOSTILE = "=<img src=x onerror=pwned()>\"'\x1b[31m\u202e{{7*7}}"  # fit for a file name
ALL = {**TEXTS, **{name: raw for name, (raw, _) in SECRETS.items()}}


def tidied(raw: str) -> str:
    """A cell as it is kept: without blanks around its lines; a name is one line besides."""
    return "\n".join(line.strip() for line in raw.splitlines()).strip()


LOG_FIELDS = ("user", "user_agent", "url", "method", "action", "app", "device", "dst_host")


def log_of(texts: list[str]) -> str:
    """For each text an ordinary record in which all fields but two hold it, and one in its host."""
    lines = []
    for n, value in enumerate(texts):
        base = {"ts": f"2026-09-0{1 + n % 9}T08:00:00Z", "client_ip": f"10.40.3.{n}"}
        hostile = dict.fromkeys(LOG_FIELDS, value)
        lines.append({**hostile, **base, "dst_host": "claude.ai", "action": "allowed"})
        lines.append({**base, "dst_host": value})
        lines.append({**hostile, **base, "dst_host": "api.groq.com", "bytes_out": value})
    return "".join(json.dumps(line) + "\n" for line in lines)


def register_of(texts: list[str]) -> str:
    """A row for each text in all cells that may hold any text."""
    rows = [
        {
            "ref": f"HP-{n:03}", "name": value, "description": value, "purpose": value,
            "business owner": value, "technical owner": value, "department": value,
            "vendor": value, "product": value, "model": value, "notes": value,
            "approved scope": value, "approved by": value, "risk": value, "status": "approved",
        }
        for n, value in enumerate(texts)
    ]  # fmt: skip
    return json.dumps(rows)


def colleagues() -> str:
    """Enough people of one department that it is shown."""
    lines = [
        {"ts": f"2026-09-0{n}T09:00:00Z", "user": f"colleague{n}", "dst_host": "claude.ai"}
        for n in range(1, 8)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


def people_of(department: str) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["display_name", "mail", "login", "active", "department"])
    table.writerows([f"Colleague {n}", "", f"colleague{n}", "1", department] for n in range(1, 8))
    return out.getvalue()


class Written:
    """All outputs of one scan over the given texts."""

    def __init__(self, folder: Path, texts: list[str], word: str) -> None:
        """`word` names the files, the organisation and a department."""
        folder.mkdir()
        log, register, people = (folder / f"{word}.{end}" for end in ("log", "json", "csv"))
        log.write_text(log_of(texts) + colleagues(), "ascii")
        register.write_text(register_of(texts), "ascii")
        people.write_text(people_of(word), "utf-8")
        request = ScanRequest(
            (str(log),),
            people=people,
            organisation=word,
            now=pipeline.utc_now().replace(2026, 11, 21),
            inventories=(register,),
            privacy="investigation",
        )
        pages = io.StringIO(), io.StringIO()

        def show(con, outcome) -> None:
            del outcome
            terminal.render(con, Console(file=pages[0], width=120))
            terminal.render(con, Console(file=pages[1], width=80, force_terminal=True))
            self.html = html_report.write(con, folder).read_text("utf-8")
            self.csv = {
                path.name: path.read_text("utf-8-sig") for path in csv_report.write(con, folder)
            }
            self.doc, self.text = document(con), text(con)

        pipeline.scan(request, Quiet(), show)
        self.page, self.colours = (page.getvalue() for page in pages)

    def shape(self) -> Counter[tuple[str, tuple[str, ...]]]:
        """How often each element with its attributes' names is in the page."""
        tree = html5lib.parse(self.html, namespaceHTMLElements=False)
        return Counter((str(node.tag), tuple(sorted(node.attrib))) for node in tree.iter())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("hostile") / "out", list(ALL.values()), HOSTILE)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """The same job with plain words of the same number."""
    words = [f"word{n}" for n in range(len(ALL))]
    return Written(tmp_path_factory.mktemp("plain") / "out", words, "Depot")


def test_the_page_has_no_element_or_attribute_that_plain_words_do_not_give(written, harmless):
    assert set(written.shape()) <= set(harmless.shape())


def test_the_page_has_its_own_scripts_only_and_a_policy(written, harmless):
    scripts = {kind: n for kind, n in written.shape().items() if kind[0] == "script"}
    assert scripts == {k: n for k, n in harmless.shape().items() if k[0] == "script"}
    assert "default-src 'none'" in written.html


def test_the_page_loads_and_links_nothing_from_outside(written):
    tree = html5lib.parse(written.html, namespaceHTMLElements=False)
    for node in tree.iter():
        for name, value in node.attrib.items():
            assert not str(name).startswith("on")
            if name in {"href", "src", "action", "formaction", "data", "poster"}:
                assert value.startswith(("#", "data:image/")), (node.tag, name, value)


@pytest.mark.parametrize("name", TEXTS)
def test_json_gives_every_text_back_as_it_came(written, name):
    at = list(ALL).index(name)
    (row,) = [row for row in written.doc["declared"] if row["ref"] == f"HP-{at:03}"]
    assert row["business_owner"] == tidied(TEXTS[name])
    assert row["name"] == " ".join(TEXTS[name].split())


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_masked_in_every_output(written, name):
    raw, _ = SECRETS[name]
    secret = raw.rpartition("=")[2].removeprefix("Bearer ")
    assert secret not in written.text
    assert secret not in written.html
    assert secret not in written.page
    assert all(secret not in table for table in written.csv.values())


@pytest.mark.parametrize("name", SECRETS)
def test_a_masked_secret_still_says_what_it_is(written, name):
    assert SECRETS[name][1] in written.text


def test_json_text_is_ascii_and_reads_back_the_same(written):
    assert written.text.isascii()
    assert json.loads(written.text) == json.loads(json.dumps(written.doc))


def test_the_terminal_page_holds_no_control_but_line_ends(written):
    assert [c for c in written.page if c != "\n" and not c.isprintable()] == []


def test_on_a_terminal_only_our_own_colours_steer_it(written):
    bare = re.sub(r"\x1b\[[0-9;]*m", "", written.colours)
    assert [c for c in bare if c != "\n" and not c.isprintable()] == []
    assert "\x1b]8" not in written.colours


def test_rich_markup_is_no_markup(written):
    assert "[bold red]x" in written.page or "bold red" not in written.page


def test_no_cell_of_a_table_is_a_formula(written):
    starts = ("=", "+", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff20", "\x00")
    for table in written.csv.values():
        for row in csv.reader(io.StringIO(table, newline=""), strict=True):
            for cell in row:
                assert not cell.startswith(starts)
                assert not cell.startswith("-") or cell[1:].replace(".", "").isdigit()


@pytest.mark.parametrize("name", TEXTS)
def test_a_cell_gives_its_text_back_with_what_is_unseen_written_out(written, name):
    at = list(ALL).index(name)
    rows = csv.DictReader(io.StringIO(written.csv["declared.csv"], newline=""))
    (row,) = [row for row in rows if row["ref"] == f"HP-{at:03}"]
    assert csv_value(row["business_owner"]) == safe_text(tidied(TEXTS[name]), keep="\n\t")
    assert csv_value(row["name"]) == safe_text(" ".join(TEXTS[name].split()), keep="\n\t")


def test_a_table_printed_on_a_terminal_steers_nothing(written):
    """No control, no direction mark, no line break of another kind in any of the files."""
    for table in written.csv.values():
        assert safe_text(table, keep="\n\t") == table


def test_tables_have_as_many_rows_as_the_document(written):
    for name in ("assets", "declared", "findings"):
        rows = list(csv.reader(io.StringIO(written.csv[f"{name}.csv"], newline="")))
        assert len(rows) - 1 == len(written.doc[name])
        assert len({len(row) for row in rows}) == 1


def test_findings_do_not_depend_on_the_texts(written, harmless):
    def states(one: Written) -> Counter[tuple[str, str]]:
        return Counter((a["service"], a["state"]) for a in one.doc["assets"])

    assert states(written) == states(harmless)


def test_a_department_and_an_organisation_are_shown_as_they_are_called(written):
    assert written.doc["run"]["organisation"] == HOSTILE
    assert HOSTILE in {asset["department"] for asset in written.doc["assets"]}
    assert written.doc["sources"][0]["path"].endswith(".log")


def test_every_record_is_accounted_for(written):
    totals = written.doc["totals"]
    assert totals["read"] == 3 * len(ALL) + 7 == totals["ok"] + totals["rejected"]
    assert totals["ok"] >= len(ALL)


def test_the_data_of_the_page_reads_back_as_json(written):
    tree = html5lib.parse(written.html, namespaceHTMLElements=False)
    blocks = [n.text for n in tree.iter("script") if n.get("type") == "application/json"]
    assert blocks
    for block in blocks:
        json.loads(block)
