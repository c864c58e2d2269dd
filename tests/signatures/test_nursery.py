"""A candidate is a hint for review: never above low, and silent where another service speaks."""

from itertools import product

import pytest

from scanner.match.fire import judge
from scanner.match.naive import naive
from scanner.match.verdict import Facts
from signatures.compile import compile_catalogue
from signatures.errors import SignatureError
from signatures.lint import lint
from signatures.load import load_catalogue
from signatures.rows import from_json, rows_of, to_json

from .conftest import signature

SURE = {
    "model_api/acme": signature(
        "model_api/acme",
        "type: host_suffix, value: acme.example, surface: web, confidence: low",
        "type: http_path, value: /v1/complete, confidence: medium",
        name="Acme",
    )
}
CANDIDATE = {
    "nursery/model_api/beta": signature(
        "model_api/beta",
        "type: host_exact, value: api.beta.example, surface: api, confidence: high",
        "type: host_exact, value: api.acme.example, surface: api, confidence: high",
        "type: user_agent, value: beta-client, confidence: medium",
        "type: http_path, value: /beta/v2, confidence: medium",
        name="Beta",
    )
}


@pytest.fixture
def load(tmp_path):
    """`load(files, folder="shipped")`: the catalogue of all folders written so far."""
    folders = []

    def loaded(files, folder="shipped"):
        for name, text in files.items():
            path = tmp_path / folder / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if tmp_path / folder not in folders:
            folders.append(tmp_path / folder)
        return load_catalogue(folders)

    return loaded


@pytest.fixture
def tables(load):
    return compile_catalogue(load(SURE | CANDIDATE))


def verdict(tables, **facts):
    found = judge(tables, Facts(**facts))
    return (found.service, found.detection) if found is not None else None


def test_everything_a_candidate_says_is_a_hint(tables):
    assert verdict(tables, host="api.beta.example") == ("model_api/beta", "hint")


def test_two_signs_that_agree_make_it_low_and_more_do_not_add(tables):
    two = {"host": "api.beta.example", "agent": "beta-client/1"}
    assert verdict(tables, **two) == ("model_api/beta", "low")
    assert verdict(tables, **two, path="/beta/v2") == ("model_api/beta", "low")


def test_a_candidate_does_not_hide_a_less_exact_rule(tables):
    """api.acme.example is the candidate's exact name, and below the suffix of another service."""
    assert verdict(tables, host="api.acme.example") == ("model_api/acme", "low")
    both = {"host": "api.acme.example", "agent": "beta-client/1"}
    assert verdict(tables, **both) == ("model_api/acme", "low")


def test_a_candidates_host_is_still_unknown_to_paths(tables):
    seen = {"host": "api.beta.example", "path": "/v1/complete"}
    assert verdict(tables, **seen) == ("model_api/acme", "medium")


def test_the_naive_matcher_agrees(tables):
    hosts = [None, "api.beta.example", "api.acme.example", "x.acme.example", "other.example"]
    agents = [None, "beta-client/1", "Mozilla/5.0"]
    paths = [None, "/v1/complete", "/beta/v2/x", "/"]
    for host, agent, path in product(hosts, agents, paths):
        facts = Facts(host=host, agent=agent, path=path)
        found, plain = judge(tables, facts), naive(tables, facts)
        assert (found and (found.service, found.detection)) == (plain and plain[:2])


def test_a_kept_copy_knows_candidates(load):
    rows = rows_of(load(SURE | CANDIDATE))
    again = from_json(to_json(rows))
    assert again == rows
    assert [one.id for one in again.services if one.nursery] == ["model_api/beta"]


def test_a_candidate_in_an_overlay_is_one_too(load):
    load(SURE)
    entry = load(CANDIDATE, "mine").entries[1]
    assert (entry.signature.id, entry.nursery, entry.origin) == ("model_api/beta", True, "mine")
    assert {one.confidence for one in entry.signature.indicators} == {"hint"}


def refusal(load, *given):
    with pytest.raises(SignatureError) as caught:
        load(*given)
    return str(caught.value)


