"""Ids that stay while a thing stays, and do not when it is another."""

import pytest

from scanner.reconcile.identity import MemoryIdentities, identify

GROUP = "/subscriptions/7d1f0b2e-52a4-4b0a-9c55-0a1b2c3d4e5f/resourceGroups"


@pytest.fixture
def twice(asset):
    """Whether an asset of one run has the same id as one of the next."""

    def run(before, after):
        store = MemoryIdentities()
        first = identify(
            [asset("x", native_ids=(n,)) for n in before[:1]]
            + [asset(f"x{i}", native_ids=(n,)) for i, n in enumerate(before[1:])],
            store,
        )["x"]
        second = identify(
            [asset("y", native_ids=(n,)) for n in after[:1]]
            + [asset(f"y{i}", native_ids=(n,)) for i, n in enumerate(after[1:])],
            store,
        )["y"]
        return first == second

    return run


ARN = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            [f"{GROUP}/RG/providers/Microsoft.X/accounts/A"],
            [f"{GROUP}/rg/providers/microsoft.x/accounts/a"],
        ),
        (["k8s:c/ns-one/deploy/api"], ["k8s:c/ns-two/deploy/api"]),
        ([ARN + "eta-v2"], [ARN + "eta-v3"]),
        (["domain:chatgpt.com#ws"], ["domain:chatgpt.com#ws"]),
    ],
)
def test_renaming_moving_and_new_versions_keep_the_id(twice, before, after):
    assert twice(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([ARN + "eta-v2"], [ARN + "eta-v3", ARN + "eta-v2"]),
        ([ARN + "eta"], [ARN + "eta-2"]),
        ([ARN + "eta-v2"], [ARN + "eta-v3-canary"]),
        ([ARN + "eta-v2"], [(ARN + "eta-v3").replace("eu-west-1", "us-east-1")]),
        (["k8s:c/ns-one/deploy/api"], ["k8s:c/ns-two/deploy/api", "k8s:c/ns-one/deploy/api"]),
        ([ARN + "eta-v1"], [ARN + "eta-v3", ARN + "eta-v2"]),
    ],
)
def test_a_name_beside_a_living_predecessor_is_another_asset(twice, before, after):
    assert not twice(before, after)


def test_owner_and_model_never_take_part(asset):
    store = MemoryIdentities()
    one = identify([asset("x", native_ids=(ARN + "eta",), owner="a", model="m1")], store)
    two = identify([asset("y", native_ids=(ARN + "eta",), owner="b", model="m2")], store)
    assert one["x"] == two["y"]


def test_a_file_of_nothing_known_gives_the_same_ids_every_time(asset):
    assets = [asset("x", native_ids=(ARN + "eta",))]
    assert identify(assets, MemoryIdentities()) == identify(assets, MemoryIdentities())
