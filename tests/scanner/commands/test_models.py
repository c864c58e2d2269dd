"""Models at the command line: what a name is, which families there are, and what one says."""

import pytest


def test_each_name_has_its_family_and_maker_in_order(aicensus):
    names = "us.anthropic.claude-3-haiku-20240307-v1:0\nclaude-desktop.dmg\n"
    found = aicensus("signatures", "classify", "--models", "--json", given=names)
    assert [(one["input"], one["family"], one["maker"]) for one in found.rows] == [
        ("us.anthropic.claude-3-haiku-20240307-v1:0", "anthropic/claude", "anthropic"),
        ("claude-desktop.dmg", None, None),
    ]


def test_what_a_name_holds_cannot_reach_the_terminal(aicensus):
    found = aicensus("signatures", "test", "--models", "gpt-4o\x1b[31m")
    assert found.out == 'unknown\t-\t"gpt-4o\\u001b[31m"\n'


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("list", "--models"), "deepseek/deepseek"),
        (("show", "deepseek/deepseek"), "not: deepseek-desktop.exe"),
        (("show", "deepseek/deepseek", "--json"), '"maker": "deepseek"'),
    ],
)
def test_families_are_listed_and_shown(aicensus, arguments, says):
    assert says in aicensus("signatures", *arguments).out
