"""An event hub holds audit and sign-in records of Entra: each is read as what it is."""

from __future__ import annotations

from itertools import chain, zip_longest
from pathlib import Path

import pytest

from connectors.logs.detect import detect

FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"


def lines(name):
    return (FIXTURES / name / "sample.log").read_text().splitlines()


AUDIT, SIGNIN = lines("entra_audit"), lines("entra_signin")
ORDERS = {
    "by turns": [one for one in chain(*zip_longest(AUDIT, SIGNIN)) if one],
    "sign-ins first": SIGNIN + AUDIT,
    "sign-ins last": AUDIT + SIGNIN,
}


def told(found):
    kept = [{k: v for k, v in row.items() if k not in {"line", "event"}} for row in found.rows]
    return sorted(map(repr, kept)), sorted(repr((r.field, r.reason)) for r in found.rejects)


@pytest.mark.parametrize("order", ORDERS)
def test_a_mixed_stream_is_read_as_the_two_would_be(read_text, detected, order):
    text = "\n".join(ORDERS[order]) + "\n"
    name = detected(text).format.id
    assert name in {"entra_audit", "entra_signin"}
    apart = [
        told(read_text("entra_audit", "\n".join(AUDIT))),
        told(read_text("entra_signin", "\n".join(SIGNIN))),
    ]
    assert told(read_text(name, text)) == tuple(sorted(a + b) for a, b in zip(*apart, strict=True))


def test_formats_that_read_alike_are_no_contradiction(formats):
    one = formats["entra_audit"]
    alike, other = (one.model_copy(update=more) for more in ({"id": "b"}, {"require": ["time"]}))
    head = "\n".join(AUDIT).encode()
    found = detect(head, "", {"a": one, "b": alike}).format
    assert found is one
    assert detect(head, "", {"a": one, "b": other}).format is None
