"""What is said of a log that is not read: one sentence, with the next step in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.logs.detect import mismatch

FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"
HOW = "describe it: `aicensus formats show {} > my.yaml`, change that, `--format my.yaml`"


UNKNOWN = [
    (
        "host,user,bytes_out\na.example,ann,1\n",
        "generic_csv",
        (
            "no header we know: the columns are host, user, bytes_out; nearest is generic_csv, "
            "which also needs a time"
        ),
    ),
    (
        '{"ts":1772323200,"user":"ann","bytes_in":1}\n',
        "generic_json",
        (
            "JSON we do not know: the keys are ts, user, bytes_in; nearest is generic_json, "
            "which also needs a host or an address"
        ),
    ),
    (
        "#separator \\x09\n#path\trdp\n#fields\tts\tid.orig_h\tid.resp_h\tresult\n",
        "zeek_conn",
        "a Zeek log of rdp; nearest is zeek_conn",
    ),
    (
        "hello world\n",
        "generic_csv",
        (
            "unknown log format: neither a table with a header, nor JSON, nor field=value pairs; "
            "a time and a host or an address are needed"
        ),
    ),
]


@pytest.mark.parametrize(("text", "near", "said"), UNKNOWN)
def test_an_unknown_log_is_told_what_it_lacks_and_what_to_do(detected, text, near, said):
    assert detected(text).why == f"{said}; {HOW.format(near)}"


def test_names_in_a_header_are_shown_in_moderation(detected):
    found = detected(",".join(["x" * 500, *(f"c{n}" for n in range(20))]) + "\n")
    assert len(found.why) < 400
    assert "c6 and 13 more" in found.why


@pytest.mark.parametrize(
    ("name", "sample", "said"),
    [
        ("zeek_ssl", "squid", "expected a `#fields` line that names ts, id.orig_h, id.resp_h, "),
        ("squid", "zeek_ssl", "expected lines of 10 words, this is zeek_ssl"),
        ("aws_cloudtrail", "generic_csv", "expected JSON objects with eventVersion, eventTime,"),
        ("dnsmasq", "generic_kv", "expected lines of its pattern, found unknown log format"),
        (
            "generic_kv",
            "squid",
            "expected field=value pairs with a time and a host or an address, ",
        ),
    ],
)
def test_a_log_of_another_format_is_told_what_was_expected(formats, name, sample, said):
    head = (FIXTURES / sample / "sample.log").read_bytes()
    found = mismatch(formats[name], head, formats)
    assert found is not None
    assert found.startswith(f"does not look like {name}: ")
    assert said in found


@pytest.mark.parametrize(
    "name", ["squid", "zeek_ssl", "zscaler_web_csv", "suricata_eve", "generic_kv"]
)
def test_a_log_of_the_format_is_not_complained_of(formats, name):
    head = (FIXTURES / name / "sample.log").read_bytes()
    assert mismatch(formats[name], head, formats) is None
