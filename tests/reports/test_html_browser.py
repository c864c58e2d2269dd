"""The HTML file in a real Chromium: filters, sheets, deep links, silence, inertness, paper."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from reports import html

pytestmark = pytest.mark.browser

WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""
CHATGPT = "00000000-0000-5000-8000-000000000002"


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium; its absence is a failure only where CI promised one."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium on this machine, and CI=true promises one")
        pytest.skip("no chromium on this machine: apt-get install chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if root else []
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, tmp_path):
    """Open a store's page; its `.trouble` is what was said, thrown or asked for."""
    contexts = []

    def run(store, hash_="", width=1400, scheme="light"):
        path = html.write(store.con, tmp_path)
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.trouble = []
        page.on("console", lambda message: page.trouble.append(message.text))
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith("file:") or page.trouble.append(request.url),
        )
        page.goto(f"{path.as_uri()}{hash_}")
        return page

    yield run
    for context in contexts:
        context.close()


def names(page):
    return page.locator("#asset-list tbody a").all_inner_texts()


def count(page):
    return page.inner_text("#asset-tools output")


def test_the_page_opens_without_a_word_or_a_request(filled, visit):
    page = visit(filled)
    assert page.trouble == []
    assert page.evaluate("violations") == []
    assert count(page) == "28 assets"


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_nothing_is_wider_than_the_screen(filled, visit, width):
    page = visit(filled, width=width)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(f"location.hash = '#asset-{CHATGPT}'")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("sheet.scrollWidth - sheet.clientWidth") <= 0


def test_the_worst_asset_stands_first(filled, visit):
    assert names(visit(filled))[:3] == ["DeepSeek Chat", "Otter", "ChatGPT"]


def test_search_looks_at_names_hosts_and_owners(filled, visit):
    page = visit(filled)
    for words, found in (
        ("copilot", ["Microsoft Copilot", "GitHub Copilot"]),
        ("10.4.7.20", ["10.4.7.20:11434"]),
        ("api.openai.example", ["ChatGPT"]),
        ("okafor github", ["GitHub Copilot"]),
        ("<script>", ["<script>window.pwned = 1</script>"]),
        ("no such thing", []),
    ):
        page.fill("#asset-tools [name=q]", words)
        assert names(page) == found
    assert count(page) == "0 of 28 assets"


def test_filters_narrow_together_and_clear(filled, visit):
    page = visit(filled)
    page.select_option("#asset-tools [name=state]", "unmanaged")
    page.select_option("#asset-tools [name=severity]", "low")
    assert sorted(names(page)) == ["Notion AI", "Zoom AI Companion"]
    page.select_option("#asset-tools [name=vendor]", "zoom")
    assert names(page) == ["Zoom AI Companion"]
    page.click("#asset-tools button[type=reset]")
    expect(page.locator("#asset-tools output")).to_have_text("28 assets")
    page.check("#asset-tools [name=new]")
    assert count(page) == "4 of 28 assets"


def test_a_number_of_the_summary_filters_the_list(filled, visit):
    page = visit(filled)
    page.click(".states a[data-state=drifted]")
    assert sorted(names(page)) == ["DeepL Translator", "bedrock eu-west-1"]


def test_a_column_sorts_both_ways_and_unknown_stays_last(filled, visit):
    page = visit(filled)
    header = page.locator("#asset-list th", has_text="Sent")
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert names(page)[0] == "bedrock eu-west-1"
    assert names(page)[-1] == "huggingface · 3f9a"
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert names(page)[-1] == "huggingface · 3f9a"


def test_a_click_opens_the_evidence_and_the_address_names_it(filled, visit):
    page = visit(filled)
    page.click("#asset-list tbody a:text-is('ChatGPT')")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("location.hash") == f"#asset-{CHATGPT}"
    sheet = page.inner_text("dialog")
    for told in (
        "Unapproved use",
        "Row 3 approves the workspace harbourpine; this is a personal account.",
        "Move the users into the approved workspace.",
        "api.openai.example:443",
        "logs/proxy.log.gz:1238",
        "upload",
        "blocked",
    ):
        assert told in sheet


def test_a_deep_link_opens_its_asset_and_escape_closes_it(filled, visit):
    page = visit(filled, f"#asset-{CHATGPT}")
    assert page.inner_text("#sheet-title") == "ChatGPT"
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("#assets$"))
    assert page.trouble == []


@pytest.mark.parametrize("hash_", ["#asset-", "#asset-nobody", "#asset-%", "#asset-__proto__"])
def test_a_link_to_no_asset_opens_nothing(filled, visit, hash_):
    page = visit(filled, hash_)
    assert page.locator("dialog[open]").count() == 0
    assert page.trouble == []


def test_the_keyboard_walks_from_the_list_through_the_sheets_and_back(filled, visit):
    page = visit(filled)
    page.locator("#asset-list tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.activeElement.textContent") == "Close"
    page.click("dialog button:text-is('Next')")
    expect(page.locator("#sheet-title")).to_have_text("Otter")
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_text("DeepSeek Chat")


