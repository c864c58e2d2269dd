"""Whole scans against what else could be done with the same file, in turn: A B A B.

    make bench-pairs     or      python bench/pairs.py --rows 10000000 --pairs 7 --out figures

Every run is a process of its own, start-up included; os.wait4 gives its processor time and peak
memory. Answers are held against the truth and each other before a time counts. What counts is the
median of the ratios of pairs; one pair before them is thrown away. Writes pairs.json and pairs.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from derive import shapes
from run import check, generate, measure

HERE: Final = Path(__file__).parent
AICENSUS: Final = str(Path(sys.executable).with_name("aicensus"))
SIZES: Final = (1, 4, 16)  # parts of the rows, for growth and memory


@dataclass
class Case:
    """One comparison: a scan against a rival, both as commands; limit: of the ratio of walls."""

    name: str
    ours: list[str]
    rival: list[str]
    limit: float
    truth: dict[str, object]
    walls: list[tuple[float, float]] = field(default_factory=list)
    cpus: list[tuple[float, float]] = field(default_factory=list)
    peaks: list[tuple[float, float]] = field(default_factory=list)

    def run(self, pairs: int, folder: Path) -> None:
        """One pair to warm up, then those that count."""
        for number in range(pairs + 1):
            ours = measure(self.ours, folder / "ours.json")
            rival = measure(self.rival, folder / "rival.json")
            if ours[3] or rival[3] not in (0, 1):
                sys.exit(f"{self.name}: ended with {ours[3]} and {rival[3]}")
            check(folder / "ours.json", self.truth)
            _agree(self, (folder / "rival.json").read_text("utf-8"))
            if number:
                self.walls.append((ours[0], rival[0]))
                self.cpus.append((ours[1], rival[1]))
                self.peaks.append((ours[2], rival[2]))

    def row(self) -> str:
        """A line of the table."""
        wall, cpu = _ratio(self.walls), _ratio(self.cpus)
        spread = sorted(a / b for a, b in self.walls)
        ours, rival = ([pair[i] for pair in self.walls] for i in (0, 1))
        return (
            f"| {self.name} | {statistics.median(ours):.1f} | {statistics.median(rival):.1f} "
            f"| **{wall:.2f}** ({spread[0]:.2f}-{spread[-1]:.2f}) | {cpu:.2f} | {self.limit} "
            f"| {max(pair[0] for pair in self.peaks):.0f} |"
        )


def _ratio(pairs: list[tuple[float, float]]) -> float:
    return statistics.median(a / b for a, b in pairs)


def _agree(case: Case, said: str) -> None:
    """Stop unless the rival counted the same rows, as far as it counts them."""
    if not said.startswith("{"):
        return  # a tool that counts lines with any of the texts
    found = json.loads(said)
    for word in ("rows", "matched"):
        if word in found and found[word] != case.truth[word]:
            sys.exit(f"{case.name}: the rival has {found[word]} {word}, not {case.truth[word]}")


def cases(log: Path, truth: dict[str, object], pieces: Path) -> list[Case]:
    """All comparisons on one log and its other shapes."""
    hosts = sorted(truth["hosts"])  # type: ignore[call-overload]
    subprocess.run([sys.executable, str(HERE / "derive.py"), str(log)], check=True)
    made = shapes(log) | {"ssl": log}

    def scan(path: Path, depth: str = "screen") -> list[str]:
        return [AICENSUS, "scan", str(path), "--json", "--depth", depth]

    def rival(what: str, kind: str, path: Path) -> list[str]:
        return [sys.executable, str(HERE / "rivals.py"), what, kind, str(path)]

    out = [
        Case(name, scan(made[key], depth), rival(what, kind, made[key]), limit, truth)
        for name, key, depth, what, kind, limit in (
            ("Zeek TSV / DuckDB, 4 columns", "ssl", "screen", "columns", "ssl", 1.3),
            ("CSV proxy / DuckDB, 4 columns", "csv", "screen", "columns", "csv", 1.3),
            ("Zeek TSV.gz / DuckDB, 4 columns", "gz", "screen", "columns", "ssl", 0.8),
            ("JSON lines / DuckDB, match", "json", "screen", "match", "json", 0.6),
            ("VPC flow text / DuckDB, 4 columns", "vpc", "screen", "columns", "vpc", 0.8),
            ("Parquet / DuckDB, match", "parquet", "full", "match", "parquet", 1.2),
            ("Zeek TSV in full / DuckDB, 4 columns", "ssl", "full", "columns", "ssl", 2.5),
        )
    ]
    texts = pieces / "hosts.txt"
    texts.write_text("\n".join(hosts) + "\n", "utf-8")
    for tool, *options in (("rg", "-c", "-F"), ("grep", "-c", "-F")):
        if found := shutil.which(tool):
            search = [found, *options, "-f", str(texts), str(log)]
            out.append(Case(f"Zeek TSV / {tool} -c -F -f", scan(log), search, 1.0, truth))
            break
    return out


def many(rows: int, folder: Path, pairs: int) -> Case:
    """A log of which 30 % is AI: the screen's bad case, against reading in full."""
    truth = generate(rows, folder, seed=3, share=0.3)
    scan = [AICENSUS, "scan", str(folder / "ssl.log"), "--json", "--depth"]
    case = Case("30 % AI / in full", [*scan, "screen"], [*scan, "full"], 1.15, truth)
    out = folder / "out.json"
    for number in range(pairs + 1):
        runs = []
        for command in (case.ours, case.rival):
            runs.append(measure(command, out))
            check(out, truth)
        if number:
            case.walls.append((runs[0][0], runs[1][0]))
            case.cpus.append((runs[0][1], runs[1][1]))
            case.peaks.append((runs[0][2], runs[1][2]))
    return case


