"""`reconcile` from files: the document, and the errors of an assets file."""

import datetime as dt
import json

import pytest

from connectors.declared.model import InventoryError
from scanner.reconcile.files import reconcile_files

DAY = dt.date(2026, 3, 16)
ASSETS = [
    {
        "asset_id": "a-1",
        "type": "saas_app",
        "source": "proxy",
        "native_id": "domain:chatgpt.com",
        "name": "ChatGPT",
        "vendor": "OpenAI",
        "product": "ChatGPT",
        "domains": ["chatgpt.com"],
        "tenant": "personal",
        "distinct_users": 3,
        "last_seen": "2026-03-15",
        "unknown_key": 1,
    },
    {
        "asset_id": "a-2",
        "type": "agent",
        "native_id": "proc:x",
        "name": "x",
        "vendor": "",
        "product": "Xbot",
        "detection_confidence": 0.9,
    },
]
REGISTER = "ref,name,vendor,product,status\nR-1,Chat,OpenAI,ChatGPT Team,Live\n"
POLICY = "status_words:\n  approved: [Live]\n"


@pytest.fixture
def files(tmp_path):
    """Paths of the four usual files, any of them replaced."""

    def write(assets=None, register=REGISTER, policy=POLICY, scope='{"covered": {"proxy": "all"}}'):
        texts = {
            "assets.json": json.dumps(ASSETS) if assets is None else assets,
            "register.csv": register,
            "policy.yaml": policy,
            "scope.json": scope,
        }
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        return {
            "assets_path": tmp_path / "assets.json",
            "inventory_path": tmp_path / "register.csv",
            "policy_path": tmp_path / "policy.yaml",
            "scope_path": tmp_path / "scope.json",
            "as_of": DAY,
        }

    return write


def test_the_document_holds_every_asset_row_and_identity(files):
    document = reconcile_files(**files()).document
    assert (document["schema"], document["as_of"]) == ("aicensus.reconcile/1", "2026-03-16")
    one, two = document["assets"]
    assert (one["state"], one["fields"], one["matches"][0]["row"]) == (
        "unapproved_use",
        ["tenant"],
        1,
    )
    assert (two["state"], two["matches"]) == ("unmanaged", [])
    assert [(d["row"], d["ref"], d["state"]) for d in document["declared"]] == [
        (1, "R-1", "unapproved_use")
    ]
    assert set(document["identity"]) == {"a-1", "a-2"}


def test_the_same_files_give_the_same_bytes(files):
    paths = files()
    one, two = (json.dumps(reconcile_files(**paths).document) for _ in range(2))
    assert one == two


@pytest.mark.parametrize(
    ("assets", "message"),
    [
        ("{}", "assets: wants a list"),
        ("[", r"assets\.json:1:2: broken JSON"),
        ('[{"type": "agent"}]', r"assets\[0\]\.asset_id: is missing"),
        ('[{"asset_id": "a", "type": "toaster"}]', 'unknown type "toaster"'),
        (
            '[{"asset_id": "a", "type": "agent"}, {"asset_id": "a", "type": "agent"}]',
            "occurs twice",
        ),
        ('[{"asset_id": "a", "type": "agent", "domains": "x"}]', "domains is no list"),
        ('[{"asset_id": "a", "type": "agent", "last_seen": "soon"}]', "wrong shape"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_assets_file_is_one_line(files, assets, message):
    with pytest.raises(InventoryError, match=message):
        reconcile_files(**files(assets=assets))


def test_rows_left_out_are_named(files):
    register = REGISTER + "R-2,Old,OpenAI,ChatGPT,wat\n"
    result = reconcile_files(**files(register=register, policy="{}"))
    errors = [p for p in result.problems if p.level == "error"]
    assert [(p.reason, p.line) for p in errors] == [("status_unknown", 3)]
    assert [d["row"] for d in result.document["declared"]] == [1]
