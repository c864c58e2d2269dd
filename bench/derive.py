"""The rows of a generated ssl.log in the other shapes that logs come in, by DuckDB.

Each has as many rows of AI as the log it is made from, so one truth serves all.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Final

import duckdb
from make_logs import FIELDS

AI_RANGE: Final = "160.79.104."  # of the shipped catalogue
_SSL: Final = "read_csv($log, delim='\t', quote='', header=false, skip=7, auto_detect=false, " + (
    "ignore_errors=true, columns={" + ", ".join(f"'{name}': 'varchar'" for name in FIELDS) + "})"
)
_VPC: Final = f"""
    select
        2 as version, '123456789010' as account_id, 'eni-0a1b' as interface_id,
        "id.orig_h" as srcaddr,
        case when server_name in (select unnest($hosts)) then '{AI_RANGE}' || (rn % 200 + 1)
             else "id.resp_h" end as dstaddr,
        "id.orig_p" as srcport, "id.resp_p" as dstport, 6 as protocol, 12 as packets,
        rn % 9000 + 60 as bytes, floor(ts::double)::bigint as start,
        floor(ts::double)::bigint + 60 as "end", 'ACCEPT' as action, 'OK' as log_status
    from (select *, row_number() over () as rn from {_SSL})
"""
_CSV: Final = f"""
    select
        strftime(to_timestamp(ts::double), '%Y-%m-%dT%H:%M:%SZ') as time,
        "id.orig_h" as client_ip, "id.resp_h" as dst_ip, server_name as dst_host,
        'https://' || server_name || '/' || uid as url, 'GET' as method, 200 as status,
        1200 as bytes_out, 5400 as bytes_in,
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36' as user_agent
    from {_SSL}
"""
_JSON: Final = f"""
    select
        ts::double as ts, uid, "id.orig_h", "id.orig_p"::int as "id.orig_p", "id.resp_h",
        "id.resp_p"::int as "id.resp_p", version, cipher, curve, server_name,
        resumed = 'T' as resumed, next_protocol, established = 'T' as established
    from {_SSL}
"""


def shapes(log: Path) -> dict[str, Path]:
    """Where the other shapes of a log are, by name."""
    return {
        "csv": log.with_name("proxy.csv"),
        "json": log.with_name("ssl.json"),
        "vpc": log.with_name("vpc.txt"),
        "parquet": log.with_name("vpc.parquet"),
        "gz": log.with_name("ssl.log.gz"),
    }


def derive(log: Path) -> None:
    """Write the other shapes beside `log`; hosts of AI are those of its truth file."""
    con, out = duckdb.connect(), shapes(log)
    hosts = sorted(json.loads(log.with_name("ssl.truth.json").read_text("utf-8"))["hosts"])
    given = {"log": str(log)}
    con.execute(f"copy ({_CSV}) to '{out['csv']}' (format csv, header)", given)
    con.execute(f"copy ({_JSON}) to '{out['json']}' (format json)", given)
    given["hosts"] = hosts  # type: ignore[assignment]
    con.execute(f"create table vpc as {_VPC}", given)
    con.execute(f"copy vpc to '{out['parquet']}' (format parquet)")
    named = ", ".join(
        f'"{name}" as "{name.replace("_", "-")}"'
        for (name,) in con.execute("select column_name from (describe vpc)").fetchall()
    )
    con.execute(
        f"copy (select {named} from vpc) to '{out['vpc']}' (format csv, header, delimiter ' ')"
    )
    with log.open("rb") as plain, gzip.open(out["gz"], "wb", compresslevel=1) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)


if __name__ == "__main__":
    derive(Path(sys.argv[1]))