def test_the_register_lists_its_rows_and_filters_them(filled, visit):
    page = visit(filled)
    page.click("[data-declared=not_assessable]")
    told = page.inner_text("#declared-list")
    assert "Claims triage model" in told
    assert "No owner named." in told
    assert "Jasper" not in told
    assert page.inner_text("#declared-tools output") == "2 of 13 rows"


def test_hostile_text_makes_no_element_and_runs_nothing(store, visit, hostiles):
    for at, text in enumerate(hostiles):
        asset = f"a{at}"
        store.add("v_asset", asset_id=asset, name=text, vendor=text, vendor_name=text, kind=text,
                  product=text, owner=text, why=text, domains=[text], state=text, severity=text,
                  flags=[text], rejected=text)  # fmt: skip
        store.add("v_evidence", asset_id=asset, dst_host=text, client=text, sample_path=text,
                  indicators=[text], action=text)  # fmt: skip
        store.add("v_pair", asset_id=asset, row=at, sentence=text, rule_ids=[text])
        store.add("v_finding", finding_id=asset, asset_id=asset, remediation=text, severity=text)
        store.add("v_declared", row=at, name=text, ref=text, why=text, state=text, flags=[text],
                  remarks=[text], business_owner=text)  # fmt: skip
    page = visit(store.run(organisation=hostiles[0]), width=360)
    for at in range(len(hostiles)):
        page.evaluate(f"location.hash = '#asset-a{at}'")
        expect(page.locator("#sheet dl dd").last).to_have_text(f"a{at}")
    assert page.evaluate("window.pwned") is None
    assert page.locator("img, [onerror], [onfocus], [onload], [autofocus]:not(button)").count() == 0
    assert page.locator("script").count() == 2
    assert page.trouble == []
    assert page.evaluate("violations") == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_an_asset_id_from_outside_is_a_place_and_no_address(store, visit):
    store.add("v_asset", asset_id="javascript:window.pwned=1", name="odd")
    page = visit(store.run())
    page.click("#asset-list tbody a")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("window.pwned") is None


def test_twenty_thousand_assets_are_searched_sorted_and_opened(large, visit):
    page = visit(large)
    assert page.locator("#asset-list tbody tr").count() == 50
    page.fill("#asset-tools [name=q]", "agent 19999")
    assert len(names(page)) == 1
    page.fill("#asset-tools [name=q]", "")
    page.click("#asset-list .pager button:text-is('Next')")
    assert page.inner_text("#asset-list .pager span") == "51 to 100 of 20,000"
    page.evaluate("location.hash = '#asset-11111111-0000-5000-8000-000000012345'")
    page.wait_for_selector("dialog[open]")
    assert "12345" in page.inner_text("#sheet-title")
    assert page.trouble == []


def test_paper_holds_every_row_and_no_controls(filled, visit):
    page = visit(filled)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#asset-list tbody tr").count() == 28
    assert page.locator("#asset-tools").is_hidden()
    assert page.locator("#coverage details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#coverage details[open]").count() == 0


def test_dark_is_dark(filled, visit):
    page = visit(filled, scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 27)"


CUT = """() => {
  const cut = [];
  const places = ".members .kind, .members .n, #suppliers th, .stack td[data-label], .states span";
  for (const place of document.querySelectorAll(places)) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const word of node.data.matchAll(/[A-Za-z]{2,15}/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) cut.push(word[0]);
      }
    }
  }
  return cut;
}"""


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_no_word_is_cut_and_nothing_stands_out_of_the_page(plain, visit, width):
    page = visit(plain, width=width)
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_not_in_use_is_marked_and_can_be_left_out(store, visit):
    same = {"vendor": "x", "product": "X", "kind": "saas_app"}
    store.add("v_asset", asset_id="a", name="Used", users=None, clients=2, **same)
    store.add("v_asset", asset_id="b", name="Tried", in_use=False, flags=["blocked_only"], **same)
    store.add("v_asset", asset_id="c", name="Ended", in_use=False, flags=["gone"], **same)
    page = visit(store.run())
    assert page.inner_text("h1") == "1 AI asset in use, 1 unmanaged"
    assert "1 more was only tried and blocked, 1 is no longer seen." in page.inner_text(".lede")
    table = page.inner_text("#asset-list")
    assert "tried and blocked" in table
    assert "no longer seen" in table
    assert "2 clients" in table
    page.check("#asset-tools [name=use]")
    assert names(page) == ["Used"]


def test_the_sheet_lists_every_model_and_what_the_sums_are_of(store, visit):
    store.add("v_asset", asset_id="a", name="A", models=["m-1", "m-2"], hits=67, bytes_out=139_000,
              sized_out=40)  # fmt: skip
    store.add("v_evidence", asset_id="a", model="m-1", users=None, clients=3)
    page = visit(store.run(), "#asset-a")
    sheet = page.inner_text("#sheet")
    assert "Models\nm-1\nm-2" in sheet
    assert "139 kB\nsizes in 40 of 67 records" in sheet
    assert "3 clients" in sheet
