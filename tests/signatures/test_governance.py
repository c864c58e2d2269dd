# ruff: noqa: E501 - one case a line
"""What is known of suppliers: read strictly, merged value by value, and held to its sources."""

import json
from datetime import date

import pytest

from signatures.errors import SignatureError
from signatures.governance import FIELDS, governance_of, load_vendors, merged, read_vendor
from signatures.governance_shape import Governance, VendorFile
from signatures.lint import lint
from signatures.lint.suppliers import supplier_issues
from signatures.load import BUILTIN, load_catalogue
from signatures.schema import signature_schema, vendor_schema
from signatures.strict_yaml import load_yaml

from .conftest import signature

PAGE = 'kind: page, ref: "https://acme.example/terms", seen: "2026-11-21"'
ENTITY = f"legal_entity: {{value: Acme Ltd, {PAGE}}}\n"
NO = f"trains_on_input: [{{plan: business, value: no, {PAGE}}}]\n"
TODAY = date(2026, 11, 21)


@pytest.fixture
def vendors(tmp_path):
    """A folder with one vendor file of this text, and its folder."""

    def make(text, name="acme"):
        folder = tmp_path / "vendors"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(text)
        return folder

    return make


@pytest.fixture
def service(make_catalogue, tmp_path):
    """A catalogue of one service of vendor acme with this block, and its folder."""

    def make(block=""):
        tail = f"governance:\n  {block}" if block else ""
        text = signature("model_api/acme", "type: model_name, value: a, confidence: low", tail=tail)
        return make_catalogue({"model_api/acme": text}), tmp_path / "shipped"

    return make


def block(text):
    return Governance.model_validate(load_yaml(text, "x"))


def test_a_vendor_file_gives_its_values_with_their_sources(vendors):
    facts = load_vendors(vendors(f"vendor: acme\n{ENTITY}"))["acme"].facts
    assert facts.legal_entity.value == "Acme Ltd"
    assert facts.legal_entity.ref == "https://acme.example/terms"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vendor: acme\nlegal_entiti: 1\n", '2: legal_entiti: unknown key; did you mean "legal_entity"?'),
        ("vendor: acme\nterms_url: {value: acme, kind: page, seen: '2026-11-21'}\n", "2: terms_url.value: 'acme' does not look right"),
        (f"vendor: acme\nretention:\n  - {{plan: bizness, value: 3 days, {PAGE}}}\n", "3: retention[0].plan: 'bizness' is none of its words; did you mean business?"),
        (f"vendor: acme\ncertifications: [{{value: SOC2, {PAGE}}}]\n", "2: certifications[0].value: 'SOC2' is none of its words"),
        (f"vendor: acme\nlegal_entity: {{value: Acme, {PAGE}, sorce: 1}}\n", '2: legal_entity.sorce: unknown key; there are kind, note, ref, seen, value'),
        ("vendor: acme\nlegal_entity: {value: Acme}\n", "2: legal_entity.kind: missing"),
        ("vendor: acne\n" + ENTITY, "1: vendor: 'acne' is not what the file is called"),
        ("- 1\n", "1: not a mapping"),
    ],
)  # fmt: skip
def test_a_vendor_file_that_is_wrong_is_refused_by_line(vendors, text, said):
    folder = vendors(text)
    with pytest.raises(SignatureError) as refused:
        load_vendors(folder)
    assert f"{folder / 'acme.yaml'}:{said}" in str(refused.value)


def test_a_vendor_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SignatureError, match=r"acme\.yaml:1: cannot be read"):
        read_vendor(tmp_path / "acme.yaml")


def test_a_block_on_a_signature_is_read_and_its_faults_located(service):
    loaded, _ = service(ENTITY)
    assert loaded.entries[0].signature.governance.legal_entity.value == "Acme Ltd"
    with pytest.raises(SignatureError, match=r"governance\.legal_entity\.valu: unknown key"):
        service(ENTITY.replace("value", "valu"))


def test_all_keys_are_there_and_empty_where_nothing_is_known():
    facts = merged(None, None)
    assert tuple(facts) == FIELDS
    assert not any(facts.values())


def test_the_service_wins_value_by_value():
    held = block(ENTITY + NO)
    own = block(f"trains_on_input: [{{plan: api, value: opt_in, {PAGE}}}]\n")
    facts = merged(held, own)
    assert facts["legal_entity"]["of"] == "vendor"
    assert [(f["plan"], f["value"], f["of"]) for f in facts["trains_on_input"]] == [
        ("api", "opt_in", "service")
    ]


