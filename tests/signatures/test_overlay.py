"""An overlay adds, replaces on purpose, and never does so in silence."""

import pytest

from signatures.errors import SignatureError
from signatures.load import load_catalogue
from signatures.rows import rows_of

from .conftest import signature

SHIPPED = {
    "model_api/acme": signature(
        "model_api/acme",
        "type: host_exact, value: api.acme.example, surface: api, confidence: high",
        "type: host_suffix, value: acme.example, surface: web, confidence: high",
        'type: host_template, value: "{aws_region}.run.acme.example", surface: api, '
        "confidence: high",
    )
}


@pytest.fixture
def load(tmp_path):
    """`load({id: text}, ...)`: the catalogue of SHIPPED and overlays."""

    def loaded(*overlays):
        folders = []
        for number, files in enumerate((SHIPPED, *overlays)):
            folder = tmp_path / f"pack{number}"
            for name, text in files.items():
                path = folder / f"{name}.yaml"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            folders.append(folder)
        return load_catalogue(folders)

    return loaded


def beta(*rows, tail=""):
    return {"model_api/beta": signature("model_api/beta", *rows, name="Beta", tail=tail)}


def said(catalogue):
    return [(one.reason, one.message) for one in catalogue.remarks]


OWN = "type: host_exact, value: api.beta.example, surface: api, confidence: high"


def test_without_an_overlay_there_is_nothing_to_say(load):
    assert load().remarks == ()


def test_what_is_used_too_is_told_with_its_digest(load, tmp_path):
    catalogue = load(beta(OWN))
    own = catalogue.packs[1]
    assert catalogue.packs[0].name == "pack0"
    assert (own.name, own.version, own.place) == ("pack1", None, str(tmp_path / "pack1"))
    assert said(catalogue) == [
        ("overlay", f"pack1 is used too: 1 signature, sha256 {own.sha256}"),
    ]


def test_entries_know_their_pack(load):
    origins = [(entry.signature.id, entry.origin) for entry in load(beta(OWN)).entries]
    assert origins == [("model_api/acme", "shipped"), ("model_api/beta", "pack1")]


def test_an_override_is_told_with_its_line(load, tmp_path):
    text = SHIPPED["model_api/acme"] + "override: true\n"
    remark = load({"model_api/acme": text}).remarks[1]
    assert (remark.reason, remark.line) == ("override", text.count("\n"))
    assert remark.path == str(tmp_path / "pack1/model_api/acme.yaml")
    assert remark.message == "replaces shipped model_api/acme"


def test_a_second_overlay_may_not_replace_the_first_in_silence(load):
    with pytest.raises(SignatureError, match="overrides pack1 model_api/beta"):
        load(beta(OWN), beta(OWN))


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        ("type: host_exact, value: api.acme.example", True),
        ("type: host_exact, value: eu.acme.example", True),
        ("type: host_suffix, value: eu.acme.example", True),
        ('type: host_template, value: "{label}.acme.example"', True),
        ("type: host_exact, value: eu-west-1.run.acme.example", True),
        ("type: host_exact, value: acme.example.com", False),
        ("type: host_exact, value: notacme.example", False),
        ("type: user_agent, value: acme.example", False),
    ],
)
def test_a_host_that_a_shipped_service_answers_for_is_told(load, row, taken):
    catalogue = load(beta(f"{row}, surface: api, confidence: high"))
    told = [one for one in catalogue.remarks if one.reason == "taken"]
    assert bool(told) == taken
    if taken:
        assert told[0].line == 7
        assert "is of shipped model_api/acme too; the more exact rule decides" in told[0].message


