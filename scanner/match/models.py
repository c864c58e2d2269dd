"""Which model each row of what was found asked for: by the log's own field, else by its path.

Every distinct field, and every distinct pair of service and path, is read once. What is read
depends on nothing but the two, so it is the same in any split of a log and at any depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from signatures.model_names import GIVEN, from_text
from signatures.model_uris import LONGEST_PATH, Named, shipped_uris

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.match.verdict import Verdict
    from scanner.match.vocabulary import Ints

MEMO: Final = 1 << 14  # pairs of service and path
FIELDS: Final = ("model", "deployment", "account", "region")
_NONE: Final = Named()


@dataclass(frozen=True, slots=True)
class Models:
    """What each row names, as arrays of text: model or deployment, of the path account and region.

    model: in one spelling (signatures/model_names.py). deployment: a name that the customer gave
    to a model, which says not what the model is.
    """

    model: pa.Array
    deployment: pa.Array
    account: pa.Array
    region: pa.Array


def models(rows: pa.Table, judged: Sequence[Verdict], which: Ints) -> Models:
    """What the rows (columns `model` and `url_path`, if there) ask for; row i has judged[which[i]].

    Paths are read of detections alone, and only where a log has no model of its own.
    """
    out = {name: pa.nulls(len(rows), pa.string()) for name in FIELDS}
    if "model" in rows.column_names:
        out["model"], out["deployment"] = _spelled(rows["model"])
    if "url_path" not in rows.column_names:
        return Models(**out)
    speaking = shipped_uris().services
    told = [one.is_detection and one.service in speaking for one in judged]
    asked = np.array(told, np.bool_)[which] if len(which) else np.empty(0, np.bool_)
    asked &= out["model"].is_null().to_numpy(zero_copy_only=False)
    asked &= rows["url_path"].is_valid().to_numpy()
    places = np.flatnonzero(asked)
    if len(places):
        paths = rows["url_path"].take(pa.array(places)).combine_chunks().dictionary_encode()
        texts = paths.dictionary.to_pylist()
        pairs = which[places] * len(texts) + paths.indices.to_numpy()
        distinct, of_row = np.unique(pairs, return_inverse=True)
        read = [
            _named(judged[i].service or "", texts[j])
            for i, j in (divmod(pair, len(texts)) for pair in distinct.tolist())
        ]
        chosen = np.full(len(rows), len(read), np.int64)
        chosen[places] = of_row
        for name in FIELDS:
            values = pa.array([*(getattr(one, name) for one in read), None], pa.string())
            found = values.take(pa.array(chosen))
            out[name] = pc.coalesce(out[name], found)
    return Models(**out)


def _spelled(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """The models a log's own field names, and the names in it that an account gave."""
    encoded = column.combine_chunks().dictionary_encode()
    words = [from_text(word) for word in encoded.dictionary.to_pylist()]
    given = [word is not None and GIVEN.match(word) is not None for word in words]
    pairs = list(zip(words, given, strict=True))
    models = pa.array([None if own else word for word, own in pairs], pa.string())
    deployments = pa.array([word if own else None for word, own in pairs], pa.string())
    return models.take(encoded.indices), deployments.take(encoded.indices)


def _named(service: str, path: str) -> Named:
    """What a path of a service names; only paths of some length are worth remembering."""
    if len(path) > LONGEST_PATH:
        return _NONE
    return _remembered(service, path)


@lru_cache(maxsize=MEMO)
def _remembered(service: str, path: str) -> Named:
    return shipped_uris().named(service, path) or _NONE
