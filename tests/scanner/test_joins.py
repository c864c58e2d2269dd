"""Which id stays when several assets of the store are found to be one server."""

import itertools

import pytest

from scanner.grain import Grain
from scanner.joins import Known, join_ids
from scanner.store import open_store

PLACE = "llm.corp:8000"
SHAPE, LIBRARY, PRODUCT = (
    f"{service}|at={PLACE}"
    for service in (
        "inference_server/openai_compatible",
        "model_api/openai",
        "inference_server/vllm",
    )
)


def product(place=PLACE):
    service = "inference_server/vllm"
    return Grain(f"{service}|at={place}", "vLLM", service, place)


@pytest.fixture
def join():
    """`join(known, grains) -> (ids, identities)`, in a store that has these assets."""

    def once(known, grains):
        with open_store(None) as store:
            for key, one in known.items():
                store.con.execute(
                    "insert into asset_identity values (?, 'grain', ?, 'r', 'r')",
                    [one.asset_id, key],
                )
            ids = join_ids(store.con, grains, lambda key: f"new {key}", known)
            rows = store.con.execute("select key_value, asset_id from asset_identity").fetchall()
            return ids, dict(rows)

    return once


@pytest.mark.parametrize("ages", list(itertools.permutations((1, 2, 3))))
def test_three_assets_of_one_server_become_the_eldest(join, ages):
    known = {
        key: Known(f"id {age}", age)
        for key, age in zip((SHAPE, LIBRARY, PRODUCT), ages, strict=True)
    }
    ids, stored = join(known, [product()])
    assert ids == {PRODUCT: "id 1"}
    assert set(stored.values()) == {"id 1"}


@pytest.mark.parametrize("ages", [(1, 2), (2, 1)])
def test_a_new_product_takes_in_all_that_was_known_of_its_place(join, ages):
    known = {key: Known(f"id {age}", age) for key, age in zip((SHAPE, LIBRARY), ages, strict=True)}
    ids, stored = join(known, [product()])
    assert ids == {PRODUCT: "id 1"}
    assert set(stored.values()) == {"id 1"}


def test_an_asset_with_a_better_key_of_its_own_is_left_to_it(join):
    other = "inference_server/ollama|at=" + PLACE
    known = {SHAPE: Known("a", 1), other: Known("a", 1)}
    assert join(known, [product()])[0] == {PRODUCT: f"new {PRODUCT}"}


def test_another_place_is_another_server(join):
    known = {SHAPE: Known("a", 1)}
    grain = product("llm.corp:8001")
    assert join(known, [grain])[0] == {grain.key: f"new {grain.key}"}