@pytest.mark.parametrize(
    ("row", "hides"),
    [
        ("type: host_exact, value: www.acme.example", True),
        ("type: host_suffix, value: eu.acme.example", True),
        ('type: host_template, value: "{label}.acme.example"', True),
        ("type: host_exact, value: eu-west-1.run.acme.example", True),
        ("type: host_exact, value: www.acme.example, needs: {path: /x}", False),
        ("type: host_exact, value: api.acme.example", False),  # the shipped one stands beside it
        ("type: host_suffix, value: acme.example", False),
    ],
)
@pytest.mark.parametrize("confidence", ["hint", "low", "medium"])
def test_a_rule_that_would_hide_a_surer_one_is_refused(load, row, hides, confidence):
    """The more exact rule decides: a weak one would hide a strong one."""
    overlay = beta(f"{row}, surface: api, confidence: {confidence}")
    if not hides:
        load(overlay)
        return
    with pytest.raises(SignatureError) as caught:
        load(overlay)
    assert "would hide shipped model_api/acme, which is high there" in str(caught.value)
    assert str(caught.value).partition("beta.yaml:")[2].startswith("7: indicators[0].confidence")


def test_an_override_takes_its_own_hosts_without_more_words(load):
    catalogue = load({"model_api/acme": SHIPPED["model_api/acme"] + "override: true\n"})
    assert [reason for reason, _ in said(catalogue)] == ["overlay", "override"]


@pytest.mark.parametrize("name", ["shared_infrastructure", "regions", "mine"])
def test_an_overlay_cannot_change_the_tables(load, tmp_path, name):
    """A name added to shared infrastructure would hide a vendor (docs/decisions/0011)."""
    with pytest.raises(SignatureError) as caught:
        load({**beta(OWN), f"tables/{name}": "infrastructure: []\n"})
    assert str(caught.value) == (
        f"{tmp_path}/pack1/tables/{name}.yaml:1: an overlay cannot change the tables;"
        " add a signature, override one, or record the decision in the policy"
    )


def test_the_digest_tells_overlays_apart(load, tmp_path):
    without = load().digest
    with_one = load(beta(OWN)).digest
    assert without != with_one
    assert load(beta(OWN.replace("high", "low"))).digest not in {without, with_one}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("host_suffix, value: co.uk", "value: co.uk is a public suffix"),
        ("host_exact, value: co.uk", "value: co.uk is a public suffix"),
        ('host_template, value: "{label}.co.uk"', "value: co.uk is a public suffix"),
        ('host_template, value: "ai-{label}.co.uk"', "value: co.uk is a public suffix"),
        ("host_suffix, value: github.io", "value: github.io is a shared parent"),
        ("host_suffix, value: homelinux.org", "confidence: below homelinux.org customers"),
        ("host_suffix, value: microsoft.com", "value: microsoft.com is a shared parent"),
        ("host_exact, value: www.google.com", "value: google.com is a shared parent"),
        ("user_agent, value: Mozilla", "value: matches 'Mozilla/5.0"),
        ("http_path, value: /api", "value: matches /api"),
        ("http_header, value: content-type", "value: every client sends content-type"),
    ],
)
def test_what_would_call_strangers_ai_is_refused(load, tmp_path, row, said):
    """Nobody may have linted an overlay, and a signed one can be hostile too."""
    with pytest.raises(SignatureError) as caught:
        load(beta(f"type: {row}, surface: api, confidence: high"))
    place = f"{tmp_path}/pack1/model_api/beta.yaml:7: indicators[0]."
    assert str(caught.value).startswith(place + said)


@pytest.mark.parametrize(
    "row",
    [
        "type: host_suffix, value: homelinux.org, confidence: medium",
        "type: host_suffix, value: microsoft.com, needs: {path: /acme}, confidence: medium",
        'type: host_template, value: "{label}.beta.co.uk", confidence: high',
        "type: user_agent, value: beta-client, confidence: medium",
        "type: http_path, value: /api, needs: {port: 4711}, confidence: medium",
    ],
)
def test_what_names_one_vendor_is_taken(load, row):
    assert len(load(beta(f"{row}, surface: api")).entries) == 2


def test_an_overlay_does_not_rename_a_shipped_vendor(load):
    """Shipped files that give no vendor_name get the usual one, of shipped files."""
    files = {
        f"model_api/n{n}": signature(
            f"model_api/n{n}", OWN.replace("api.beta", f"n{n}"), name=f"N{n}",
            tail="vendor_name: Evil\n",
        )
        for n in range(3)
    }  # fmt: skip
    names = {one.id: one.vendor_name for one in rows_of(load(files)).services}
    assert names == {"model_api/acme": "Acme"} | dict.fromkeys(files, "Evil")