def test_a_candidate_cannot_replace_a_shipped_service(load, tmp_path):
    load(SURE)
    text = SURE["model_api/acme"] + "override: true\n"
    said = refusal(load, {"nursery/model_api/acme": text}, "mine")
    assert said == (
        f"{tmp_path}/mine/nursery/model_api/acme.yaml:1: id: a candidate cannot replace shipped"
        f" model_api/acme ({tmp_path}/shipped/model_api/acme.yaml:1); choose another id"
    )


def test_a_candidate_that_is_no_candidate_in_the_same_pack_is_refused(load):
    said = refusal(load, SURE | {"nursery/model_api/acme": SURE["model_api/acme"]})
    assert "'model_api/acme' stands in" in said


def test_an_overlay_may_promote_a_shipped_candidate_on_purpose(load):
    load(SURE | CANDIDATE)
    text = CANDIDATE["nursery/model_api/beta"]
    assert "overrides shipped model_api/beta" in refusal(load, {"model_api/beta": text}, "mine")
    catalogue = load({"model_api/beta": text + "override: true\n"}, "mine")
    assert verdict(compile_catalogue(catalogue), host="api.beta.example") == (
        "model_api/beta",
        "high",
    )


def test_the_path_of_a_candidate_is_its_id_below_nursery(load):
    said = refusal(load, {"nursery/model_api/gamma": CANDIDATE["nursery/model_api/beta"]})
    assert "save it as nursery/model_api/beta.yaml or write model_api/gamma" in said


def test_a_candidates_vendor_name_does_not_outvote_the_catalogue(load):
    files = {
        f"nursery/model_api/n{n}": signature(
            f"model_api/n{n}", f"type: host_exact, value: n{n}.example, confidence: high",
            name=f"N{n}", tail="vendor_name: ACME!\n",
        )
        for n in range(3)
    }  # fmt: skip
    sure = {"model_api/acme": SURE["model_api/acme"] + "vendor_name: Acme\n"}
    names = {one.id: one.vendor_name for one in rows_of(load(sure | files)).services}
    assert names["model_api/acme"] == "Acme"


# lint


BARE = (
    "id: model_api/beta\nname: Beta\nkind: model_api\nvendor: beta\nsummary: Perhaps.\n"
    "indicators:\n  - {type: host_exact, value: api.beta.example, confidence: high}\n"
)


def issues(load, files):
    catalogue = load(files)
    tables = compile_catalogue(catalogue)

    def ask(seen):
        return judge(tables, Facts(host=seen.get("dst_host")))

    return {(one.name, one.level) for one in lint(catalogue, ask)}


def test_what_a_candidate_lacks_is_a_warning(load):
    found = issues(load, {"nursery/model_api/beta": BARE})
    assert {
        ("no-evidence", "warning"),
        ("no-surface", "warning"),
        ("missing-positive", "warning"),
        ("missing-negative", "warning"),
    } <= found
    assert {level for _, level in found} == {"warning"}


def test_the_same_is_an_error_outside_the_nursery(load):
    assert ("no-evidence", "error") in issues(load, {"model_api/beta": BARE})


def test_a_candidate_that_would_flag_everybody_is_an_error(load):
    text = BARE.replace("host_exact", "user_agent").replace("api.beta.example", "curl")
    assert ("benign-agent", "error") in issues(load, {"nursery/model_api/beta": text})


def test_a_candidates_cases_must_hold_but_for_how_sure_they_are(load):
    good = "cases:\n  - {observe: {dst_host: api.beta.example}, match: true, confidence: high}\n"
    assert "case" not in {name for name, _ in issues(load, {"nursery/model_api/beta": BARE + good})}
    bad = good.replace("api.beta", "api.gamma")
    assert ("case", "error") in issues(load, {"nursery/model_api/beta": BARE + bad})


def test_two_owners_blame_the_candidate(load):
    row = "type: host_exact, value: api.beta.example, surface: api, confidence: high"
    files = {"nursery/model_api/beta": BARE, "model_api/zeta": signature("model_api/zeta", row)}
    found = [one for one in lint(load(files)) if one.name == "two-owners"]
    assert [(one.level, one.path.endswith("nursery/model_api/beta.yaml")) for one in found] == [
        ("warning", True)
    ]