def test_a_fact_is_plain_values():
    fact = merged(block(ENTITY), None)["legal_entity"]
    assert json.loads(json.dumps(fact)) == {
        "value": "Acme Ltd",
        "kind": "page",
        "ref": "https://acme.example/terms",
        "seen": "2026-11-21",
        "of": "vendor",
    }


def test_governance_of_a_service_joins_both_files(service, vendors):
    _, folder = service(NO)
    held = vendors(f"vendor: acme\n{ENTITY}")
    facts = governance_of("model_api/acme", "acme", [folder], held)
    assert facts["legal_entity"]["of"] == "vendor"
    assert facts["trains_on_input"][0]["of"] == "service"


def test_governance_of_a_service_that_nobody_described_is_empty(vendors):
    facts = governance_of(
        "model_api/nowhere", "nobody", [BUILTIN], vendors(f"vendor: acme\n{ENTITY}")
    )
    assert not any(facts.values())


def test_the_last_folder_that_has_the_service_counts(service, vendors, tmp_path):
    _, folder = service(NO)
    own = tmp_path / "own"
    (own / "model_api").mkdir(parents=True)
    (own / "model_api" / "acme.yaml").write_text(
        (folder / "model_api" / "acme.yaml").read_text().replace("value: no", "value: opt_out")
    )
    facts = governance_of(
        "model_api/acme", "acme", [folder, own], vendors(f"vendor: acme\n{ENTITY}")
    )
    assert facts["trains_on_input"][0]["value"] == "opt_out"


NOWHERE = 'kind: unverified, seen: "2026-11-21"'


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("governance-source", ENTITY.replace('ref: "https://acme.example/terms", ', ""), ENTITY),
        ("governance-source", f"retention: [{{value: 3 days, {NOWHERE}}}]\n", f"terms_url: {{value: 'https://acme.example/', {NOWHERE}}}\n"),
        ("governance-day", ENTITY.replace("2026-11-21", "2026-11-22"), ENTITY),
        ("governance-day", ENTITY.replace("2026-11-21", "2026-02-30"), ENTITY),
        ("governance-twice", NO.replace("[{", "[{plan: business, value: opt_in, " + PAGE + "}, {"), NO.replace("[{", "[{plan: api, value: opt_in, " + PAGE + "}, {")),
        ("empty-governance", "retention: []\n", ENTITY),
    ],
)  # fmt: skip
def test_each_lint_complains_and_lets_its_neighbour_pass(make_catalogue, vendors, name, bad, good):
    row = "type: model_name, value: a, confidence: low"
    loaded = make_catalogue({"model_api/acme": signature("model_api/acme", row)})

    def names(facts):
        read = load_vendors(vendors(f"vendor: acme\n{facts}"))
        return [issue.name for issue in supplier_issues(loaded, read, TODAY)]

    assert names(bad) == [name]
    assert names(good) == []


def test_a_vendor_file_that_no_signature_uses_is_an_issue(service, vendors):
    loaded, _ = service()
    read = load_vendors(vendors(f"vendor: acne\n{ENTITY}", "acne"))
    (issue,) = (one for one in lint(loaded, None, read) if one.name == "unused-vendor")
    assert (issue.level, issue.line, issue.key) == ("error", 1, "vendor")


def test_a_block_on_a_signature_is_held_to_its_sources_too(service):
    loaded, _ = service(NO.replace(PAGE, NOWHERE))
    (issue,) = supplier_issues(loaded, {}, TODAY)
    assert (issue.name, issue.key) == ("governance-source", "governance.trains_on_input[0]")


def test_the_schemas_know_every_key():
    schema = vendor_schema()
    assert set(schema["properties"]) == set(VendorFile.model_fields)
    assert all(
        part["additionalProperties"] is False for part in (schema, *schema["$defs"].values())
    )
    assert "Governance" in signature_schema()["$defs"]


def test_the_shipped_vendor_files_have_no_issue():
    """Errors and warnings: an assessor reads these values."""
    assert [str(one) for one in supplier_issues(load_catalogue(), load_vendors())] == []


def test_the_most_used_services_say_who_supplies_them():
    known = {
        entry.signature.id: governance_of(entry.signature.id, entry.signature.vendor)
        for entry in load_catalogue().entries
    }
    named = [one for one in known.values() if one["legal_entity"] and one["jurisdiction"]]
    assert len(named) >= 120
    assert known["model_api/openai"]["trains_on_input"]
