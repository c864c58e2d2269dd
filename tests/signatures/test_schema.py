"""The schema for editors says what the model says."""

from signatures.model import Signature
from signatures.schema import signature_schema


def test_the_schema_knows_every_key_and_forbids_others():
    schema = signature_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["properties"]) == set(Signature.model_fields)
    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())


def test_a_single_port_or_method_needs_no_list():
    needs = signature_schema()["$defs"]["Needs"]["properties"]
    assert {"type": "integer", "minimum": 1, "maximum": 65535} in needs["port"]["anyOf"]
    assert {"type": "string"} in needs["method"]["anyOf"]
