"""Zeek's own TSV: the header in force, and what is said of a log that is not closed."""

from __future__ import annotations

HEAD = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssl\n"
    "#open\t2026-03-01-00-00-00\n"
)
FIELDS = "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tserver_name\n"
OTHER = "#fields\tuid\tts\tid.resp_h\tid.resp_p\tid.orig_h\tid.orig_p\tja3\tserver_name\n"
CLOSE = "#close\t2026-03-01-01-00-00\n"


def row(n, host="www.example.com"):
    return f"1772323200.{n}\tC{n}\t10.0.0.1\t5000\t192.0.2.1\t443\t{host}\n"


def other(n):
    return f"C{n}\t1772323200.{n}\t192.0.2.1\t443\t10.0.0.1\t5000\tj{n}\tother.example\n"


def test_columns_may_change_in_mid_file_at_any_block_border(read_text):
    text = HEAD + FIELDS + row(1) + CLOSE + HEAD + OTHER + other(2) + other(3) + CLOSE
    for block in (1, 50, 300, 1 << 20):
        found = read_text("zeek_ssl", text, block=block)
        assert found.column("conn_uid") == ["C1", "C2", "C3"]
        assert found.column("dst_host") == ["www.example.com", "other.example", "other.example"]
        assert found.column("src_ip") == ["10.0.0.1"] * 3
        assert found.counts.header == 16
        assert found.notices == []


def test_the_same_columns_again_do_not_part_a_block(read_text):
    text = HEAD + FIELDS + (row(1) + FIELDS) * 50 + CLOSE
    found = read_text("zeek_ssl", text)
    assert (len(found.batches), len(found.rows), found.counts.header) == (1, 50, 58)


def test_a_log_without_close_is_read_and_said(read_text):
    found = read_text("zeek_ssl", HEAD + FIELDS + row(1))
    assert len(found.rows) == 1
    assert found.notices == ["no #close: log still open or cut"]


def test_records_before_any_header_refuse_the_log_once(read_text):
    found = read_text("zeek_ssl", row(1) * 500)
    assert (found.rows, found.rejects, found.counts.read) == ([], [], 0)
    assert found.notices == ["no #fields line before the first record"]


def test_another_separator_is_obeyed(read_text):
    text = (HEAD + FIELDS + row(1) + CLOSE).replace("\t", "|").replace("\\x09", "\\x7C")
    assert read_text("zeek_ssl", text).column("dst_host") == ["www.example.com"]


def test_a_nonsense_separator_is_not_obeyed(read_text):
    text = (HEAD + FIELDS + row(1) + CLOSE).replace("\\x09", "\\xzz")
    assert read_text("zeek_ssl", text).column("dst_host") == ["www.example.com"]


def test_escapes_stay_in_the_host_for_the_normaliser_to_refuse(read_text):
    found = read_text("zeek_ssl", HEAD + FIELDS + row(1, "api.openai.com\\x09evil\\x0a") + CLOSE)
    assert found.column("dst_host") == ["api.openai.com\\x09evil\\x0a"]
    assert found.batches[0].fields["dst_host"] == "server_name"


def test_unset_and_empty_are_missing(read_text):
    found = read_text("zeek_ssl", HEAD + FIELDS + row(1, "-") + row(2, "(empty)") + CLOSE)
    assert found.column("dst_host") == [None, None]


def test_a_quote_is_plain_text(read_text):
    found = read_text("zeek_ssl", HEAD + FIELDS + row(1, '"a') + row(2) + CLOSE)
    assert found.column("dst_host") == ['"a', "www.example.com"]
