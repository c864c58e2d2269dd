"""What scans are measured against, each a process of its own that prints what it found as JSON.

    python bench/rivals.py columns ssl /tmp/bench/ssl.log

columns: DuckDB parses just the columns that matching needs into a table. match: and finds the rows
of AI hosts or addresses by a join. naive: one row after the other in plain Python, with a loop over
all names, on the first rows only. Hosts of AI are those of the truth file beside the log.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

import duckdb
from derive import AI_RANGE
from make_logs import FIELDS

NAIVE_ROWS: Final = 2000
_NEEDED: Final = '"ts", "id.orig_h", "id.resp_h", server_name'
_TABS: Final = ", ".join(f"'{name}': 'varchar'" for name in FIELDS)
_READ: Final = {
    "ssl": f"select {_NEEDED}, server_name as host from read_csv($path, delim='\t', quote='', "
    f"header=false, skip=7, auto_detect=false, ignore_errors=true, columns={{{_TABS}}})",
    "csv": "select time, client_ip, dst_ip, dst_host as host from read_csv($path, header=true, "
    "auto_detect=true, all_varchar=true)",
    "json": f"select {_NEEDED}, server_name as host from read_json($path, format="
    "'newline_delimited', columns={'ts': 'double', 'id.orig_h': 'varchar', 'id.resp_h': 'varchar',"
    " 'server_name': 'varchar'})",
    "vpc": "select start, srcaddr, dstaddr, dstport, dstaddr as host from read_csv($path, "
    "delim=' ', header=true, all_varchar=true)",
    "parquet": "select start, srcaddr, dstaddr, dstport, dstaddr as host from read_parquet($path)",
}


def columns(kind: str, path: Path, *, match: bool) -> dict[str, int]:
    """Parse the needed columns of a file; with `match` also count the rows that are AI."""
    con = duckdb.connect()
    con.execute("set threads = 2")
    con.execute("set preserve_insertion_order = false")
    con.execute(f"create temp table t as {_READ[kind]}", {"path": str(path)})
    found = {"rows": _one(con, "select count(*) from t")}
    if match:
        if kind in {"vpc", "parquet"}:
            query = f"select count(*) from t where starts_with(host, '{AI_RANGE}')"
        else:
            truth = json.loads(path.with_name("ssl.truth.json").read_text("utf-8"))
            con.execute(
                "create temp table ai as select unnest($hosts) as host",
                {"hosts": sorted(truth["hosts"])},
            )
            query = "select count(*) from t join ai on lower(rtrim(t.host, '.')) = ai.host"
        found["matched"] = _one(con, query)
    return found


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.sql(query).fetchall()[0][0])


def naive(path: Path) -> dict[str, float]:
    """Rows a second of a loop that compares every row with every name."""
    truth = json.loads(path.with_name("ssl.truth.json").read_text("utf-8"))
    names = [f"h{n}.never.example" for n in range(3000 - len(truth["hosts"]))] + [*truth["hosts"]]
    at, rows, matched = FIELDS.index("server_name"), 0, 0
    start = time.process_time()
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            host = line.split("\t")[at].lower().rstrip(".")
            matched += any(host == name or host.endswith("." + name) for name in names)
            rows += 1
            if rows == NAIVE_ROWS:
                break
    return {"rows": rows, "matched": matched, "per_second": rows / (time.process_time() - start)}


def main() -> None:
    """Do one and print what it found."""
    what, kind, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    found = naive(path) if what == "naive" else columns(kind, path, match=what == "match")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
