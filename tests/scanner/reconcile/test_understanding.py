"""What a name, an id, a place, a person or a model means, before anything is compared."""

import pytest

from connectors.declared.model import Person
from scanner.reconcile.ids import parse, reference
from scanner.reconcile.model import Known
from scanner.reconcile.modelnames import covers, models
from scanner.reconcile.names import derivation, likeness, stem
from scanner.reconcile.people import People
from scanner.reconcile.places import edition, where
from scanner.reconcile.products import Products
from scanner.reconcile.vendors import agree, named, vendor_id

SUBSCRIPTION = "7d1f0b2e-52a4-4b0a-9c55-0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/RG-A/providers/Microsoft.X/accounts/Acc",
            f"/subscriptions/{SUBSCRIPTION}/resourcegroups/rg-a/providers/microsoft.x/accounts/acc",
        ),
        (
            "//aiplatform.googleapis.com/projects/p-1/locations/europe-west4/endpoints/42",
            "projects/p-1/locations/europe-west4/endpoints/42",
        ),
        ("k8s:prod/ns-chat/deploy/api", "k8s:PROD/chat/deploy/api"),
        ("uc:Main.Ops.Eta", "uc:main.ops.eta"),
    ],
)
def test_spellings_of_one_id_have_one_key(one, other):
    assert parse(one).key == parse(other).key


def test_arn_names_are_told_apart_by_case():
    arn = "arn:aws:bedrock:eu-west-1:111122223333:agent/"
    assert parse(arn + "ABC").key != parse(arn + "abc").key


def test_a_deployment_lies_in_its_account_and_group():
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
    found = parse(f"{group}/providers/Microsoft.CognitiveServices/accounts/aoai/deployments/mini")
    assert [(p.name, p.kind) for p in found.parents] == [
        ("aoai", "resource"),
        ("rg", "group"),
        (SUBSCRIPTION, "subscription"),
    ]


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("arn:aws:sagemaker:eu-west-1:111122223333:endpoint/eta", "id"),
        ("arn:aws:sagemaker:eu-west-1:1.11122E+11:endpoint/eta", "damaged"),
        ("arn:aws:sagemaker:eu-west-1:11112222...", "cut"),
        ("main.ops.eta", "id"),
        ("models:/eta_model/Production", "name"),
        ("endpoint/eta-v2", "name"),
        ("account 111122223333", "container"),
        ("account 1111-2222-3333", "container"),
        ("projects/p-1/locations/europe-west4", "container"),
        ("ask the data team", "prose"),
        ("SageMaker", "prose"),
    ],
)
def test_a_resource_cell_is_told_by_its_form(cell, form):
    assert reference(cell).form == form


@pytest.mark.parametrize(
    ("short", "words", "at_least"),
    [
        ("noshow", "driver no show", 1.0),
        ("eta", "estimated time of arrival", 0.6),
        ("los", "length of stay", 0.85),
        ("readm", "readmission risk", 0.85),
        ("xgb", "xgboost", 0.9),
        ("gbm", "gradient boosted trees", 0.9),
        ("fcst", "forecast", 0.5),
    ],
)
def test_a_short_word_stands_for_long_ones(short, words, at_least):
    assert likeness(short, tuple(words.split()))[0] >= at_least


@pytest.mark.parametrize(
    ("short", "words"), [("quote", "route planner"), ("12", "120"), ("it", "items"), ("ab", "cab")]
)
def test_unlike_words_do_not(short, words):
    assert likeness(short, tuple(words.split())) == (0.0, frozenset())


def test_versions_end_a_stem_and_other_suffixes_do_not():
    assert stem("eta-model-v2") == stem("ETA_model_v13") == "eta-model"
    assert stem("eta-model-2") != stem("eta-model")


@pytest.mark.parametrize("word", ["poc", "canary", "challenger", "exp2", "copy"])
def test_twins_are_told_by_a_word(word):
    assert derivation(("eta", word)) == word
    assert derivation(("eta", "model")) is None


def test_a_region_narrows_and_a_country_does_not():
    assert where("AWS Dublin").regions == {"eu-west-1"}
    assert where("Azure DE").regions == {"germanynorth", "germanywestcentral"}
    assert where("GCP").regions == frozenset()
    assert where("GCP").providers == {"gcp"}


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Lane forecast (Spain)", {"es"}),
        ("Lane forecast - DE", {"de"}),
        ("Help desk for IT staff", set()),
        ("What is in it", set()),
        ("Group IT", {"it"}),
    ],
)
def test_the_country_a_system_is_for(name, country):
    """Two letters count only in capitals at the end; that "Group IT" is read as Italy only
    matters when the asset is labelled with another country."""
    assert edition(name) == country


