"""The policy zone as name servers read it."""

from __future__ import annotations

import subprocess

import pytest

from signatures.export import Asked, export
from signatures.load import load_catalogue

from .tools import tool


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue()


@pytest.mark.parametrize(("action", "widen"), [("nxdomain", True), ("log-only", False)])
def test_bind_loads_the_zone_without_a_word(shipped, tmp_path, action, widen):
    """Under any name: the names in it are relative."""
    checked = tool("named-checkzone", on_ci=True)
    asked = Asked(shipped, "9.9.9", "Apache-2.0", action=action, widen=widen, serial=2026112100)
    (tmp_path / "ai.zone").write_text(export("rpz", asked)[0])
    for name in ("rpz.test", "a-rather-longer-name.policy.internal.example"):
        done = subprocess.run(
            [checked, "-k", "fail", "-n", "fail", name, "ai.zone"],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"zone {name}/IN: loaded serial 2026112100\nOK\n"


def test_bind_refuses_a_zone_that_is_none(tmp_path):
    """So the test above would notice."""
    checked = tool("named-checkzone", on_ci=True)
    (tmp_path / "ai.zone").write_text("@ IN SOA localhost. root.localhost. 1 2 3 4\nx CNAME a b\n")
    done = subprocess.run(
        [checked, "rpz.test", "ai.zone"], cwd=tmp_path, capture_output=True, check=False, timeout=60
    )
    assert done.returncode != 0


def test_the_serial_follows_the_records(shipped):
    def serial(**more):
        asked = Asked(shipped, "9.9.9", "Apache-2.0", kinds=("agent",), **more)
        line = next(one for one in export("rpz", asked)[0].splitlines() if " SOA " in one)
        return int(line.split()[5])

    assert serial() == serial()
    assert serial() != serial(at_least="high")
    assert 0 < serial() < 1 << 32
    assert serial(serial=2026112101) == 2026112101
