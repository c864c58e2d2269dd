"""What one asset is, and that it stays itself."""

import pytest

from scanner.grain import Grain, grain, merged

ROW = {
    "service": "model_api/openai", "kind": "model_api", "by_host": True, "per_host": False,
    "dst_host": "api.openai.com", "dst_ip": None, "dst_port": None, "account": None,
    "principal": None, "region": None, "tenant": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "model_api/openai|caller=organisation"),
        ({"principal": "svc-quotes"}, "model_api/openai|caller=svc-quotes"),
        ({"service": "saas_chat/claude", "kind": "saas_chat"}, "saas_chat/claude|tenant=unknown"),
        (
            {"service": "saas_chat/claude", "kind": "saas_chat", "tenant": "acme"},
            "saas_chat/claude|tenant=acme",
        ),
        (
            {"service": "cloud_ai_resource/b", "kind": "cloud_ai_resource", "region": "eu-west-1"},
            "cloud_ai_resource/b|account=|region=eu-west-1",
        ),
        (
            {"service": "cloud_ai_resource/a", "kind": "cloud_ai_resource", "per_host": True,
             "dst_host": "acme.openai.azure.com"},
            "cloud_ai_resource/a|host=acme.openai.azure.com",
        ),
        (
            {"service": "inference_server/ollama", "kind": "inference_server", "by_host": False,
             "dst_host": "llm.corp.example", "dst_ip": "10.0.0.5", "dst_port": 11434},
            "inference_server/ollama|at=llm.corp.example:11434",
        ),
        (
            {"by_host": False, "dst_host": "llm.corp.example", "dst_port": 8000},
            "model_api/openai|at=llm.corp.example:8000",
        ),
    ],
)  # fmt: skip
def test_the_grain_is_what_names_the_thing_itself(changes, key):
    assert grain(ROW | changes, "Product").key == key


def at(service, place="10.0.0.5:8000"):
    return Grain(f"{service}|at={place}", service, service, place)


def test_a_server_recognised_by_product_takes_in_its_generic_signs():
    product = at("inference_server/vllm")
    shape, library = at("inference_server/openai_compatible"), at("model_api/openai")
    assert merged([shape, library, product]) == {shape: product, library: product}


def test_a_library_alone_belongs_to_the_generic_server():
    shape, library = at("inference_server/openai_compatible"), at("model_api/openai")
    assert merged([library, shape]) == {library: shape}


def test_servers_at_two_places_stay_two():
    assert (
        merged([at("inference_server/openai_compatible"), at("model_api/openai", "10.0.0.6:8000")])
        == {}
    )


def test_two_products_at_one_place_stay_two():
    assert merged([at("inference_server/vllm"), at("ai_ui/open_webui")]) == {}
