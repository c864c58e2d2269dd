"""Measure the readers: rows a second of each kind, beside counting the lines of the same file.

    python bench/readers.py --rows 400000 --kinds kv cef

Each kind reads one made-up log of its own from a file, cuts it in one thread and reads and maps it
in two, as a scan does, without matching. `cpu us` is processor time for a row, which a busy machine
changes less than the rows a second; `times` is how many bare line counts the reading takes. What a
thread needs once, its connection and macros, is in the first run only: the best of several counts.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.stream import Stream, open_streams
from connectors.logs.cut import segments
from connectors.logs.load import load_formats
from connectors.logs.model import Format
from connectors.logs.normalise import Normaliser
from connectors.logs.settings import ReadSettings
from signatures.strict_yaml import load_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = 1_772_438_400  # 2026-03-02 08:00 UTC
NOW = datetime(2026, 11, 21, tzinfo=UTC)
KV = """
id: kv
about: a firewall's pairs
reader: {kind: kv, syslog: true}
map:
  time: ["time_iso(date || ' ' || time || tz)", "time_iso(date || ' ' || time)"]
  class: ["'network'"]
  src_ip: [srcip]
  src_port: ["flow_port_of(srcport)"]
  src_user: ['"user"']
  dst_host: [hostname]
  dst_ip: [dstip]
  dst_port: ["flow_port_of(dstport)"]
  proto: ["proto_of(proto)"]
  app: [app]
  bytes_out: ["bytes_of(sentbyte)"]
  bytes_in: ["bytes_of(rcvdbyte)"]
  action: ["action_of(action)"]
