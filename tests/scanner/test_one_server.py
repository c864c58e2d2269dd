"""One server over several runs: known by name in one, by address in the next, is one asset."""

import pytest

HEADER = "ts,src_ip,dst_host,dst_ip,dst_port,method,url,user_agent\n"
NAME, ADDRESS = "llm.corp.example", "10.0.0.9"


def row(day, host="", address=ADDRESS, path="/api/chat", port=11434):
    shown = host or address
    url = f"http://{shown}:{port}{path}"
    return f"2026-03-{day:02}T10:00:00Z,10.0.0.1,{shown},{address},{port},POST,{url},curl/8\n"


@pytest.fixture
def run(census, tmp_path):
    """Scan rows as one log into one store, and give the assets of the store."""
    count = iter(range(100))

    def once(*rows):
        path = tmp_path / f"{next(count)}.csv"
        path.write_text(HEADER + "".join(rows))
        return census(path)["assets"]

    return once


def test_a_server_named_first_and_addressed_later_is_one_asset(run):
    (named,) = run(row(1, NAME))
    (again,) = run(row(2))
    assert (again["asset_id"], again["hits"]) == (named["asset_id"], 2)


def test_the_evidence_says_how_an_address_was_joined_to_a_name(run):
    run(row(1, NAME))
    (asset,) = run(row(2))
    said = [text for one in asset["evidence"] for text in one["indicators"] if "alias" in text]
    assert len(said) == 1
    assert said[0].startswith(f"alias:{ADDRESS}:11434 is {NAME}, shown together in ")


def test_a_server_addressed_first_and_named_later_keeps_its_id(run):
    (addressed,) = run(row(1))
    (again,) = run(row(2, NAME))
    assert (again["asset_id"], again["hits"]) == (addressed["asset_id"], 2)


def test_a_name_and_an_address_found_to_be_one_server_become_one_asset(run):
    (named,) = run(row(1, NAME, address=""))
    assert len(run(row(2))) == 2
    (again,) = run(row(3, NAME))
    assert (again["asset_id"], again["hits"]) == (named["asset_id"], 3)


def test_an_address_lent_to_another_name_is_another_server(run):
    (first,) = run(row(1, NAME), row(2, NAME))
    both = run(row(10, "wiki.corp.example"))
    assert len(both) == 2
    later = run(row(11))
    assert {asset["asset_id"]: asset["hits"] for asset in later}[first["asset_id"]] == 2


def test_between_two_names_an_address_is_neither(run):
    run(row(1, NAME), row(10, "wiki.corp.example"))
    assert sorted(asset["hits"] for asset in run(row(5))) == [1, 1, 1]


def test_an_address_that_two_names_share_is_neither(run):
    run(row(1, NAME), row(3, NAME), row(2, "wiki.corp.example"))
    assert sorted(asset["hits"] for asset in run(row(3))) == [1, 1, 2]


def test_one_name_at_two_addresses_is_one_server(run):
    run(row(1, NAME), row(1, NAME, address="10.0.0.10"))
    (asset,) = run(row(2), row(2, address="10.0.0.10"))
    assert asset["hits"] == 4


def test_a_name_not_seen_for_long_says_nothing_of_an_address(run):
    run(row(1, NAME).replace("2026-03", "2026-01"))
    assert len(run(row(20))) == 2


def test_a_product_recognised_later_takes_in_what_was_only_a_shape(run):
    (shape,) = run(row(1, NAME, path="/v1/chat/completions", port=8000))
    later = run(
        row(2, NAME, path="/api/chat", port=8000), row(2, NAME, path="/api/tags", port=8000)
    )
    assert shape["asset_id"] in {asset["asset_id"] for asset in later}
    assert len(later) == 1
