"""An overlay is written by others: what it says lands in the file, and breaks out of nothing.

The same indicators under harmless and under hostile texts give files of one shape.
"""

from __future__ import annotations

import json
import re

import pytest
import yaml

from signatures.export import FORMATS, Asked, export

CALM = {
    "name": "Acme",
    "page": "https://acme.example/",
    "user_agent": ["abcde$", "^fghij"],
    "http_header": ["x-a: ^abc"],
    "http_path": ["/abc"],
}
WILD = {
    "name": 'A"; sid:1; rev:9;) alert ip any any -> any any (msg:"x\\" | é 😀 {label} $TTL; #',
    "page": 'https://a/"; sid:2;) \\',
    "user_agent": ['ab"; sid:7;\\) c;', "^x;[|\"/]41 : # '"],
    "http_header": ['x-a: ^";\\) \\\\"; x'],
    "http_path": ['/abc";)\\|'],
}


@pytest.fixture
def exported(make_catalogue):
    """`exported(format, texts)`: the lines that are no comment."""

    def lines(name, texts):
        evidence = [{"kind": "page", "ref": texts["page"], "seen": "2026-11-21"}]
        indicators = [{"type": "host_suffix", "value": "acme.example"}] + [
            {"type": kind, "value": value}
            for kind in ("user_agent", "http_header", "http_path")
            for value in texts[kind]
        ]
        for one in indicators:
            one |= {"confidence": "high", "evidence": evidence}
            if one["type"] == "http_path":
                one["needs"] = {"port": 8123}
        overlay = {
            "id": "model_api/acme", "name": texts["name"], "kind": "model_api", "vendor": "acme",
            "vendor_name": texts["name"], "summary": texts["name"], "indicators": indicators,
        }  # fmt: skip
        # JSON is YAML; the loader wants the characters themselves.
        text = json.dumps(overlay, ensure_ascii=False)
        text, _ = export(
            name, Asked(make_catalogue({"model_api/acme": text}), "9.9.9", "Apache-2.0")
        )
        return [line for line in text.split("\n")[:-1] if line[:2] not in {"# ", "; "}]

    return lines


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "sigma"])
def test_hostile_texts_add_no_line(exported, name):
    assert len(exported(name, WILD)) == len(exported(name, CALM)) > 0


def test_zeek_rows_keep_their_columns(exported):
    assert [line.count("\t") for line in exported("zeek", WILD)] == [5, 4]


def test_suricata_rules_keep_their_options(exported):
    def options(texts):
        found = []
        for line in exported("suricata", texts):
            inside = re.fullmatch(r"alert \w+ \$HOME_NET any -> any \S+ \((.*)\)", line)[1]
            assert inside.count('"') % 2 == 0
            bare = re.sub(r'"[^";]*"', '""', inside)
            assert re.fullmatch(r"(?:[a-z_.]+(?::[^;]*)?; ?)+", bare), bare
            names = [one.split(":")[0].strip() for one in bare.split(";")]
            found.append([one for one in names if one != "reference"])
        return sorted(found)

    wild = options(WILD)
    assert wild == options(CALM)
    assert all(names.count("sid") == names.count("msg") == 1 for names in wild)


def test_sigma_texts_read_back_as_they_are(exported):
    calm, wild = (
        list(yaml.safe_load_all("\n".join(exported("sigma", texts)))) for texts in (CALM, WILD)
    )
    assert [sorted({*rule} - {"references"}) for rule in wild] == [
        sorted({*rule} - {"references"}) for rule in calm
    ]
    assert all(rule["title"].startswith(WILD["name"]) for rule in wild)


def test_a_zone_has_no_text_of_an_overlay(exported):
    assert exported("rpz", WILD)[3:] == exported("rpz", CALM)[3:]


def test_json_reads_back_as_it_is(exported):
    assert json.loads(exported("json", WILD)[1])["product"] == WILD["name"]
