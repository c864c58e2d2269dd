"""`scan` and `formats` of object stores, as a person calls them."""

import pytest

from tests.connectors.files.objects.stand_in import StandIn

LOG = b"ts,user,dst_host,dst_port\n2026-03-01T00:00:00Z,ada,api.openai.com,443\n"


@pytest.fixture
def stand_in():
    server = StandIn()
    yield server
    server.stop()


def test_offline_refuses_a_store_before_anything_is_asked(aicensus, stand_in):
    done = aicensus("scan", "s3://b/", "--offline", "--endpoint-url", stand_in.url)
    assert done.code == 2
    assert "s3://b/: needs a network; leave out --offline, or copy it here first" in done.err
    assert stand_in.asked == []


def test_a_private_endpoint_needs_a_word(aicensus, stand_in):
    stand_in.objects["a.csv"] = LOG
    words = ("scan", "s3://b/", "--anonymous", "--endpoint-url", stand_in.url, "--json")
    refused = aicensus(*words)
    assert (refused.code, stand_in.asked) == (3, [])
    (source,) = refused.document["sources"]
    assert (source["status"], source["reason"]) == ("failed", "refused")
    assert "add --allow-private" in source["problems"][0]["message"]
    allowed = aicensus(*words, "--allow-private")
    assert (allowed.code, allowed.document["totals"]["ok"]) == (0, 1)


def test_nothing_there_ends_with_5(aicensus, stand_in):
    done = aicensus(
        "scan", "s3://b/x/", "--anonymous", "--allow-private", "--endpoint-url", stand_in.url
    )
    assert done.code == 5
    assert "s3://b/x/" in done.err


@pytest.mark.parametrize("key", ["\x1b[31mred.csv", "a\u202eb.csv", "<b>x</b>.csv", "=1+1.csv"])
def test_a_hostile_name_is_escaped_wherever_it_is_shown(aicensus, stand_in, key, tmp_path):
    stand_in.objects |= {key: LOG, "b.csv": LOG + LOG[26:]}
    stand_in.faults[key] = "denied"
    done = aicensus(
        "scan", "s3://b/", "--anonymous", "--allow-private", "--endpoint-url", stand_in.url,
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.code == 3
    page = (tmp_path / "out/report.html").read_text("utf-8")
    for text in (done.out, done.err, page):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "<b>x</b>" not in page
    for table in (tmp_path / "out").glob("*.csv"):
        assert ",=1+1" not in table.read_text("utf-8")


def test_help_names_the_stores_and_imports_none(aicensus):
    import subprocess
    import sys

    assert "--anonymous" in aicensus("scan", "--help").out
    code = (
        "import sys, scanner.pipeline, scanner.commands.scan;"
        "print([n for n in ('boto3', 'obstore', 'google.auth', 'azure.identity')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", ["detect", "parse"])
def test_formats_reads_a_store_as_a_scan_does(aicensus, stand_in, verb):
    stand_in.objects["a.csv"] = LOG
    words = ("formats", verb, "s3://b/a.csv", "--anonymous", "--endpoint-url", stand_in.url)
    assert (aicensus(*words).code, stand_in.asked) == (3, [])
    done = aicensus(*words, "--allow-private", "--json")
    (row,) = done.rows
    assert (done.code, row["format"]) == (0, "generic_csv")
