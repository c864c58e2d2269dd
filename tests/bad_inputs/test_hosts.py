"""Names as they occur in logs, through a whole scan: rejected, kept as nothing, or the vendor."""

from __future__ import annotations

import json

import pytest

# raw name, what it is after normalisation (None: the row is rejected), whether it is claude.ai's
NAMES = [
    ("claude.ai", "claude.ai", True),
    ("Claude.AI", "claude.ai", True),
    ("claude.ai.", "claude.ai", True),
    ("claude.ai:443", "claude.ai", True),
    ("https://claude.ai/chat/7?q=1#a", "claude.ai", True),
    ("https://claude.ai", "claude.ai", True),
    ("https://docs.example/#@claude.ai", "docs.example", False),
    ("https://docs.example/?u=https://claude.ai", "docs.example", False),
    ("https://docs.example\\@claude.ai/", None, False),
    ("https://claude.ai@docs.example/", "docs.example", False),
    ("https://docs.example@claude.ai/", "claude.ai", True),
    ("claude.ai.docs.example", "claude.ai.docs.example", False),
    ("notclaude.ai", "notclaude.ai", False),
    ("claude.ai-docs.example", "claude.ai-docs.example", False),
    ("not-api.claude.ai", "not-api.claude.ai", True),
    ("a.b.c.d.e.claude.ai", "a.b.c.d.e.claude.ai", True),
    ("cl\u0430ude.ai", "xn--clude-6nf.ai", False),
    ("xn--clude-6nf.ai", "xn--clude-6nf.ai", False),
    ("\uff43\uff4c\uff41\uff55\uff44\uff45.ai", "claude.ai", True),
    ("claude\u3002ai", "claude.ai", True),
    ("claude..ai", None, False),
    (".claude.ai", None, False),
    ("_spf.claude.ai", "_spf.claude.ai", True),
    ("*.claude.ai", "*.claude.ai", True),
    ("-edge.claude.ai", "-edge.claude.ai", True),
    ("claude.ai\x00.docs.example", None, False),
    ("claude.ai%00.docs.example", None, False),
    ("claude.ai\r\n.docs.example", None, False),
    ("clau\u200bde.ai", None, False),
    ("clau\u00adde.ai", None, False),
    ("claude .ai", None, False),
    ("claude", "claude", False),
    ("ai", "ai", False),
    ("198.51.100.7", "198.51.100.7", False),
    ("[2001:db8::7]:443", "2001:db8::7", False),
    ("fe80::7%en0", "fe80::7", False),
    ("::ffff:198.51.100.7", "198.51.100.7", False),
    ("3325256711", None, False),
    ("0xc6.51.100.7", None, False),
    ("198.051.100.007", None, False),
    ("<b>.claude.ai", None, False),
    ("=1+1.claude.ai", None, False),
    (f"{'k' * 63}.claude.ai", f"{'k' * 63}.claude.ai", True),
    (f"{'k' * 64}.claude.ai", None, False),
    ("k." * 130 + "claude.ai", None, False),
    ("javascript:alert(1)", None, False),
    ("../../etc/passwd", None, False),
]


def line(n: int, host: str) -> str:
    minute = f"2026-09-0{1 + n % 9}T08:{n:02}:00Z"
    return json.dumps({"ts": minute, "client_ip": f"10.40.2.{n}", "user": "u", "dst_host": host})


@pytest.fixture(scope="module")
def scanned(tmp_path_factory, scan):
    """Every name in one log, name n at line n + 1, with a port and a path of no meaning."""
    path = tmp_path_factory.mktemp("hosts") / "names.ndjson"
    path.write_text("".join(line(n, raw) + "\n" for n, (raw, _, _) in enumerate(NAMES)))
    return scan(path)


def test_every_name_is_kept_or_rejected(scanned):
    bad = sum(name is None for _, name, _ in NAMES)
    assert scanned.exit == 3
    assert scanned.counts == (len(NAMES) - bad, bad)


@pytest.mark.parametrize("n", range(len(NAMES)), ids=[ascii(raw)[1:41] for raw, _, _ in NAMES])
def test_a_name_is_what_it_is(scanned, n):
    _, name, vendor = NAMES[n]
    rejected = {reject["line"] for reject in scanned.source()["rejects"]}
    assert (n + 1 in rejected) is (name is None)
    if name is not None:
        assert (name in scanned.ai) is vendor


def test_nothing_but_the_vendor_is_found(scanned):
    assert scanned.ai == {name for _, name, vendor in NAMES if vendor}
    assert {asset["vendor"] for asset in scanned.doc["assets"]} == {"anthropic"}
