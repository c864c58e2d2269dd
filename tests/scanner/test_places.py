"""Accounts, regions and tenants of an asset: the only one, and all of them."""

import pytest

HEAD = "time,src_ip,host,url,user_agent,region\n"
REGISTER = (
    "name,vendor,product,status,business_owner,region\nModels,Ollama,Ollama,approved,ann,{}\n"
)
LOCAL = """id: regional
about: A gateway that says where it stands
detect: {header_has: [region, host, url]}
reader: {kind: csv}
map:
  time: ["time_iso(\\"time\\")"]
  class: ["'http'"]
  src_ip: [src_ip]
  dst_host: [host]
  url_path: ["path_of(url)"]
  user_agent: [user_agent]
  region: [region]
"""


@pytest.fixture
def seen(census, tmp_path):
    """`seen(region, ..., declared) -> the asset`, of one server in these regions."""

    def once(*regions, declared):
        (tmp_path / "regional.yaml").write_text(LOCAL)
        url = "http://llm.corp.example:11434/api/generate"
        lines = [
            f"2026-10-05T08:00:0{n}Z,10.0.0.1,llm.corp.example,{url},ollama-python/0.4.7,{region}\n"
            for n, region in enumerate(regions)
        ]
        log, register = tmp_path / "x.csv", tmp_path / "register.csv"
        log.write_text(HEAD + "".join(lines))
        register.write_text(REGISTER.format(declared))
        shown = census(log, inventories=(register,), format=str(tmp_path / "regional.yaml"))
        (asset,) = shown["assets"]
        return asset

    return once


def test_a_region_that_all_agree_on_is_the_assets(seen):
    asset = seen("eu-west-1", "", "eu-west-1", declared="eu-west-1")
    assert (asset["region"], asset["regions"]) == ("eu-west-1", ["eu-west-1"])
    assert asset["state"] == "managed"


def test_of_several_none_is_the_assets_and_each_is_held_against_the_register(seen):
    asset = seen("us-east-1", "eu-west-1", declared="us-east-1")
    assert (asset["region"], asset["regions"]) == (None, ["eu-west-1", "us-east-1"])
    assert (asset["state"], asset["fields"]) == ("drifted", ["region"])
    assert asset["why"] == "declared us-east-1, seen in eu-west-1"
