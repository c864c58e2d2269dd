# ruff: noqa: E501 - one case a line
"""The catalogue loads whole or not at all, and errors say file, line, key and what to do."""

import pytest

from signatures.errors import SignatureError
from signatures.load import load_catalogue, read_signature
from signatures.tables import shipped_tables

GOOD = """\
id: model_api/acme
name: Acme API
kind: model_api
vendor: acme
summary: Made up for a test.
indicators:
  - type: host_exact
    value: api.acme.example
    surface: api
    confidence: high
    evidence: [{kind: page, ref: "https://acme.example/docs", seen: 2026-11-21}]
cases:
  - {observe: {dst_host: api.acme.example, dst_port: 443}, match: true}
"""


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return read_signature(data, "acme.yaml", shipped_tables())


def refusal(text):
    with pytest.raises(SignatureError) as caught:
        read(text)
    return str(caught.value)


def test_a_good_file_is_read():
    assert read(GOOD).signature.indicators[0].value == "api.acme.example"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value:", "vlaue:", 'acme.yaml:8: indicators[0].vlaue: unknown key; did you mean "value"?'),
        ("name: Acme API\n", "", "acme.yaml:1: name: missing; add the key"),
        ("kind: model_api", "kind: model_ap", "acme.yaml:3: kind: 'model_ap' is none of its words; did you mean model_api?"),
        ("confidence: high", "confidence: sure", "acme.yaml:10: indicators[0].confidence: 'sure' is none of its words; there are confirmed, high, medium, low, hint"),
        ("name: Acme API", "name: true", "acme.yaml:2: name: a boolean, wanted text; put it in quotes"),
        ("name: Acme API", "name: 12", "acme.yaml:2: name: a number, wanted text; put it in quotes"),
        ("name: Acme API", "name: []", "acme.yaml:2: name: a list, wanted text"),
        ("name: Acme API", f"name: {'x' * 301}", "acme.yaml:2: name: 301 characters, at most 300; shorten it"),
        ("value: api.acme.example", f"value: {'x' * 1001}", "acme.yaml:8: indicators[0].value: 1001 characters, at most 1000; shorten it"),
        ("name: Acme API", 'name: ""', "acme.yaml:2: name: empty; fill it in, or drop the key"),
        ("name: Acme API", 'name: "\\e[31m=1+1"', "acme.yaml:2: name: control or invisible character; use printable characters only"),
        ("name: Acme API", 'name: "Ac\u200bme"', "acme.yaml:2: name: control or invisible character; use printable characters only"),
        ("kind: model_api", "kind: saas_chat", "acme.yaml:3: kind: saas_chat is not the kind in the id; write model_api, or change the id"),
        ("dst_port: 443", 'dst_port: "443"', "acme.yaml:13: cases[0].observe.dst_port: text, wanted a number"),
        ("match: true", "match: yes", "acme.yaml:13: cases[0].match: text, wanted true or false"),
        ("2026-11-21", "21.11.2026", "acme.yaml:11: indicators[0].evidence[0].seen: '21.11.2026' does not look right; the pattern is ^20[0-9]{2}-[01][0-9]-[0-3][0-9]$"),
        ("indicators:", "include: ../../etc/passwd\nindicators:", "acme.yaml:6: include: unknown key"),
        ("vendor: acme", "vendor: acme\nvendor: other", "acme.yaml:5: duplicate key 'vendor'; it stands on line 4 already"),
        ("vendor: acme", "vendor: &a acme", "acme.yaml:4: an anchor (&a) is not allowed"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_line_and_hint(old, new, message):
    assert old in GOOD
    assert refusal(GOOD.replace(old, new, 1)).startswith(message)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("host_exact", "API.acme.example", "'API.acme.example' is not in normal form; write api.acme.example"),
        ("host_exact", "https://api.acme.example/", "'https://api.acme.example/' is not in normal form; write api.acme.example"),
        ("host_exact", "192.0.2.7", "an address; make the type cidr"),
        ("host_exact", "acme", "'acme' is a single label; name at least two labels"),
        ("host_suffix", "com", "'com' is a single label; name at least two labels"),
        ("host_suffix", '"*.acme.example"', "a wildcard; a host_suffix matches what lies below by itself"),
        ("host_suffix", "a..example", "empty label; write the bare host name"),
        ("host_suffix", "x.sentry.io", "lies under sentry.io, shared infrastructure (error reports and monitoring of any site); such a host is never a finding; drop the indicator"),
        ("host_exact", '"{label}.acme.example"', "a placeholder; make the type host_template"),
        ("host_template", "api.acme.example", "no placeholder; a name without one is a host_exact"),
        ("host_template", '"{region}.acme.example"', "unknown placeholder {region}; there are {label}, {aws_region}, {azure_region}, {gcp_region}"),
        ("host_template", '"{LABEL}.acme.example"', "a brace that belongs to no placeholder"),
        ("host_template", '"api.{label}.example"', "the last two labels must be fixed"),
        ("cidr", "192.0.2.1/24", "'192.0.2.1/24' is no address range; write it as 192.0.2.0/24"),
        ("cidr", "10.0.0.0/8", "10.0.0.0/8 is wider than any one service; name smaller ranges"),
        ("http_path", "v1/chat", "'v1/chat' does not begin with / or ^; anchor it at the start"),
        ("http_path", "/", "matches every path; use '^/$' for the root alone"),
        ("http_path", "/v1?x=1", "a query, fragment or blank; only the path is matched"),
        ("http_path", "'^/('", "pattern: missing )"),
        ("http_path", "'^/.*'", "pattern: matches everything; say what only this service has"),
        ("http_path", "'^/((a{100}){100}){100}'", "pattern: repetition too large"),
        ("http_path", "'^/(?=x)'", "pattern: look-around and back references do not exist in RE2"),
        ("http_path", "'^/" + "a" * 999 + "'", "pattern: pattern longer than 1000 characters"),
        ("http_path", "'^/acme/a|/b'", "pattern: a | outside a group loses the ^; write ^(?:…|…)"),
        ("user_agent", "'.*'", "pattern: matches everything"),
        ("user_agent", "'[a-zA-Z0-9]'", "pattern: matches everything; say what only this service has"),
        ("http_header", "'x acme'", "not a header name; write `name` or `name: pattern`"),
        ("http_header", "'x-acme: ['", "pattern: missing ]"),
        ("port", "70000", "'70000' is no port; write a number, 1 to 65535"),
        ("oauth_name", '"Acme  AI"', "'Acme  AI' has blanks around it or in a row; write single ones"),
        ("oauth_scope", '"a.read b.read"', "'a.read b.read' has a blank in it; write one scope an indicator"),
        ("app_id", "v0", "'v0' is too short; at least 3 letters or digits"),
        ("port", "11434", "a port alone is a hint; write hint"),
        ("asn", "AS64496", "'AS64496' is no AS number; write the digits alone"),
        ("host_exact", '""', "empty; fill it in, or drop the key"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_its_type_is_refused(kind, value, message):
    text = GOOD.replace("host_exact", kind).replace("api.acme.example", value, 1)
    problem = refusal(text)
    if message.startswith("pattern: pattern longer"):
        assert "longer than 1000" in problem or "at most 1000" in problem
    else:
        assert message in problem
    assert problem.startswith(
        ("acme.yaml:8: indicators[0].value: ", "acme.yaml:10: indicators[0].")
    )


def test_needs_are_checked_too():
    text = GOOD.replace("    evidence", "    needs: {path: 'v1'}\n    evidence")
    assert refusal(text).startswith("acme.yaml:11: indicators[0].needs.path: 'v1' does not begin")
    text = GOOD.replace("    evidence", "    needs: {}\n    evidence")
    assert "indicators[0].needs: nothing in it" in refusal(text)
    text = GOOD.replace("    evidence", "    needs: {prot: 1}\n    evidence")
    assert 'indicators[0].needs.prot: unknown key; did you mean "port"?' in refusal(text)


def test_a_slow_pattern_is_no_danger_and_is_accepted():
    text = GOOD.replace("host_exact", "http_path").replace(
        "api.acme.example", r"'^/(([a-z0-9]+)+[.-]?)+x$'", 1
    )
    assert read(text)


def test_a_file_that_is_not_utf8_is_refused():
    assert refusal(b"id: a\nname: caf\xe9\n") == "acme.yaml:2: not UTF-8; save the file as UTF-8"


def test_a_file_that_is_no_mapping_is_refused():
    assert refusal("- a\n").startswith("acme.yaml:1: not a mapping")


def write(folder, name, text):
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_two_files_with_one_id_are_refused_and_both_are_named(tmp_path):
    first = write(tmp_path, "model_api/acme", GOOD)
    second = write(tmp_path, "model_api/zeta", GOOD)
    with pytest.raises(SignatureError) as caught:
        load_catalogue([tmp_path])
    assert str(caught.value) == (
        f"{second}:1: id: 'model_api/acme' stands in {first}:1 too; give one of them another id"
    )


def test_the_path_must_be_the_id(tmp_path):
    path = write(tmp_path, "model_api/zeta", GOOD)
    with pytest.raises(SignatureError) as caught:
        load_catalogue([tmp_path])
    assert str(caught.value) == (
        f"{path}:1: id: 'model_api/acme' is not what the path says; "
        "save it as model_api/acme.yaml or write model_api/zeta"
    )


def test_an_overlay_may_add_a_service(tmp_path):
    write(tmp_path / "shipped", "model_api/acme", GOOD)
    write(tmp_path / "mine", "model_api/beta", GOOD.replace("model_api/acme", "model_api/beta"))
    catalogue = load_catalogue([tmp_path / "shipped", tmp_path / "mine"])
    ids = [entry.signature.id for entry in catalogue.entries]
    assert ids == ["model_api/acme", "model_api/beta"]
    assert catalogue.overrides == ()


def test_an_overlay_may_not_silently_change_a_shipped_id(tmp_path):
    shipped = write(tmp_path / "shipped", "model_api/acme", GOOD)
    mine = write(tmp_path / "mine", "model_api/acme", GOOD.replace("api.acme", "nothing.acme"))
    with pytest.raises(SignatureError) as caught:
        load_catalogue([tmp_path / "shipped", tmp_path / "mine"])
    assert str(caught.value) == (
        f"{mine}:1: id: overrides shipped model_api/acme ({shipped}:1); "
        "choose another id, or write `override: true` to mean it"
    )


def test_an_override_that_is_meant_is_listed(tmp_path):
    write(tmp_path / "shipped", "model_api/acme", GOOD)
    text = GOOD.replace("api.acme", "new.acme") + "override: true\n"
    mine = write(tmp_path / "mine", "model_api/acme", text)
    catalogue = load_catalogue([tmp_path / "shipped", tmp_path / "mine"])
    assert catalogue.entries[0].signature.indicators[0].value == "new.acme.example"
    assert [(o.id, o.after) for o in catalogue.overrides] == [("model_api/acme", str(mine))]


def test_an_override_of_nothing_is_refused(tmp_path):
    write(tmp_path, "model_api/acme", GOOD + "override: true\n")
    with pytest.raises(SignatureError, match="there is no model_api/acme to override"):
        load_catalogue([tmp_path])


@pytest.mark.parametrize("suffix", ["co.uk", "com.cn"])
def test_an_overlay_with_a_public_suffix_is_refused(tmp_path, suffix):
    write(tmp_path / "shipped", "model_api/acme", GOOD)
    text = GOOD.replace("host_exact", "host_suffix").replace("model_api/acme", "model_api/beta")
    write(tmp_path / "mine", "model_api/beta", text.replace("api.acme.example", suffix))
    with pytest.raises(SignatureError, match=f"{suffix} is a public suffix"):
        load_catalogue([tmp_path / "shipped", tmp_path / "mine"])


@pytest.mark.parametrize("prepare", ["missing", "empty", "yml"])
def test_a_folder_without_usable_files_is_refused(tmp_path, prepare):
    folder = tmp_path / "mine"
    if prepare != "missing":
        folder.mkdir()
    if prepare == "yml":
        (folder / "a.yml").write_text(GOOD)
    wanted = {"missing": "not a folder", "empty": "no signature file", "yml": r"ends in \.yml"}
    with pytest.raises(SignatureError, match=wanted[prepare]):
        load_catalogue([folder])


def test_the_digest_changes_with_the_content_and_not_with_the_place(tmp_path):
    write(tmp_path / "a", "model_api/acme", GOOD)
    write(tmp_path / "b", "model_api/acme", GOOD)
    write(tmp_path / "c", "model_api/acme", GOOD.replace("high", "low"))
    digests = [load_catalogue([tmp_path / name]).digest for name in "abc"]
    assert digests[0] == digests[1] != digests[2]
