# ruff: noqa: E501 - one case a line
"""Names of models in one spelling, the families they are of, and the paths that name them."""

from types import SimpleNamespace

import pytest

from signatures.errors import SignatureError
from signatures.families import Families, load_families, shipped_families
from signatures.lint.models import model_issues
from signatures.model_names import LONGEST, from_path, from_text
from signatures.model_uris import load_uris, shipped_uris
from signatures.pack import BUILTIN
from signatures.schema import maker_schema

SEEN = 'evidence: [{kind: page, ref: "https://acme.example/models", seen: "2026-11-21"}]'
FAMILY = "  - {{id: {id}, name: N, patterns: ['{pattern}'], examples: [{example}], unlike: [{unlike}], {seen}}}\n"


def family(id="acme/brain", pattern=r"^brain-\d", example="brain-1", unlike="brainy"):  # noqa: A002 - the key's name
    return FAMILY.format(id=id, pattern=pattern, example=example, unlike=unlike, seen=SEEN)


@pytest.fixture
def maker(tmp_path):
    """Families from the text of one maker's file, `acme` unless named otherwise."""

    def make(*families, name="acme", head="maker: acme\nname: Acme\n"):
        (tmp_path / f"{name}.yaml").write_text(head + "families:\n" + "".join(families))
        return load_families(tmp_path)

    return make


@pytest.fixture(scope="module")
def services():
    """The catalogue as far as rules of paths ask for it: the services there are."""
    found = BUILTIN.glob("*/*.yaml")
    ids = [path.relative_to(BUILTIN).as_posix().removesuffix(".yaml") for path in found]
    return SimpleNamespace(entries=[_entry(one) for one in ids])


def _entry(service):
    return SimpleNamespace(signature=SimpleNamespace(id=service, vendor="acme", vendor_name=None))


def test_every_family_and_every_path_does_what_its_file_says(services):
    found = list(model_issues(shipped_families(), shipped_uris(), services))
    assert [str(issue) for issue in found] == []


def test_there_are_the_families_people_ask_for():
    known = shipped_families().by_id
    assert len(known) >= 60
    assert {
        "openai/gpt",
        "anthropic/claude",
        "deepseek/deepseek",
        "alibaba/qwen",
        "xai/grok",
    } <= known.keys()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic/claude"),
        ("arn:aws:bedrock:us-east-1::foundation-model/deepseek.r1-v1:0", "deepseek/deepseek"),
        ("OPENROUTER/DeepSeek/deepseek-chat:free", "deepseek/deepseek"),
        ("nvidia/llama-3.1-nemotron-70b-instruct", "nvidia/nemotron"),
        ("fal_ai/openai/gpt-image-1/edit", "openai/gpt"),
        ("claude-desktop.dmg", None),
        ("gpt-parts-catalogue", None),
        ("notdeepseek-r1", None),
        ("", None),
        ("\ud800gpt-4", None),
        ("x" * 5000, None),
    ],
)
def test_a_name_is_of_its_makers_family_whoever_hosts_it(name, wanted):
    found = shipped_families().of(name)
    assert (found.id if found else None) == wanted


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("eu.amazon.nova-lite-v1%3A0", "amazon.nova-lite-v1:0"),
        ("amazon.nova-lite-v1%253A0", "amazon.nova-lite-v1:0"),
        ("@cf/meta/llama-3.1-8b", "meta/llama-3.1-8b"),
        ("Qwen/Qwen2.5-7B", "qwen/qwen2.5-7b"),
        ("arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.x.y-1", "x.y-1"),
        ("gpt-4%0d%0aSet-Cookie", None),
        ("gpt%00", None),
        ("<script>", None),
        ("\u202egpt-4", None),
        ("../../etc", None),
        ("a" * (LONGEST + 1), None),
        ("", None),
    ],
)
def test_a_piece_of_a_path_is_a_name_or_nothing(text, name):
    assert from_path(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" GPT-4o ", "gpt-4o"),
        ("us.anthropic.claude-v2", "anthropic.claude-v2"),
        ("my model\x07\n", "my model?"),
        ("a" * 500, "a" * LONGEST),
        ("  ", None),
    ],
)
def test_a_logs_own_word_is_kept_and_made_harmless(text, name):
    assert from_text(text) == name


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([family(pattern="brain")], "families[0].patterns[0]"),
        ([family(pattern="^a|brain")], "families[0].patterns[0]"),
        ([family(pattern="^(")], "families[0].patterns[0]"),
        ([family(pattern="^")], "families[0].patterns[0]"),
        ([family(id="other/brain")], "families[0].id"),
        ([family(), family()], "families[1].id"),
    ],
)
def test_a_family_that_cannot_be_used_is_refused_with_its_place(maker, rows, key):
    with pytest.raises(SignatureError) as refused:
        maker(*rows)
    assert refused.value.key == key


def test_a_makers_file_bears_the_makers_name(maker):
    with pytest.raises(SignatureError, match="save it as acme"):
        maker(family(), name="other")


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (family(example="brian-1"), "model-example"),
        (family(unlike="brain-2"), "model-look-alike"),
    ],
)
def test_lint_names_what_a_family_gets_wrong(maker, services, row, name):
    assert [one.name for one in model_issues(maker(row), shipped_uris(), services)] == [name]


def test_a_maker_that_the_catalogue_has_bears_its_id(maker, services):
    taken = SimpleNamespace(id="model_api/a", vendor="acme-inc", vendor_name="Acme")
    known = SimpleNamespace(entries=[*services.entries, SimpleNamespace(signature=taken)])
    found = [one.name for one in model_issues(maker(family()), shipped_uris(), known)]
    assert found == ["maker-spelling"]


URIS = """\
rules:
  - about: Made up.
    services: [model_api/openai]
    path: '{path}'
    evidence: [{{kind: page, ref: "https://acme.example", seen: "2026-11-21"}}]
    cases: [{{path: /m/brain-1, model: {model}}}, {{path: /m}}]
"""


@pytest.mark.parametrize("path", ["/m/(?P<model>.+)", "^/m/(?P<name>.+)", "^/m/(", "^/m/x"])
def test_a_rule_that_captures_no_model_is_refused(tmp_path, path):
    (tmp_path / "u.yaml").write_text(URIS.format(path=path, model="brain-1"))
    with pytest.raises(SignatureError):
        load_uris(tmp_path / "u.yaml")


def test_lint_names_a_path_that_says_another_model(tmp_path, services):
    (tmp_path / "u.yaml").write_text(URIS.format(path="^/m/(?P<model>.+)$", model="brain-2"))
    uris = load_uris(tmp_path / "u.yaml")
    assert [one.name for one in model_issues(Families([]), uris, services)] == ["uri-case"]


def test_a_path_without_end_names_nothing():
    path = "/model/" + "a" * 3000 + "/invoke"
    assert shipped_uris().named("cloud_ai_resource/amazon-bedrock", path) is None


def test_editors_get_a_schema_of_makers():
    assert maker_schema()["properties"].keys() >= {"maker", "families"}
