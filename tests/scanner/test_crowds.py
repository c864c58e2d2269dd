"""Names of servers that clients made up: so many are assets, the rest is counted and told."""

import pytest

from scanner import crowds

HEAD = "time,src_ip,host,dst_ip,dst_port,url,method,user_agent,action\n"


def line(name, address="", client="10.0.0.1"):
    where = f"{name}.lab.example"
    url = f"http://{where}:11434/api/generate"
    return (
        f"2026-10-05T08:00:00Z,{client},{where},{address},11434,{url},POST,"
        "ollama-python/0.4.7,allowed\n"
    )


@pytest.fixture
def servers(census, tmp_path, monkeypatch):
    """`servers(lines) -> (hits by name of the asset, messages)`, where two names are believed."""
    monkeypatch.setattr(crowds, "NAMES", 2)

    def once(*lines):
        log = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        log.write_text(HEAD + "".join(lines))
        shown = census(log)
        said = [one["message"] for one in shown["problems"] if one["reason"] == "names"]
        return {one["name"]: one["hits"] for one in shown["assets"]}, said

    return once


def test_as_many_names_as_are_believed_are_assets_and_nothing_is_said(servers):
    found, said = servers(line("a"), line("b", "10.9.9.9"))
    assert (len(found), said) == (2, [])


@pytest.mark.parametrize("turned", [False, True])
def test_those_asked_for_most_stay_and_the_rest_is_where_it_went(servers, turned):
    lines = [line("z"), line("z"), line("y"), line("c", "10.9.9.9"), line("b"), line("x")]
    lines = [*lines, line("y"), line("d", "10.9.9.9"), line("d")]
    found, said = servers(*(reversed(lines) if turned else lines))
    assert found == {
        "Ollama at d.lab.example:11434": 2,
        "Ollama at y.lab.example:11434": 2,
        "Ollama at 10.9.9.9:11434": 1,
        "Ollama (many names)": 4,
    }
    assert len(said) == 1
    assert said[0].startswith("Ollama: clients sent 6 new names of servers; the 2 asked for most")


def test_names_the_store_knows_stay_assets_of_their_own(servers):
    servers(line("y"), line("z"))
    found, said = servers(line("a"), line("z", client="10.0.0.2"), line("b"))
    assert (set(found.values()), said) == ({1, 2}, [])
    assert len(found) == 4


def test_evidence_of_an_asset_with_too_many_hosts_tells_the_rest_in_one_line(census, tmp_path):
    hosts = [f"{n}.openai.com" for n in (*range(1004), 1003)]
    (tmp_path / "x.csv").write_text(
        "time,src_ip,host\n" + "".join(f"2026-10-05T08:00:00Z,10.0.0.1,{one}\n" for one in hosts)
    )
    (asset,) = census(tmp_path / "x.csv")["assets"]
    hits = {one["dst_host"]: one["hits"] for one in asset["evidence"]}
    assert (len(asset["domains"]), len(hits), asset["hits"]) == (1004, 1001, 1005)
    assert (hits["(other)"], hits["1003.openai.com"]) == (4, 2)
