"""A store for reports: empty, filled with a made-up organisation, hostile, large."""

from __future__ import annotations

import pytest

from .hostile import HOSTILE
from .organisation import fill, fill_large
from .store import Store


@pytest.fixture(scope="session")
def new_store() -> type[Store]:
    """Makes empty stores, for tests that need more than one."""
    return Store


@pytest.fixture
def store() -> Store:
    """An empty store."""
    return Store()


@pytest.fixture
def filled(store: Store) -> Store:
    """The made-up organisation."""
    return fill(store)


@pytest.fixture
def plain(store: Store) -> Store:
    """The made-up organisation with names as people give them."""
    return fill(store, hostile=False)


@pytest.fixture
def hostiles() -> list[str]:
    """All hostile texts at once."""
    return list(HOSTILE.values())


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request: pytest.FixtureRequest) -> str:
    """Each hostile text in turn."""
    return request.param


@pytest.fixture
def large(store: Store) -> Store:
    """Twenty thousand assets."""
    return fill_large(store)
