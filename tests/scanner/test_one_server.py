"""One server over several runs: known by name in one, by address in the next, is one asset.

But a name is what a client sent: it never makes one asset of a server and another's name.
"""

import pytest

HEADER = "ts,src_ip,dst_host,dst_ip,dst_port,method,url,user_agent\n"
NAME, ADDRESS = "llm.corp.example", "10.0.0.9"
ROGUE = "10.9.9.9"


def row(day, host="", address=ADDRESS, path="/api/chat", port=11434, client=1):
    shown = host or address
    url = f"http://{shown}:{port}{path}"
    return (
        f"2026-03-{day:02}T10:00:00Z,10.1.0.{client},{shown},{address},{port},POST,{url},curl/8\n"
    )


def rows(day, host="", clients=(1, 2), **more):
    """One row of each client."""
    return "".join(row(day, host, client=client, **more) for client in clients)


@pytest.fixture
def run(census, tmp_path):
    """Scan rows as one log into one store, and give the assets of the store."""
    count = iter(range(100))

    def once(*rows, **options):
        path = tmp_path / f"{next(count)}.csv"
        path.write_text(HEADER + "".join(rows))
        return census(path, **options)["assets"]

    return once


def said(assets):
    """What the evidence of assets says of names and addresses."""
    return {
        text
        for asset in assets
        for one in asset["evidence"]
        for text in one["indicators"]
        if text.startswith("alias:")
    }


def hits(assets):
    return sorted(asset["hits"] for asset in assets)


def test_a_server_named_first_and_addressed_later_is_one_asset(run):
    (named,) = run(rows(1, NAME))
    (again,) = run(rows(2))
    assert (again["asset_id"], again["hits"]) == (named["asset_id"], 4)


def test_the_evidence_says_how_an_address_was_joined_to_a_name(run):
    run(rows(1, NAME))
    (text,) = said(run(rows(2)))
    assert text.startswith(f"alias:{ADDRESS}:11434 is {NAME}, shown together in ")


def test_one_log_with_mostly_names_needs_no_earlier_run(run):
    assert hits(run(rows(1, NAME), rows(2, NAME), rows(3))) == [6]


@pytest.mark.parametrize(
    ("before", "later", "why"),
    [
        (row(1, NAME), row(2), "fewer than 2 known clients sent the name there"),
        (rows(1, NAME), row(2, client=3), "other clients use the address than sent the name"),
        (rows(1, NAME) + 3 * rows(1), rows(2), "known by itself"),
        (
            rows(1, NAME) + rows(1, NAME, address="10.0.0.8"),
            rows(2),
            "the name stands at 10.0.0.8 too",
        ),
        (
            rows(1, NAME),
            rows(2) + row(20, NAME, address="10.0.0.8"),
            "the name stands at 10.0.0.8 too",
        ),
    ],
)
def test_a_name_in_doubt_joins_nothing_and_the_evidence_says_why(run, before, later, why):
    run(before)
    assets = run(later)
    assert len(assets) == 2
    assert any("not joined: " in text and why in text for text in said(assets))


def test_a_name_that_few_records_carry_is_not_the_usual_one(run):
    assets = run(rows(1, NAME) + 2 * rows(1))
    assert hits(assets) == [2, 4]
    assert any("only 2 of 6 records there carry the name" in text for text in said(assets))


def test_a_server_known_by_address_is_not_swallowed_by_a_name(run):
    (addressed,) = run(rows(1))
    later = run(rows(2, NAME), rows(3))
    assert {one["asset_id"]: one["hits"] for one in later}[addressed["asset_id"]] == 4
    assert len(later) == 2


@pytest.mark.parametrize("liars", [(1,), (1, 2), range(1, 21)])
def test_an_approved_name_sent_to_a_rogue_server_hides_nothing(census, tmp_path, liars):
    register = tmp_path / "register.csv"
    register.write_text(f"name,status,domain\nAnswers,approved,{NAME}\n")
    first, second, third = (tmp_path / f"{name}.csv" for name in "abc")
    first.write_text(
        HEADER + rows(1, NAME, address="") + rows(1, address=ROGUE, clients=range(1, 21))
    )
    second.write_text(HEADER + rows(2, NAME, address=ROGUE, clients=liars))
    third.write_text(HEADER + rows(3, address=ROGUE, clients=range(1, 21)))
    (rogue,) = (
        asset["asset_id"]
        for asset in census(first, inventories=(register,))["assets"]
        if asset["name"].endswith(f"{ROGUE}:11434")
    )
    for path in (second, third):
        found = census(path, inventories=(register,))
        state = {asset["asset_id"]: asset["state"] for asset in found["assets"]}
        assert state[rogue] == "unmanaged"
        assert rogue in {finding["asset_id"] for finding in found["findings"]}


def test_an_address_is_not_the_name_of_another_address(run):
    run(rows(1, ADDRESS, address=ROGUE))
    assert len(run(rows(2, address=ROGUE))) == 2


def test_an_address_lent_to_another_name_is_another_server(run):
    (first,) = run(rows(1, NAME), rows(2, NAME))
    assert len(run(rows(10, "wiki.corp.example"))) == 2
    later = run(rows(11))
    assert {asset["asset_id"]: asset["hits"] for asset in later}[first["asset_id"]] == 4
    assert hits(later) == [4, 4]


def test_between_two_names_an_address_is_neither(run):
    run(rows(1, NAME), rows(10, "wiki.corp.example"))
    assert hits(run(rows(5))) == [2, 2, 2]


def test_an_address_that_two_names_share_is_neither(run):
    run(rows(1, NAME), rows(3, NAME), rows(2, "wiki.corp.example"))
    assert hits(run(rows(3))) == [2, 2, 4]


@pytest.mark.parametrize(
    "order",
    [
        ("both alone", "name", "both"),
        ("name", "both alone", "both"),
        ("one alone", "name", "both"),
        ("both", "both alone", "name"),
        ("both alone", "both", "name"),
    ],
)
def test_one_name_at_two_addresses_is_three_assets_whatever_came_first(run, order):
    other = "10.0.0.10"
    logs = {
        "both alone": (rows(1), rows(1, address=other)),
        "one alone": (rows(1), rows(2, address=other)),
        "name": (rows(1, NAME, address=""),),
        "both": (rows(2, NAME), rows(2, NAME, address=other)),
    }
    for log in order:
        assets = run(*logs[log])
    assert {asset["name"].split(" at ")[1] for asset in assets} == {
        f"{place}:11434" for place in (NAME, ADDRESS, other)
    }


def test_a_name_not_seen_for_long_says_nothing_of_an_address(run):
    run(rows(1, NAME).replace("2026-03", "2026-01"))
    assert len(run(rows(20))) == 2


def test_a_product_recognised_later_takes_in_what_was_only_a_shape(run):
    (shape,) = run(row(1, NAME, path="/v1/chat/completions", port=8000))
    later = run(
        row(2, NAME, path="/api/chat", port=8000), row(2, NAME, path="/api/tags", port=8000)
    )
    assert shape["asset_id"] in {asset["asset_id"] for asset in later}
    assert len(later) == 1
