"""Logs to measure with: Zeek ssl TSV with a known truth, the same bytes for the same seed.

    python bench/make_logs.py --rows 4000000 --out /tmp/bench

Hosts follow Zipf's law over made-up names; a small share of rows goes to AI hosts of the shipped
catalogue. As many rows again go to look-alikes (a longer registered name, an AI name as prefix,
letters swapped for digits), and some carry an AI name outside the host field: none of these is AI.
ssl.truth.json holds the counts a scan must find.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

CHUNK = 100_000
DAY_SECONDS = 86_400
START = 1_772_323_200  # 2026-03-01, UTC
FIELDS = (  # noqa: SIM905 - as Zeek prints them
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p version cipher curve server_name resumed "
    "last_alert next_protocol established ssl_history cert_chain_fps client_cert_chain_fps "
    "sni_matches_cert"
).split()
HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssl\n"
    "#open\t2026-03-01-00-00-00\n#fields\t" + "\t".join(FIELDS) + "\n"
)


def ai_hosts() -> list[str]:
    """Exact host names that the shipped catalogue calls AI at high confidence."""
    from scanner.load import compiled

    tables = compiled()
    return sorted(
        rule.value
        for rule in tables.rules
        if rule.type == "host_exact" and rule.confidence == "high" and rule.needs is None
    )[:200]


def lookalikes(hosts: list[str]) -> list[str]:
    """Names that hold the letters of an AI host and are none."""
    digits = str.maketrans("oile", "0113")
    out = []
    for host in hosts:
        first, _, rest = host.partition(".")
        out += [f"{host}.mirror.example", f"not-{first}-{rest.replace('.', '-')}.example"]
        out.append(f"{first.translate(digits)}x.example")
    return out


def zipf(rng: np.random.Generator, size: int, rows: int, exponent: float) -> np.ndarray:
    """`rows` indices below `size`, the small ones often."""
    weight = np.arange(1, size + 1, dtype=np.float64) ** -exponent
    return np.searchsorted(np.cumsum(weight / weight.sum()), rng.random(rows)).clip(0, size - 1)


def write(rows: int, out: Path, seed: int, share: float) -> dict[str, object]:
    """Write ssl.log and ssl.truth.json; the truth is returned."""
    rng = np.random.default_rng(seed)
    ai = ai_hosts()
    odd = lookalikes(ai)
    plain = [f"h{n}.site{n % 997}.example" for n in range(50_000)]
    names = np.array(plain + odd + ai, dtype=object)
    addresses = np.array(
        [f"{20 + n % 180}.{n // 180 % 250}.{n // 45_000}.{n % 250}" for n in range(len(names))],
        dtype=object,
    )
    clients = np.array([f"10.{n // 250}.{n % 250}.7" for n in range(5000)], dtype=object)
    truth: dict[str, int] = {}
    with (out / "ssl.log").open("w", encoding="ascii", newline="\n") as file:
        file.write(HEADER)
        for low in range(0, rows, CHUNK):
            count = min(CHUNK, rows - low)
            kind = rng.random(count)
            pick = zipf(rng, len(plain), count, 1.05)
            near = (kind >= share) & (kind < 2 * share)
            true = kind < share
            pick[near] = len(plain) + rng.integers(len(odd), size=int(near.sum()))
            pick[true] = len(plain) + len(odd) + zipf(rng, len(ai), int(true.sum()), 1.0)
            stamps = START + (low + np.arange(count)) * (14 * DAY_SECONDS) / rows
            who = clients[zipf(rng, len(clients), count, 0.6)]
            ports = rng.integers(1024, 65536, count)
            decoy = rng.random(count) < share / 4
            file.writelines(
                f"{t:.6f}\tC{low + n:015x}\t{c}\t{p}\t{a}\t443\tTLSv13\tTLS_AES_128_GCM_SHA256\t"
                f"x25519\t{h}\tF\t{'api.openai.com' if d else '-'}\th2\tT\tCsiI\t(empty)"
                "\t(empty)\tT\n"
                for n, (t, c, p, a, h, d) in enumerate(
                    zip(stamps, who, ports, addresses[pick], names[pick], decoy, strict=True)
                )
            )
            hosts, hits = np.unique(names[pick[true]].astype(str), return_counts=True)
            for host, hit in zip(hosts.tolist(), hits.tolist(), strict=True):
                truth[host] = truth.get(host, 0) + hit
        file.write("#close\t2026-03-15-00-00-00\n")
    facts: dict[str, object] = {
        "rows": rows,
        "bytes": (out / "ssl.log").stat().st_size,
        "matched": sum(truth.values()),
        "hosts": truth,
    }
    (out / "ssl.truth.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", "utf-8")
    return facts


def main() -> None:
    """Read the options, write the log."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.02, help="share of AI rows")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    facts = write(options.rows, options.out, options.seed, options.share)
    print(f"{facts['rows']} rows, {facts['bytes']} bytes, {facts['matched']} of them AI")


if __name__ == "__main__":
    main()
