"""The HTML file as text: policy, order, honesty, inertness; no browser needed."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import datetime
from hashlib import sha256

import html5lib
import pytest

from reports import html, html_data, ledger
from reports.html_charts import charts

ADDRESS = re.compile(r"(?i)(?:https?:)?//[a-z]")


@pytest.fixture(scope="module")
def parsed():
    """The page of a store as a tree, strict: an error of the parser fails the test."""

    def run(store):
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        return parser.parse(html.page(store.con))

    return run


def texts(tree, path):
    return ["".join(node.itertext()).strip() for node in tree.findall(path)]


def data_of(tree):
    return json.loads(tree.find(".//script[@id='data']").text)


def test_the_page_is_valid_html(filled, parsed):
    assert parsed(filled).tag == "html"


def test_the_policy_names_the_script_and_the_style_by_hash_and_nothing_else(filled, parsed):
    tree = parsed(filled)
    (policy,) = [
        node.get("content")
        for node in tree.iter("meta")
        if node.get("http-equiv") == "Content-Security-Policy"
    ]

    def digest(text):
        return b64encode(sha256(text.encode()).digest()).decode()

    (script,) = [node.text for node in tree.iter("script") if node.get("id") != "data"]
    (style,) = [node.text for node in tree.iter("style")]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digest(script)}'; "
        f"style-src 'sha256-{digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_fetched_and_nothing_is_inline(filled, parsed):
    for node in parsed(filled).iter():
        if not isinstance(node.tag, str):
            continue
        names = set(node.attrib)
        assert not names & {"src", "srcset", "action", "style", "background", "formaction"}
        assert not [name for name in names if name.startswith("on")]
        assert node.tag not in {"link", "iframe", "object", "embed", "img", "base"}
        assert node.get("href", "#").startswith("#")


def test_script_and_style_hold_no_address(filled, parsed):
    tree = parsed(filled)
    own = [node.text for tag in ("script", "style") for node in tree.iter(tag) if node.text]
    assert [text for text in own[:1] + own[2:] if ADDRESS.search(text)] == []


def test_the_headline_is_numbers_with_coverage_and_no_verdict(filled, parsed):
    tree = parsed(filled)
    assert texts(tree, ".//h1") == ["28 AI assets in use, 16 unmanaged"]
    lede = re.sub(r"\s+", " ", texts(tree, ".//p[@class='lede']")[0])
    assert lede == (
        "Between 2026-10-20 and 2026-11-19. 3 of 6 sources read completely, 2 in part, 1 not. "
        "Held against 13 rows of the register. 4 assets first seen in this run."
    )


def test_the_words_of_a_verdict_are_not_used(filled):
    text = html.page(filled.con).lower()
    assert not re.search(r"complian|conform|certif|satisf|no shadow ai|score", text)


def test_every_section_with_numbers_has_coverage_beside_it(filled, parsed):
    tree = parsed(filled)
    for name in ("attention", "suppliers", "time", "assets", "register", "coverage"):
        (section,) = [node for node in tree.iter("section") if node.get("id") == name]
        (scope,) = section.findall("header/a[@class='scope']")
        assert "3 of 6 sources complete" in "".join(scope.itertext())


def test_findings_stand_by_severity_with_why_and_next_step(filled, parsed):
    tree = parsed(filled)
    found = texts(tree, ".//article/header/span[1]")
    assert found == ["critical", "high", "high", "high", "high", "medium", "medium", "low", "low"]
    assert texts(tree, ".//article/header/p")[0] == (
        "Next Block the host and tell the users what they may use instead."
    )


def test_findings_beyond_the_list_are_counted(filled, parsed):
    assert "and 1 more" in texts(parsed(filled), ".//article/p/a")


def test_next_steps_that_differ_stand_with_their_asset(store, parsed):
    for name in ("one", "two", "three", "four", "five"):
        store.add("v_asset", asset_id=name, name=name)
        store.add("v_finding", finding_id=name, asset_id=name, remediation=f"Do {name}.")
    tree = parsed(store.run())
    assert texts(tree, ".//article/header/p") == []
    steps = texts(tree, ".//span[@class='own-next']")
    assert sorted(steps) == [
        "Next Do five.",
        "Next Do four.",
        "Next Do one.",
        "Next Do three.",
        "Next Do two.",
    ]


def test_a_few_next_steps_make_groups_of_their_own(store, parsed):
    for name in ("one", "two"):
        store.add("v_asset", asset_id=name, name=name)
        store.add("v_finding", finding_id=name, asset_id=name, remediation=f"do {name}")
    steps = texts(parsed(store.run()), ".//article/header/p")
    assert steps == ["Next Do one.", "Next Do two."]


def test_what_was_not_read_is_listed_with_reason_and_next_step(filled, parsed):
    gaps = texts(parsed(filled), ".//ul[@class='gaps']/li")
    assert len(gaps) == 5
    assert gaps[1].startswith("Not read: missing")
    assert gaps[1].endswith("Next Check the path; nothing is there.")


def test_hashes_of_run_signatures_register_and_sources_are_there(filled, parsed):
    hashes = texts(parsed(filled), ".//dl[@class='hashes']/div/dd")
    assert "5b1e" + "a" * 60 in hashes
    assert "c07d" + "b" * 60 in hashes
    assert "22" * 32 in hashes


def test_overlays_stand_beside_the_shipped_signatures(new_store, parsed):
    packs = [
        {"name": name, "version": "2026.11.21", "sha256": digit * 64, "place": "x", "signed_by": by}
        for name, digit, by in (("aicensus", "1", None), ("acme", "2", "f0"), ("ours", "3", None))
    ]
    store = new_store().run(signatures_packs=packs)
    page = parsed(store)
    rows = zip(
        texts(page, ".//dl[@class='hashes']/div/dt"),
        texts(page, ".//dl[@class='hashes']/div/dd"),
        strict=True,
    )
    told = [row for row in rows if row[0].startswith(("Signatures", "Overlay"))]
    assert told == [
        ("Signatures 2026.11.21", "5b1e" + "a" * 60),
        ("Overlay acme 2026.11.21", "2" * 64 + ", signed by f0"),
        ("Overlay ours 2026.11.21", "3" * 64 + ", not signed"),
    ]


@pytest.fixture(scope="module")
def plain_tags(new_store, parsed):
    """The elements and attributes of a page on which every text is a plain word."""
    return tags_of(parsed(one_of_each(new_store(), "plain")))


def test_hostile_text_makes_no_element_and_no_attribute(store, parsed, plain_tags, hostile):
    assert tags_of(parsed(one_of_each(store, hostile))) == plain_tags


def tags_of(tree):
    return [
        (node.tag, sorted(set(node.attrib) - {"class"}))
        for node in tree.iter()
        if isinstance(node.tag, str)
    ]


def one_of_each(store, text):
    """A store that has `text` wherever text can come from outside."""
    store.add("v_asset", asset_id="a", kind=text, vendor=text, vendor_name=text, product=text,
              name=text, tenant=text, owner=text, why=text, department=text)  # fmt: skip
    store.add("v_evidence", asset_id="a", dst_host=text, client=text, sample_path=text)
    store.add("v_finding", finding_id="f", asset_id="a", title=text, remediation=text)
    store.add("v_declared", row=1, name=text, ref=text, business_owner=text, why=text)
    store.add("v_pair", asset_id="a", row=1, sentence=text)
    store.add("v_source", path=text, format=text, status="partial", reason="rejects")
    store.add("v_problem", path=text, reason=text, message=text)
    store.add("v_problem", path=text, reason=text, message=text, level="note")
    store.add("v_reject", path=text, line=1, field=text, reason=text, value=text)
    store.add("v_candidate", dst_host=text, why=text)
    store.add("v_vendor", vendor=text, vendor_name=text, assets=1, unmanaged=1, hits=1, users=1)
    store.add("v_department", department=text, assets=1, unmanaged=1, hits=1, users=5)
    return store.run(organisation=text)


def test_hidden_characters_are_written_out(store):
    page = html.page(one_of_each(store, "invoice\u202egnp\x1b[2J").con)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert r"invoice\u202egnp\x1b[2J" in page


def test_a_state_or_status_we_do_not_know_is_shown(store, parsed):
    store.add("v_asset", asset_id="a", state="brand_new").add("v_source", status="odd")
    assert "brand new" in texts(parsed(store.run()), ".//ul[@class='states']/li/a/span")


def test_an_empty_run_is_a_page(store, parsed):
    tree = parsed(store.run(first_time=None, last_time=None))
    assert texts(tree, ".//h1") == ["No AI asset seen in what was read"]


def test_data_columns_are_the_same_values_shorter(filled, parsed):
    data = data_of(parsed(filled))
    column = data["assets"]["columns"]["state"]
    states = [column["values"][at] for at in column["index"]]
    assets = ledger.read(filled.con, ledger.Asset)
    assert sorted(states) == sorted(asset.state for asset in assets)
    assert len(column["values"]) == 8


@pytest.mark.parametrize(
    ("values", "column"),
    [
        (["a", "b"], {"values": ["a", "b"]}),
        (["a", "a", "b", "a", "b"], {"values": ["a", "b"], "index": [0, 0, 1, 0, 1]}),
        ([["x"], ["x"], ["x"]], {"values": [["x"]], "index": [0, 0, 0]}),
        ([None, 7, None, 7, None], {"values": [None, 7], "index": [0, 1, 0, 1, 0]}),
        ([], {"values": []}),
    ],
)
def test_a_column_repeats_no_value(values, column):
    assert html_data.column(values) == column


def test_evidence_beyond_the_sheet_is_counted(store, parsed, monkeypatch):
    monkeypatch.setattr(html_data, "EVIDENCE_SHOWN", 2)
    store.add("v_asset", asset_id="a")
    for line in range(5):
        store.add("v_evidence", asset_id="a", sample_line=line)
    data = data_of(parsed(store.run()))
    assert data["evidence"]["length"] == 2
    assert data["more"] == {"0": 3}


def test_the_file_is_one_and_whole(filled, tmp_path):
    path = html.write(filled.con, tmp_path / "out")
    assert [item.name for item in (tmp_path / "out").iterdir()] == ["report.html"]
    assert path.read_text(encoding="utf-8") == html.page(filled.con)


def test_the_same_store_gives_the_same_page(filled):
    assert html.page(filled.con) == html.page(filled.con)


def test_charts_count_days_weeks_and_months(new_store):
    assert charts([]) == []
    start = 20
    for days, columns, word in ((60, 60, "day"), (300, 43, "week"), (1200, 40, "month")):
        con = new_store().con
        con.execute(
            "insert into v_timeline select date '2023-01-02' + day::integer, 'managed', $start, "
            "1, 1000, 5, 0 from range($days) r(day)",
            {"days": days, "start": start},
        )
        assets, sent = charts(ledger.read(con, ledger.Day))
        assert assets.title.startswith(f"Assets in use per {word}")
        assert (len(assets.rows), assets.top) == (columns, "20")
        assert sent.svg.count("<title>") == columns


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"last_time": datetime(2026, 10, 20, 9)}, "On 2026-10-20. "),
        ({"first_time": None, "last_time": None}, "No record with a time. "),
    ],
)
def test_the_time_that_was_looked_at_is_said_in_words(store, values, told):
    assert told in html.page(store.add("v_source").run(**values).con)