PEOPLE = People(
    [
        Person("Lea Maria Fontaine", "lea.fontaine@x.example", "lfontaine"),
        Person("Jonas Weidner", "jonas.weidner@x.example", "jweidner"),
        Person("Julia Weidner", "julia.weidner@x.example", "j.weidner"),
        Person("Søren Kjær", "soren.kjaer@x.example", "skjaer", aliases=("Sören",)),
    ]
)


@pytest.mark.parametrize(
    ("cell", "who"),
    [
        ("Fontaine, Lea Maria", {0}),
        ("L. Fontaine", {0}),
        ("Léa Maria Fontaine / IT-7", {0}),
        ("LFONTAINE", {0}),
        ("J. Weidner", {1, 2}),
        ("j.weidner", {2}),
        ("jonas.weidner@x.example", {1}),
        ("Jonas Weidner; Lea Maria Fontaine", {0, 1}),
        ("Sören", {3}),
        ("ml-platform@x.example", set()),
        ("tbd", set()),
        ("", set()),
    ],
)
def test_spellings_of_people(cell, who):
    assert PEOPLE.who(cell) == who


@pytest.mark.parametrize(
    ("declared", "observed", "verdict"),
    [
        ("gpt-4.1, gpt-4.1-mini", "gpt-4.1-mini", True),
        ("GPT 4.1 mini", "gpt-4.1-mini-2025-04-14", True),
        ("gpt-4.1", "gpt-4.1-mini", False),
        ("gpt-4.1", "o4-mini", False),
        ("Claude Sonnet", "anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("Claude 3.5 Haiku", "anthropic.claude-haiku-4-5-20251001-v1:0", False),
        ("Claude via Bedrock", "meta.llama3-3-70b-instruct-v1:0", False),
        ("Llama 3.1 8B", "meta-llama/Llama-3.1-8B-Instruct", True),
        ("XGBoost", "gpt-4.1", None),
        ("gpt-4.1", "", None),
        ("gpt-4.1", "our-own-model", None),
        ("gpt-4.1", "voyage-3-large", False),
        ("gpt-4.1, our model", "NousResearch/Hermes-3-Llama-3.1-8B", False),
    ],
)
def test_a_family_covers_its_versions_and_a_version_only_itself(declared, observed, verdict):
    assert covers(models(declared), observed) is verdict


@pytest.mark.parametrize(
    ("cell", "vendor"),
    [
        ("OpenAI, L.L.C.", "openai"),
        ("MSFT Azure", "microsoft"),
        ("Google Cloud EMEA Ltd", "google"),
        ("Quantaero S.p.A.", "quantaero"),
        ("Amazon Web Services (hosting provider)", "amazon"),
    ],
)
def test_vendors_without_their_legal_forms(cell, vendor):
    assert vendor in named([cell]).ids


@pytest.mark.parametrize("cell", ["1899-12-31 11:59:00", "Third Party Vendor", "various", "tbd 1"])
def test_a_vendor_cell_may_name_no_vendor(cell):
    assert named([cell]).ids <= {"tbd 1"}


def test_in_house_is_no_vendor():
    assert named(["In-house"]).in_house
    assert not named(["In-house", "OpenAI"]).in_house


def test_an_owner_of_a_company_agrees_and_a_namesake_does_not():
    assert agree([vendor_id("Nuance")], vendor_id("Microsoft"))
    assert not agree([vendor_id("Ada Health")], vendor_id("Ada Support"))


def test_the_longest_known_name_wins():
    found = Products().find("Gemini Code Assist for Java")
    assert [hit.line.id for hit in found] == ["gemini-code-assist"]


def test_former_names_lead_to_the_line_of_today():
    products = Products()
    (found,) = products.find("ChatGPT Team")
    assert (found.line.id, found.until) == ("chatgpt", "2025-08-29")


def test_an_edition_is_the_product_and_something_on_it_is_not():
    products = Products([Known("saas_app/rovo", "Rovo", "atlassian", "Atlassian")])
    assert products.line_of("ChatGPT Business connector", "openai").id == "chatgpt"
    assert products.line_of("Rovo agent", "atlassian") is None


def test_a_signature_joins_the_line_that_one_of_its_aliases_names():
    products = Products(
        [Known("model_api/mistral", "Mistral cloud", "mistral", "Mistral AI", ("La Plateforme",))]
    )
    assert products.line_of("Mistral cloud", "mistral").id == "mistral-api"


@pytest.mark.parametrize("name", ["ai&", "AI", "the Assistant", "Agent Pro"])
def test_a_product_named_by_words_of_any_row_is_looked_for_in_no_text(name):
    products = Products([Known("saas_chat/x", name, "x", "X Labs", (name,))])
    assert products.find("AI assistant in Excel, an agent") == []


def test_a_product_with_one_telling_word_is_found():
    products = Products([Known("saas_chat/x", "Matter AI", "x", "X Labs")])
    assert [one.line.name for one in products.find("Pilot of Matter AI")] == ["Matter AI"]