def growth(rows: int, folder: Path) -> list[dict[str, float]]:
    """Time and memory of one scan at several sizes."""
    out = []
    for part in SIZES:
        count = rows * part // SIZES[-1]
        truth = generate(count, folder, seed=2, share=0.02)
        scan = [AICENSUS, "scan", str(folder / "ssl.log"), "--json", "--depth", "screen"]
        wall, cpu, peak, _ = measure(scan, folder / "out.json")
        check(folder / "out.json", truth)
        out.append({"rows": count, "wall": wall, "cpu": cpu, "peak": peak})
    return out


def naive_rate(log: Path, folder: Path) -> float:
    """Rows a second of a plain loop."""
    command = [sys.executable, str(HERE / "rivals.py"), "naive", "ssl", str(log)]
    measure(command, folder / "naive.json")
    return float(json.loads((folder / "naive.json").read_text("utf-8"))["per_second"])


def machine() -> str:
    """The processor, how many, and the load before the first run."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text("ascii", "replace").splitlines()
        model = next((s.split(":", 1)[1].strip() for s in lines if "model name" in s), model)
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}, load {load:.1f}"


def main() -> None:
    """Generate, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", default="", help="only comparisons whose name has this text")
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    where = f"{machine()}; {options.rows} rows"
    lines = [
        f"{where}; median of {options.pairs} pairs",
        "",
        "| scan / rival | scan s | rival s | wall ratio (range) | CPU ratio | must be | peak MB |",
        "|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    done: list[Case] = []
    with tempfile.TemporaryDirectory(prefix="aicensus-bench-") as name:
        folder = Path(name)
        truth = generate(options.rows, folder, seed=1, share=0.02)
        log = folder / "ssl.log"
        pieces = folder / "pieces"
        pieces.mkdir()
        for case in cases(log, truth, pieces):
            if options.only in case.name:
                case.run(options.pairs, pieces)
                done.append(case)
                lines.append(case.row())
                print(lines[-1], flush=True)
        rate = naive_rate(log, pieces)
    more: list[dict[str, float]] = []
    if not options.only:
        with tempfile.TemporaryDirectory(prefix="aicensus-bench-") as name:
            done.append(many(options.rows // 4, Path(name), options.pairs))
            lines.append(done[-1].row())
            print(lines[-1], flush=True)
            more = growth(options.rows, Path(name))
    ours = statistics.median(wall for wall, _ in done[0].walls)
    lines += ["", f"A plain loop reads {rate:.0f} rows/s, a scan {options.rows / ours:.0f}."]
    lines += ["", "| rows | wall s | CPU s | peak MB |", "|---|---|---|---|"]
    lines += [
        f"| {one['rows']} | {one['wall']:.1f} | {one['cpu']:.1f} | {one['peak']:.0f} |"
        for one in more
    ]
    (options.out / "pairs.md").write_text("\n".join(lines) + "\n", "utf-8")
    facts = {"machine": where, "naive_rows_per_second": rate, "growth": more}
    facts["cases"] = [asdict(case) for case in done]  # type: ignore[assignment]
    (options.out / "pairs.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    print("\n".join(lines[-len(more) - 4 :]))


if __name__ == "__main__":
    main()
