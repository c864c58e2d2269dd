"""Measure whole scans: rows a second, peak memory, and whether the answer is right.

    make bench      or      python bench/run.py --rows 1000000 4000000 16000000

Each run is a process of its own, start-up included; os.wait4 gives its processor time and peak
memory. The answer is held against the generator's truth before any time is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def generate(rows: int, out: Path, seed: int, share: float) -> dict[str, object]:
    """Have a child write a log; the truth is returned.

    The runner itself stays small: the size it ever had is passed on to the peak of every child.
    """
    command = [sys.executable, str(Path(__file__).with_name("make_logs.py")), "--out", str(out)]
    command += ["--rows", str(rows), "--seed", str(seed), "--share", str(share)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    truth: dict[str, object] = json.loads((out / "ssl.truth.json").read_text("utf-8"))
    return truth


def measure(command: list[str], output: Path) -> tuple[float, float, float, int]:
    """Wall, processor seconds, peak MB and exit code of one process."""
    with output.open("wb") as file:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode


def check(output: Path, truth: dict[str, object]) -> None:
    """Stop unless the scan found what the generator wrote."""
    found = json.loads(output.read_text("utf-8"))
    totals = found["totals"]
    rows = totals["ok"] + totals["screened_out"]
    if rows != truth["rows"] or totals["matched"] != truth["matched"]:
        sys.exit(f"wrong answer: {totals} for {truth['rows']} rows, {truth['matched']} AI")


def main() -> None:
    """Generate, scan, check, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 4_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--depth", choices=["auto", "full", "screen"], default="full")
    options = parser.parse_args()
    command = str(Path(sys.executable).with_name("aicensus"))
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.2f}, depth {options.depth}")
    print(f"{'rows':>10} {'MB':>6} {'wall s':>7} {'cpu s':>6} {'rows/s':>9} {'peak MB':>8}")
    for rows in options.rows:
        with tempfile.TemporaryDirectory(prefix="aicensus-bench-") as folder:
            out = Path(folder)
            truth = generate(rows, out, seed=1, share=0.02)
            for _ in range(options.runs):
                scan = [command, "scan", str(out / "ssl.log"), "--json"]
                scan += ["--depth", options.depth]
                wall, cpu, peak, code = measure(scan, out / "out.json")
                if code:
                    sys.exit(f"the scan ended with {code}")
                check(out / "out.json", truth)
                size = int(str(truth["bytes"])) / 1e6
                print(
                    f"{rows:>10} {size:>6.0f} {wall:>7.2f} {cpu:>6.2f} "
                    f"{rows / wall:>9.0f} {peak:>8.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
