"""The good logs that all cases here are made of read without a word."""


def test_the_good_csv_is_read_whole_and_nothing_is_said(scan_bytes, log):
    result = scan_bytes("good.csv", log.csv())
    assert (result.exit, result.counts, result.state()) == (0, (12, 0), ("complete", None))
    assert result.ai == log.ai
    assert result.said() == ""


def test_the_good_json_lines_are_read_whole_and_nothing_is_said(scan_bytes, log):
    result = scan_bytes("good.ndjson", log.objects())
    assert (result.exit, result.counts, result.state()) == (0, (12, 0), ("complete", None))
    assert result.ai == log.ai
    assert result.said() == ""
