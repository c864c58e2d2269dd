"""What the formats cannot show stands in every report, escaped."""

from __future__ import annotations

import io

from rich.console import Console

from reports import html, json_document, terminal

HOSTILE = "no <b>bytes\x1b[31m"


def given(store):
    store.add("v_source", path="a.log", format="squid")
    store.add("v_source", path="b.log", format="zeek_ssl")
    store.add_all("v_limit", [{"says": HOSTILE}, {"says": "no user"}])
    return store.run().con


def test_json_has_them_with_the_source(store):
    sources = {
        one["path"]: one["limits"] for one in json_document.document(given(store))["sources"]
    }
    assert sources == {"a.log": [HOSTILE, "no user"], "b.log": []}


def test_a_terminal_has_them_by_format(store):
    out = io.StringIO()
    terminal.render(given(store), Console(file=out, width=120))
    text = out.getvalue()
    assert "What these logs cannot show\nsquid: no <b>bytes\\x1b[31m; no user\n" in text


def test_a_page_has_them_in_its_coverage(store):
    page = html.page(given(store))
    at = page.index("What these logs cannot show")
    assert page.index('id="coverage"') < at
    assert "No &lt;b&gt;bytes" in page[at : at + 400]
    assert "\x1b" not in page


def test_without_any_nothing_is_said(store):
    con = store.add("v_source").run().con
    assert "cannot show" not in html.page(con)
