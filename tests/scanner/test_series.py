"""Parts of one rotated log are one source; logs of two places are two."""

import pytest

from scanner.series import series


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hq/access.log", "hq/access.log.1"),
        ("hq/access.log", "hq/access.log-20260308.gz"),
        ("hq/access.log-20260308.gz", "hq/access.log-20260315.gz"),
        ("zeek/2026-03-08/conn.14:00:00-15:00:00.log.gz",
         "zeek/2026-03-09/conn.00:00:00-01:00:00.log"),
        ("trail/eu/2026/03/08/1_eu_20260308T0005Z_AbCdEfGh12345678.json.gz",
         "trail/eu/2026/03/09/1_eu_20260309T0010Z_ZbCdEfGh12345679.json.gz"),
        ("x/year=2026/month=03/day=08/part.json", "x/year=2026/month=03/day=09/part.json"),
        ("umbrella/2026-03-08/2026-03-08-12-10-e4e1.csv.gz",
         "umbrella/2026-03-09/2026-03-09-00-20-7ab0.csv.gz"),
        ("aws/2026-03-01-12-00-00-0123456789ABCdef", "aws/2026-03-02-09-10-00-0123456789ABCdee"),
        ("fw-20260308-000500.log", "fw-20260309-001000.log"),
        ("fw-202603080005.log", "fw-202603090010.log"),
        ("fw-2026-03-08-13.log", "fw-2026-03-09-04.log"),
        ("logs-20260308.zip!access.log", "logs-20260309.zip!access.log"),
        ("iis/u_ex260308.log", "iis/u_ex260309.log"),
    ],
)  # fmt: skip
def test_parts_of_a_log_are_one_source(one, other):
    assert series(one, "logs.x") == series(other, "logs.x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hq/access.log", "pilot/access.log"),
        ("fw1.log", "fw2.log"),
        ("fw-1.log", "fw-2.log"),
        ("site-2/proxy.log", "site-3/proxy.log"),
        ("remote/10.0.0.1", "remote/10.0.0.2"),
        ("remote/10.0.0.1.log", "remote/10.0.0.2.log"),
        ("trail/123456789012/2026/03/08/a.json", "trail/210987654321/2026/03/08/a.json"),
        ("logs/dns.log", "logs/proxy.log"),
        ("1700000000-dc01.log", "1700000000-dc02.log"),
        ("1700000000-1001.log", "1700000000-1002.log"),
        ("logs/2026-03-01_fe01.log", "logs/2026-03-05_fe02.log"),
        ("logs/2026-03-01-a1b2.log", "logs/2026-03-01-a1b3.log"),
        ("2026-03-01-1001/a.log", "2026-03-01-1002/a.log"),
        ("2026-03-01-12-10-e4e1/a.log", "2026-03-01-12-10-7ab0/a.log"),
        ("fw/i-0a1b2c3d4e5f60718.log", "fw/i-0a1b2c3d4e5f60719.log"),
        ("1_eu_fl-0a1b2c3d4e5f60718_20260308T0005Z_AbCdEf.log",
         "1_eu_fl-0a1b2c3d4e5f60719_20260308T0005Z_AbCdEf.log"),
        ("fw/i-0a1b2c3d4e5f60718/a.log", "fw/i-0a1b2c3d4e5f60719/a.log"),
    ],
)  # fmt: skip
def test_logs_of_two_places_are_two_sources(one, other):
    assert series(one, "logs.x") != series(other, "logs.x")


def test_two_formats_are_two_sources():
    assert series("hq/today.log", "logs.squid") != series("hq/today.log", "logs.dnsmasq")


@pytest.mark.parametrize("path", ["-", "2026-03-08.log", "", "/", "20260308", "a//b", "\x1b[2026"])
def test_any_path_has_a_series(path):
    name, _ = series(path, "logs.x")
    assert isinstance(name, str)


def test_what_is_left_of_a_name_is_more_than_a_dot():
    assert series("u/2026-03-08-12-10-e4e1.csv.gz", "logs.x")[0] == "u/csv"
    assert series("2026-03-08-12-10-e4e1", "logs.x")[0] == "e4e1"
