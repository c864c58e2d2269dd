"""What looks like AI and is not in the catalogue: one line a host, with its reasons, no asset."""

import pytest

HEADER = "ts,user,host,url,bytes_out\n"


@pytest.fixture
def reviewed(census, tmp_path):
    """Scan (user, host, path) rows; the document of the store."""

    def run(*rows):
        path = tmp_path / "proxy.csv"
        path.write_text(
            HEADER
            + "".join(
                f"2026-03-01T10:00:{n:02}Z,{user},{host},https://{host}{at},{n}\n"
                for n, (user, host, at) in enumerate(rows)
            )
        )
        return census(path)

    return run


def test_an_unknown_name_is_one_line_with_its_reason_and_no_asset(reviewed):
    found = reviewed(("ann", "llm-proxy.example", "/"), ("bob", "llm-proxy.example", "/a"))
    (line,) = found["for_review"]
    assert (line["dst_host"], line["detection"], line["service"], line["hits"]) == (
        "llm-proxy.example", "hint", None, 2,
    )  # fmt: skip
    assert line["why"] == 'name:has the word "llm" (language models)'
    assert (found["assets"], found["totals"]["matched"], found["totals"]["ok"]) == ([], 0, 2)


def test_what_several_records_say_of_a_host_is_in_one_line(reviewed):
    found = reviewed(
        ("ann", "llm.example", "/"),
        ("ann", "LLM.example.", "/generate_stream"),
        ("ann", "llm.example", "/docs/generate_stream"),
    )
    (line,) = found["for_review"]
    assert (line["hits"], line["sample_line"]) == (3, 2)
    assert line["why"].count('has the word "llm"') == 2  # alone, and with the path
    assert 'path:ends in "/generate_stream" (an endpoint for models)' in line["why"]


@pytest.mark.parametrize(
    "host",
    ["openair-california.example", "ai.auth0.com", "chai.example", "mail.example", "rag.de"],
)
def test_a_look_alike_or_shared_host_is_not_listed(reviewed, host):
    assert (
        reviewed(("ann", host, "/generate_stream" * (host == "ai.auth0.com")))["for_review"] == []
    )


def test_a_known_service_is_what_it_is_and_no_hint(reviewed):
    found = reviewed(("ann", "chatgpt.com", "/"), ("ann", "api.openai.com", "/v1/embeddings"))
    assert found["for_review"] == []
    assert {asset["detection"] for asset in found["assets"]} == {"high"}