require: [time, dst_host|dst_ip]
"""


def _clock(i: int) -> str:
    """Twenty records a second."""
    i //= 20
    return f"{8 + i // 3600 % 12:02}:{i // 60 % 60:02}:{i % 60:02}"


def _kv(i: int) -> str:
    return (
        f'<189>date=2026-03-02 time={_clock(i)} devname="fw-1" devid="FG0001" tz="+0100" '
        f'type="traffic" subtype="forward" level="notice" vd="root" srcip=10.20.{i % 250}.7 '
        f'srcport={1024 + i % 60000} srcintf="lan" dstip=192.0.2.{i % 250} dstport=443 '
        f'dstintf="wan1" hostname="h{i % 5000}.example.com" policyid=1 sessionid={i} proto=6 '
        f'action="accept" user="u{i % 500}" service="HTTPS" app="HTTPS.BROWSER" duration=12 '
        f"sentbyte={i * 7 % 90000} rcvdbyte={i * 13 % 90000} sentpkt=9"
    )


def _cef(i: int) -> str:
    return (
        f"<134>Mar  2 {_clock(i)} gw CEF:0|Acme|Proxy|1.2|100|Web access|5|"
        f"rt={START + i}123 src=10.20.{i % 250}.7 spt={1024 + i % 60000} suser=u{i % 500} "
        f"dst=192.0.2.{i % 250} dpt=443 dhost=h{i % 5000}.example.com requestMethod=GET "
        f"request=https://h{i % 5000}.example.com/a/{i}?q\\=1 act=allowed out={i % 9000} "
        f"in={i * 7 % 90000} cs1=Business cs1Label=Category app=https"
    )


def _leef(i: int) -> str:
    pairs = (
        f"devTime={START + i}123", f"src=10.20.{i % 250}.7", f"srcPort={1024 + i % 60000}",
        f"usrName=u{i % 500}", f"dst=192.0.2.{i % 250}", "dstPort=443", "cat=Business",
        f"url=https://h{i % 5000}.example.com/a/{i}?q=1", f"srcBytes={i % 9000}", "sev=5",
        f"dstBytes={i * 7 % 90000}", "action=allowed",
    )  # fmt: skip
    return "<134>Mar  2 08:00:00 gw LEEF:1.0|Acme|Proxy|1.2|100|" + "\t".join(pairs)


def _json(i: int) -> str:
    return (
        f'{{"epochtime":"{START + i}","login":"u{i % 500}","cip":"10.20.{i % 250}.7",'
        f'"reqmethod":"GET","host":"h{i % 5000}.example.com","url":"h{i % 5000}.example.com/a/{i}",'
        f'"sip":"192.0.2.{i % 250}","reqsize":"{i % 9000}","respsize":"{i * 7 % 90000}",'
        f'"respcode":"200","action":"Allowed","ua":"Mozilla/5.0","appname":"General Browsing"}}'
    )


def _csv(i: int) -> str:
    return (
        f"{START + i},u{i % 500},10.20.{i % 250}.7,GET,h{i % 5000}.example.com,"
        f'"h{i % 5000}.example.com/a,{i}",192.0.2.{i % 250},{i % 9000},'
        f"{i * 7 % 90000},200,Allowed,Mozilla/5.0"
    )


CSV_HEADER = "epochtime,login,cip,reqmethod,host,url,sip,reqsize,respsize,respcode,action,ua\n"


def _split(i: int) -> str:
    return (
        f"{START + i}.123    {i % 900:3} 10.20.{i % 250}.7 TCP_TUNNEL/200 {i * 7 % 90000} CONNECT "
        f"h{i % 5000}.example.com:443 u{i % 500} HIER_DIRECT/192.0.2.{i % 250} -"
    )


def _regex(i: int) -> str:
    return (
        f"Mar  2 {_clock(i)} dnsmasq[411]: query[A] h{i % 5000}.example.com from 10.20.{i % 250}.7"
    )


def _trail(i: int) -> str:
    return (
        f'{{"eventVersion":"1.09","eventTime":"2026-03-02T{_clock(i)}Z","eventSource":'
        f'"bedrock.amazonaws.com","eventName":"InvokeModel","awsRegion":"eu-west-1",'
        f'"sourceIPAddress":"10.20.{i % 250}.7","userAgent":"Boto3/1.40","userIdentity":{{"type":'
        f'"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/r/u{i % 500}","accountId":'
        f'"111122223333"}},"requestParameters":{{"modelId":"model-{i % 40}"}},'
        f'"recipientAccountId":"111122223333","eventID":"{i}"}}'
    )


def _lines(line: Callable[[int], str], head: str = "") -> Callable[[int], Iterator[str]]:
    def text(rows: int) -> Iterator[str]:
        yield head
        for i in range(rows):
            yield line(i) + "\n"

    return text


def _document(rows: int) -> Iterator[str]:
    yield '{"Records":['
    for i in range(rows):
        yield (",\n" if i else "") + _trail(i)
    yield "]}\n"


KINDS = {  # kind: format, text
    "csv": ("zscaler_web_csv", _lines(_csv, CSV_HEADER)),
    "split": ("squid", _lines(_split)),
    "kv": ("kv", _lines(_kv)),
    "cef": ("cef", _lines(_cef)),
    "leef": ("leef", _lines(_leef)),
    "regex": ("dnsmasq", _lines(_regex)),
    "ndjson": ("zscaler_web_json", _lines(_json)),
    "json_doc": ("aws_cloudtrail", _document),
}


class Reading:
    """Threads that read one format, each with its normaliser, from one run to the next."""

    def __init__(self, fmt: Format, threads: int) -> None:
        self.fmt = fmt
        self.threads = threads
        self.settings = ReadSettings(now=NOW)
        self.pool = ThreadPoolExecutor(threads)
        self._local = threading.local()

    def one(self, segment: object) -> int:
        """Read a segment; the number of its rows."""
        if not hasattr(self._local, "normaliser"):
            self._local.normaliser = Normaliser(self.fmt, self.settings)
        return int(self._local.normaliser(segment).table.num_rows)


def read(reading: Reading, path: Path) -> int:
    """Read the whole file; the number of rows that came out."""
    stream = next(open_streams(next(iter(discover([str(path)]))), Limits()))
    if not isinstance(stream, Stream):
        sys.exit(str(stream))
    done = 0
    with stream:
        waiting = deque()
        for segment in segments(reading.fmt, stream, reading.settings):
            waiting.append(reading.pool.submit(reading.one, segment))
            if len(waiting) > reading.threads:
                done += waiting.popleft().result()
        done += sum(future.result() for future in waiting)
    return done


def count_lines(path: Path) -> int:
    """The line feeds of a file."""
    found = 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(1 << 20):
            found += block.count(b"\n")
    return found


def main() -> None:
    """Write, count, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args()
    formats = load_formats(load_yaml)
    formats["kv"] = Format.model_validate(load_yaml(KV, "kv"))
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}; the best of {options.runs}")
    print(f"{'kind':10} {'bytes/row':>9} {'rows/s':>9} {'cpu us':>7} {'times':>7}")
    with tempfile.TemporaryDirectory(prefix="aicensus-bench-") as folder:
        for kind in options.kinds:
            name, text = KINDS[kind]
            path = Path(folder) / f"{kind}.log"
            with path.open("w", encoding="ascii", newline="\n") as file:
                file.writelines(text(options.rows))
            best, cpu, bare = float("inf"), float("inf"), float("inf")
            reading = Reading(formats[name], options.threads)
            for _ in range(options.runs):
                start = time.monotonic()
                count_lines(path)
                bare = min(bare, time.monotonic() - start)
                start, used = time.monotonic(), time.process_time()
                rows = read(reading, path)
                best = min(best, time.monotonic() - start)
                cpu = min(cpu, time.process_time() - used)
                if rows != options.rows:
                    sys.exit(f"{kind}: {rows} rows of {options.rows}")
            size = path.stat().st_size / options.rows
            print(
                f"{kind:10} {size:>9.0f} {options.rows / best:>9.0f} "
                f"{cpu / options.rows * 1e6:>7.2f} {best / bare:>7.1f}",
                flush=True,
            )
            reading.pool.shutdown()
            path.unlink()


if __name__ == "__main__":
    main()
