"""`aicensus signatures`: list, show, lint, test, classify."""

from __future__ import annotations

import json

import pytest

from .overlays import OWN


@pytest.fixture
def own(tmp_path):
    """`own(text)`: a folder of one signature file, and its path."""
    folder = tmp_path / "own"
    (folder / "saas_app").mkdir(parents=True)

    def written(text):
        (folder / "saas_app" / "pallet_mind.yaml").write_text(text)
        return folder

    return written


def test_list_names_every_service_once(aicensus):
    done = aicensus("signatures", "list")
    ids = [line.split()[0] for line in done.out.splitlines()]
    assert done.code == 0
    assert "model_api/openai" in ids
    assert ids == sorted(set(ids))
    assert done.err.startswith(f"{len(ids)} services: ")


def test_list_of_one_kind_is_json_one_a_line(aicensus):
    done = aicensus("signatures", "list", "--kind", "agent", "--json")
    assert {row["kind"] for row in done.rows} == {"agent"}
    keys = {"id", "kind", "vendor", "product", "country", "origin", "nursery"}
    assert set(done.rows[0]) == keys
    assert {"US", "SE"} <= {row["country"] for row in done.rows}
    assert done.err == ""


def test_list_fits_a_terminal_by_cutting_names_and_never_ids(aicensus, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = aicensus("signatures", "list").out.splitlines()
    monkeypatch.setenv("COLUMNS", "80")
    done = aicensus("signatures", "list")
    lines = done.out.splitlines()
    assert max(map(len, (*lines, *done.err.splitlines()))) <= 80
    assert [line.split()[0] for line in lines] == [line.split()[0] for line in whole]
    assert sum(line.endswith("…") for line in lines) == sum(len(line) > 80 for line in whole)


def test_list_of_an_unknown_kind_is_refused(aicensus):
    done = aicensus("signatures", "list", "--kind", "agnet")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("aicensus: --kind: no kind is called 'agnet'; one of saas_chat, ")


def test_lint_accepts_a_signature_that_proves_itself(aicensus, own):
    done = aicensus("signatures", "lint", own(OWN))
    assert done.code == 0
    assert "pallet_mind" not in done.out


def test_lint_names_a_case_that_does_not_hold(aicensus, own):
    wrong = OWN.replace("pallet-mind.example}, match: true", "palletmind.example}, match: true")
    done = aicensus("signatures", "lint", own(wrong))
    assert done.code == 14
    assert "pallet_mind.yaml:" in done.out
    assert done.err.endswith("aicensus: signatures: 1 error; mend the lines above\n")


def test_lint_refuses_a_file_it_cannot_read_with_line_and_key(aicensus, own):
    done = aicensus("signatures", "lint", own(OWN.replace("    value:", "    vlaue:")))
    assert (done.code, done.out) == (14, "")
    assert "pallet_mind.yaml:" in done.err
    assert "vlaue" in done.err
    assert done.err.count("\n") == 1


def test_lint_of_a_folder_that_is_none_is_refused(aicensus):
    done = aicensus("signatures", "lint", "gone")
    assert (done.code, done.out) == (2, "")
    assert "Directory 'gone' does not exist" in done.err


def test_test_tells_people_the_verdict_on_each_host_and_what_lost(aicensus):
    done = aicensus("signatures", "test", "api.openai.com", "www.debian.org", "two words")
    lines = done.out.splitlines()
    assert [line for line in lines if line[0] != " "] == [
        "api.openai.com: high model_api/openai host_exact:api.openai.com",
        "www.debian.org: none no rule speaks of it",
        "two words: none not a host name: space or control character in host",
    ]
    assert (
        "  lost: host_suffix openai.com, high, surface web, of saas_chat/chatgpt: "
        "an exact name comes before a suffix"
    ) in lines


def test_test_is_json_one_a_line_when_asked(aicensus):
    done = aicensus("signatures", "test", "--json", "api.openai.com", "notopenai.com")
    first, second = done.rows
    assert [rule["value"] for rule in first["won"]] == ["api.openai.com"]
    assert second["near"][0]["value"] == "openai.com"


def test_test_without_a_host_is_refused(aicensus):
    done = aicensus("signatures", "test")
    assert done.code == 2
    assert "Missing argument 'HOSTS...'" in done.err


KEYS = [
    "input", "confidence", "kind", "vendor", "service", "surface", "tags", "signature", "reason",
]  # fmt: skip
HOSTS = "api.openai.com\r\n\n  www.debian.org\nb\u00fccher\u200b.example\nauth0.com"


def test_classify_gives_one_verdict_a_line_in_order(aicensus, write):
    """Blank lines too; what is no host says so; no sign at all is `none`, not silence."""
    done = aicensus("signatures", "classify", "--json", write("hosts.txt", HOSTS))
    assert (done.code, done.err) == (0, "")
    assert [(row["input"].strip(), row["confidence"]) for row in done.rows] == [
        ("api.openai.com", "high"),
        ("", "none"),
        ("www.debian.org", "none"),
        ("b\u00fccher\u200b.example", "none"),
        ("auth0.com", "none"),
    ]
    assert done.rows[3]["reason"].startswith("not a host name: ")
    assert done.rows[4]["reason"] == "shared infrastructure: never a finding by itself"
    assert list(done.rows[0]) == KEYS


def test_classify_reads_stdin_and_shows_people_three_columns(aicensus):
    done = aicensus("signatures", "classify", given="api.openai.com\nexample.org\n")
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert rows == [
        ["high", "model_api/openai", '"api.openai.com"'],
        ["none", "-", '"example.org"'],
    ]


def test_classify_survives_bytes_that_are_no_text(aicensus):
    done = aicensus("signatures", "classify", "--json", given=b"api.op\xffenai.com\n\x00\n")
    assert (done.code, [row["confidence"] for row in done.rows]) == (0, ["none", "none"])


def test_classify_of_a_missing_file_is_refused(aicensus):
    done = aicensus("signatures", "classify", "gone.txt")
    assert (done.code, done.out) == (2, "")
    assert "'gone.txt': No such file or directory" in done.err


CHAT = {"host": "10.1.2.3", "port": 8000, "path": "/v1/chat/completions", "method": "POST"}


@pytest.mark.parametrize(
    ("request_", "confidence", "reason"),
    [
        (CHAT, "medium", "http_path:"),
        (CHAT | {"headers": {"User-Agent": "Mozilla/5.0"}}, "low", "http_path:"),
        ({"host": "api.openai.com", "headers": None}, "high", "host_exact:"),
        ({"host": "www.debian.org", "path": "/"}, "none", "no rule speaks of it"),
        ({"host": "two words"}, "none", "not a host name: "),
        ({"headers": "User-Agent: x"}, "none", "headers are no object of names and values"),
        ({"headers": [1]}, "none", "headers are no object of names and values"),
        ({"path": "http://[::1"}, "none", "no path: "),
        ({"port": "9" * 5000}, "none", "no rule speaks of it"),
        ({}, "none", "no rule speaks of it"),
        ([1], "none", "not a JSON object"),
        ("chatgpt.com", "none", "not a JSON object"),
    ],
)
def test_classify_of_requests(aicensus, request_, confidence, reason):
    done = aicensus("signatures", "classify", "--http", "--json", given=json.dumps(request_))
    (row,) = done.rows
    assert (done.code, row["confidence"]) == (0, confidence)
    assert row["reason"].startswith(reason)


def test_classify_of_requests_answers_lines_that_are_no_json(aicensus):
    deep = "[" * 100_000
    done = aicensus("signatures", "classify", "--http", "--json", given=f"{{\n{deep}\n")
    assert [row["reason"] for row in done.rows] == ["not a JSON object"] * 2
