"""A format of one's own around a reader."""

from connectors.logs.model import Format


def own(reader, columns=None, drop=None):
    return Format.model_validate({
        "id": "own",
        "about": "",
        "reader": reader,
        "map": {"time": ["time_any(ts)"], "dst_host": ["host"], **(columns or {})},
        "drop": drop or {},
        "require": ["time", "dst_host"],
    })  # fmt: skip
