"""What looks like AI without being in the catalogue, and what only seems to."""

import json
import shutil
from dataclasses import asdict

import pytest

from signatures.errors import SignatureError
from signatures.hints import Hints, hint_table_from
from signatures.tables import FOLDER, load_tables, shipped_tables

HINTS = Hints(shipped_tables().hints)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("llm.corp.example", ["llm"]),
        ("llm-proxy.corp.example", ["llm"]),
        ("gpt4.corp.example", ["gpt"]),
        ("my_chatbot.example", ["chatbot"]),
        ("ollama", ["ollama"]),
        ("stable-diffusion.gpu.example", ["stable-diffusion"]),
        ("acmegpt.example", ["gpt"]),
        ("acme.ai", ["under .ai"]),
        ("gen-ai-bot.example", ["gen-ai", "ai-bot"]),
        ("copilot.acme.ai", ["copilot", "under .ai"]),
    ],
)
def test_a_word_on_a_boundary_is_a_hint_with_its_reason(host, words):
    reasons = HINTS.of_host(host)
    assert len(reasons) == len(words)
    for reason in reasons:
        assert any(f'"{word}"' in reason or word in reason for word in words)
        assert reason.endswith(")")


@pytest.mark.parametrize(
    "host",
    [
        "openair-california.example",
        "paint.example",
        "chai.example",
        "rail.example",
        "email.example",
        "maid.example",
        "thai-air.example",
        "ragdoll.example",
        "rag-doll.example",
        "llmx.example",
        "xllm.example",
        "gpt-partition.example",
        "9ai.example",
        "xn--llm-0ra.example",
        "llama-farm.example",
        "rag.de",
        "www.rag.de",
        "nic.ai",
        "conference.example",
    ],
)
def test_a_look_alike_is_none(host):
    assert HINTS.of_host(host) == ()


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/generate_stream", True),
        ("/team/a/chat/completions", True),
        ("/v1/embeddings/", True),
        ("/models/x:generateContent", True),
        ("/sse", True),
        ("/xsse", False),
        ("/v1/embeddings2", False),
        ("/docs/v1/chat/completions", False),
        ("/static/mcp", False),
        ("/", False),
    ],
)
def test_a_path_is_read_from_its_end_and_not_among_pages(path, hint):
    assert bool(HINTS.of_path(path)) is hint


def test_of_several_endings_the_first_of_the_table_is_told():
    (reason,) = HINTS.of_host("acmechatbot-acmegpt.example")
    assert '"gpt"' in reason


def test_at_most_three_reasons_are_told():
    assert len(HINTS.of_host("llm.openai.ollama.chatbot.genai.acme.ai")) == 3


def test_the_table_survives_being_written_down():
    table = shipped_tables().hints
    assert hint_table_from(json.loads(json.dumps(asdict(table)))) == table


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("words: [gpt]", "words: [GPT]", "pattern"),
        ("words: [gpt]", "words: []", "at least 1 item"),
        ("- /chat/completions", "- chat/completions", "pattern"),
        ("reason: language models", "reasons: language models", "Field required|Extra inputs"),
    ],
)
def test_a_broken_table_of_hints_is_refused(tmp_path, old, new, problem):
    folder = tmp_path / "tables"
    shutil.copytree(FOLDER, folder)
    path = folder / "hints.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(SignatureError, match=problem):
        load_tables(folder)
