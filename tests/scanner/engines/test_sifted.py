"""A log that is searched before it is cut says of AI what it says when every row is read."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import open_streams
from connectors.logs import sift as stage
from connectors.logs.cut import segments
from scanner.engines.local import LocalEngine
from scanner.match.screen import is_available
from scanner.names import Names
from scanner.privacy import People, load_key
from scanner.who import Scan
from tests.scanner.match.test_screen import (
    FORMATS,
    LOGS,
    SETTINGS,
    TABLES,
    addresses,
    agents,
    escaped,
    names,
    paths,
    ports,
)

pytestmark = pytest.mark.skipif(not is_available(), reason="no hyperscan for this platform")

SCAN = Scan(People.of(()), load_key(None), "standard")
plain = st.tuples(
    st.sampled_from(["www.shop.example", "cdn.example", "mail.example.org"]),
    st.just("192.0.2.1"), st.just("443"), st.just("/"), st.just("Mozilla/5.0"),
    st.just(frozenset()),
)  # fmt: skip
spoken = st.tuples(names, addresses, ports, paths, agents, escaped)
odd = st.sampled_from(["", "# remark", " ", "\udcfe\udcff", '"', "x" * 300, "{"])
rows = st.lists(st.one_of(plain, plain, plain, spoken, odd), max_size=40)


def logs(names):
    """Format, rows, size of a block, line end, whether the last line has one."""
    return st.tuples(
        st.sampled_from(names), rows, st.sampled_from([1, 200, 999, 5000, 1 << 20]),
        st.sampled_from(["\n", "\r\n"]), st.booleans(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    with LocalEngine(TABLES, SCAN, Names(), 1) as engine:
        yield engine


def text(name, rows, end, whole):
    header, line = LOGS[name]
    lines = [row if isinstance(row, str) else line(*row) for row in rows]
    out = header.replace("\n", end) + end.join(lines) + (end if whole else "")
    return out.encode("utf-8", "surrogateescape")


def total(engine, name, path, block, *, screen):
    (stream,) = open_streams(next(iter(discover([str(path)]))), Limits(block=block, line=4000))
    fmt = FORMATS[name]
    with stream:
        stream.head()
        sift = engine.sift(fmt) if screen else None
        cut = segments(fmt, stream, SETTINGS, sift)
        return engine.run(fmt, SETTINGS, cut, screen=screen)


def agree(engine, tmp_path, log):
    name, rows, block, end, whole = log
    path = tmp_path / "x.log"
    path.write_bytes(text(name, rows, end, whole))
    full = total(engine, name, path, block, screen=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "MUCH", 2.0)
        patch.setattr(stage, "SAMPLED", 5)
        fast = total(engine, name, path, block, screen=True)
    assert fast.everything().equals(full.everything())
    assert (fast.matched, fast.replaced) == (full.matched, full.replaced)
    a, b = fast.counts, full.counts
    assert (a.header, a.blank, a.comment, a.read) == (b.header, b.blank, b.comment, b.read)
    assert a.screened_out + fast.ok + a.rejected + a.skipped == full.ok + b.rejected + b.skipped


SUPPRESSED = list(HealthCheck)


@settings(max_examples=20, deadline=None, suppress_health_check=SUPPRESSED)
@given(log=logs(["zeek_ssl", "aws_vpc_flow"]))  # the others' screens take seconds to compile
def test_searched_and_read_in_full_agree(log, engine, tmp_path):
    agree(engine, tmp_path, log)


@pytest.mark.fuzz
@settings(max_examples=5_000, deadline=None, suppress_health_check=SUPPRESSED)
@given(log=logs(sorted(LOGS)))
def test_searched_and_read_in_full_agree_on_many_logs(log, engine, tmp_path):
    agree(engine, tmp_path, log)
