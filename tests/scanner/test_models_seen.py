# ruff: noqa: E501 - one case a line
"""Models in a whole scan: the same however the log was read, bounded, and named by maker."""

import pytest

from scanner import identify

from .test_depths import needs_screen

HOST = "bedrock-runtime.eu-west-1.amazonaws.com"
HEADER = "time,user,src_ip,host,url,method,user_agent,bytes_out,bytes_in,action\n"


def line(model, n=0, host=HOST):
    url = f"https://{host}/model/{model}/converse"
    return f"2026-10-20T10:{n // 60 % 60:02}:{n % 60:02}Z,u{n % 3},10.0.0.1,{host},{url},POST,Boto3/1.40,1,2,allowed\n"


@pytest.fixture
def write(tmp_path):
    def once(*models, name="proxy.csv"):
        path = tmp_path / name
        path.write_text(HEADER + "".join(line(model, n) for n, model in enumerate(models)))
        return path

    return once


def test_spellings_of_one_model_meet_and_bear_its_maker(census, write):
    claude = "anthropic.claude-3-haiku-20240307-v1"
    (asset,) = census(write(f"eu.{claude}%3A0", f"{claude}:0"))["assets"]
    assert (asset["model"], asset["models"]) == (f"{claude}:0", [f"{claude}:0"])
    assert (asset["model_families"], asset["model_makers"]) == (["anthropic/claude"], ["Anthropic"])


@needs_screen
def test_models_are_the_same_at_every_depth(census, write, tmp_path):
    path = write("deepseek.r1-v1:0", "amazon.nova-lite-v1%3A0", "%00", "acme-own")
    found = []
    for depth in ("full", "screen"):
        (asset,) = census(path, depth=depth)["assets"]
        found.append(asset["models"])
        (tmp_path / "s.duckdb").unlink()
    assert found == [["acme-own", "amazon.nova-lite-v1:0", "deepseek.r1-v1:0"]] * 2


def test_a_flood_of_names_is_counted_and_hides_no_maker(census, write, monkeypatch):
    monkeypatch.setattr(identify, "KEPT_MODELS", 3)
    flood = [f"acme-{n % 40}" for n in range(120)]
    found = census(write(*flood, "deepseek.r1-v1:0"))
    (asset,) = found["assets"]
    assert asset["models"] == ["acme-0", "acme-1", "deepseek.r1-v1:0"]
    assert (asset["models_more"], asset["model_makers"]) == (38, ["DeepSeek"])
    told = {one["model"] for one in asset["evidence"]}
    assert told == {"acme-0", "acme-1", "deepseek.r1-v1:0", "(other)"}


@pytest.mark.parametrize(
    ("asked", "state"), [("gemini-2.5-pro", "drifted"), ("gemini-2.5-flash", "managed")]
)
def test_a_model_that_no_row_declares_is_drift(census, tmp_path, asked, state):
    host = "generativelanguage.googleapis.com"
    url = f"https://{host}/v1beta/models/{asked}:generateContent"
    log, register = tmp_path / "proxy.csv", tmp_path / "r.csv"
    log.write_text(f"{HEADER}2026-10-20T10:00:00Z,u,10.0.0.1,{host},{url},POST,x,1,2,allowed\n")
    register.write_text(
        f"Ref,Name,Vendor,Product,Model,URL,Status\nA,Quotes,Google,Gemini API,Gemini 2.5 Flash,https://{host},Approved\n"
    )
    (asset,) = census(log, inventories=(str(register),))["assets"]
    assert (asset["state"], asset["fields"]) == (state, ["model"] if state == "drifted" else [])
