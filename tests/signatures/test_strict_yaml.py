"""YAML as we accept it: what is read, and what is refused on which line."""

import pytest

from signatures.strict_yaml import StrictYamlError, decode, line_at, load_yaml


def test_only_unquoted_true_false_null_and_whole_numbers_are_not_text():
    text = (
        'a: [no, 1.10, 12:30:45, 010, 2026-01-01, 0x1F, ~, "true", "7"]\n'
        "b: [true, false, null, 7, -3, 0]\nc:\n"
    )
    assert load_yaml(text, "x.yaml") == {
        "a": ["no", "1.10", "12:30:45", "010", "2026-01-01", "0x1F", "~", "true", "7"],
        "b": [True, False, None, 7, -3, 0],
        "c": None,
    }


def test_every_key_and_item_knows_its_line():
    value = load_yaml("a: 1\nb:\n  - c: 2\n    d: 3\n  - e\n", "x.yaml")
    assert value.line_of("b") == 2
    assert value["b"][0].line_of("d") == 4
    assert line_at(value, ("b", 0, "d")) == 4
    assert line_at(value, ("b", 1)) == 5
    assert line_at(value, ("b", 0, "missing")) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.yaml:1: nothing in it"),
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: duplicate key 'a'; it stands on line 1 already"),
        ("a: &x 1\n", "x.yaml:1: an anchor (&x) is not allowed"),
        ("a: 1\nb: *x\n", "x.yaml:2: an alias (*name) is not allowed; write the value out"),
        ("a: !!str x\n", "x.yaml:1: a tag (tag:yaml.org,2002:str) is not allowed"),
        ("a: ! x\n", "x.yaml:1: a tag (!) is not allowed"),
        ("a:\n  <<: {b: 1}\n", "x.yaml:2: a merge key (<<) is not allowed; write the keys out"),
        ("? [a]\n: 1\n", "x.yaml:1: a key must be plain text"),
        ("%YAML 1.1\n---\na: 1\n", "x.yaml:1: a % directive is not allowed"),
        (
            "a: 1\n---\nb: 1\n",
            "x.yaml:2: a second document; the first begins on line 1, one file holds one",
        ),
        ("a: 1\nb: [\n", "x.yaml:3: not YAML: did not find expected node content"),
        ("a: 1\nb: \x07\n", "x.yaml:2: not YAML: control characters are not allowed"),
    ],
)
def test_what_is_refused_names_the_line(text, message):
    with pytest.raises(StrictYamlError) as caught:
        load_yaml(text, "x.yaml")
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 200_000, "- " * 200_000])
def test_deep_nesting_is_refused_and_does_not_crash(text):
    with pytest.raises(StrictYamlError, match="nested deeper than 64 levels"):
        load_yaml(text, "x.yaml")


def test_too_large_a_text_is_refused():
    with pytest.raises(StrictYamlError, match="more than 10 characters"):
        load_yaml("a: 12345678901", "x.yaml", max_size=10)


def test_bytes_that_are_not_utf8_are_refused_with_their_line():
    with pytest.raises(StrictYamlError) as caught:
        decode(b"id: a\nname: caf\xe9\n", "x.yaml")
    assert str(caught.value) == "x.yaml:2: not UTF-8; save the file as UTF-8"


def test_a_byte_order_mark_is_dropped():
    assert decode(b"\xef\xbb\xbfa: 1", "x.yaml") == "a: 1"
