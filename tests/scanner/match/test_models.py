# ruff: noqa: E501 - one case a line
"""Which model a row asked for: by its own field, else by its path, of detections alone."""

import numpy as np
import pyarrow as pa
import pytest

from scanner.match.models import models
from scanner.match.verdict import Verdict

BEDROCK = "cloud_ai_resource/amazon-bedrock"
CLAUDE = "/model/eu.anthropic.claude-3-haiku-20240307-v1%3A0/invoke"


def verdict(service=BEDROCK, detection="high"):
    return Verdict(service, "cloud_ai_resource", detection, None, None, (), 1, True, False, None)


def rows(**columns):
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def asked(table, *judged, which=None):
    judged = judged or (verdict(),)
    which = which or [0] * len(table)
    return models(table, judged, np.array(which, np.int64))


@pytest.mark.parametrize(
    ("own", "path", "model"),
    [
        (None, CLAUDE, "anthropic.claude-3-haiku-20240307-v1:0"),
        ("US.anthropic.claude-v2", CLAUDE, "anthropic.claude-v2"),
        (None, "/model/x%0a/invoke", None),
        (None, "/guardrail/g/version/1/apply", None),
        (None, None, None),
    ],
)
def test_the_logs_own_field_comes_before_the_path(own, path, model):
    assert asked(rows(model=[own], url_path=[path])).model.to_pylist() == [model]


def test_every_row_has_the_answer_of_its_own_service_and_path():
    paths = [CLAUDE, "/v1/models", CLAUDE, CLAUDE]
    judged = (verdict(), verdict("model_api/openai"))
    found = asked(rows(url_path=paths), *judged, which=[0, 0, 1, 0])
    name = "anthropic.claude-3-haiku-20240307-v1:0"
    assert found.model.to_pylist() == [name, None, None, name]


def test_a_weak_sign_names_no_model():
    assert asked(rows(url_path=[CLAUDE]), verdict(detection="low")).model.to_pylist() == [None]


def test_what_a_customer_calls_a_deployment_is_no_model():
    path = "/openai/deployments/gpt-4o-prod/chat/completions"
    found = asked(rows(url_path=[path]), verdict("cloud_ai_resource/azure-openai"))
    assert (found.model.to_pylist(), found.deployment.to_pylist()) == ([None], ["gpt-4o-prod"])


@pytest.mark.parametrize(
    ("own", "model", "deployment"),
    [
        ("application-inference-profile/k2v9", None, "application-inference-profile/k2v9"),
        ("imported-model/k2v9", None, "imported-model/k2v9"),
        ("inference-profile/us.anthropic.claude-v2", "anthropic.claude-v2", None),
        ("foundation-model/anthropic.claude-v2", "anthropic.claude-v2", None),
    ],
)
def test_what_an_account_named_is_no_model_in_a_logs_own_field_either(own, model, deployment):
    found = asked(rows(model=[f"arn:aws:bedrock:us-east-1:111122223333:{own}"]))
    assert (found.model.to_pylist(), found.deployment.to_pylist()) == ([model], [deployment])


def test_a_version_of_vertex_is_one_name_in_a_field_and_in_a_path():
    path = "/v1/projects/acme-ml/locations/us-east5/publishers/anthropic/models/claude-sonnet-4%4020250514:rawPredict"
    table = rows(model=[None, "claude-sonnet-4@20250514"], url_path=[path, None])
    found = asked(table, verdict("cloud_ai_resource/google-vertex-ai"))
    assert len(set(found.model.to_pylist())) == 1


def test_a_path_may_tell_the_project_and_the_place():
    path = "/v1/projects/acme-ml/locations/europe-west4/publishers/google/models/gemini-2.5-pro:predict"
    found = asked(rows(url_path=[path]), verdict("cloud_ai_resource/google-vertex-ai"))
    assert (found.account.to_pylist(), found.region.to_pylist()) == (["acme-ml"], ["europe-west4"])


def test_logs_without_paths_name_none():
    assert asked(rows(dst_host=["a", "b"])).model.null_count == 2
