"""People list, policy and scope: strict, and located errors."""

import datetime as dt
import json
import os

import pytest

from connectors.declared.model import InventoryError, Person
from connectors.declared.people import people_of, read_people
from connectors.declared.policy import policy_of, read_policy
from connectors.declared.read import read_inventory
from connectors.declared.scope import read_scope


def parse(text, path):
    return json.loads(text)


def test_people_are_read_in_any_column_order(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("login;Display Name;active;aliases\njd;Jane Doe;0;J. Doe, Janey\n")
    assert read_people(path) == [
        Person("Jane Doe", login="jd", active=False, aliases=("J. Doe", "Janey"))
    ]


def test_two_people_with_one_login_are_refused(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("display_name,mail,login,active\nA B,a@x.example,ab,1\nC D,c@x.example,AB,1\n")
    with pytest.raises(InventoryError, match=r'people\.csv:3: login: "ab" is of two people'):
        read_people(path)


def test_an_unreadable_active_flag_is_refused(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("name,active\nA B,perhaps\n")
    with pytest.raises(InventoryError, match=r"people\.csv:2: active"):
        read_people(path)


def test_a_whole_policy_is_read(tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(
        json.dumps(
            {
                "sanctioned_tenants": {"OpenAI": ["ws-1"]},
                "prohibited": [{"id": "P1", "match": {"domain_suffix": "bad.example"}}],
                "waivers": [
                    {"id": "W1", "match": {"domain_suffix": "bad.example"}, "rule": "P1",
                     "expires": "2027-01-31", "approved_by": "CIO"}
                ],
                "status_words": {"approved": ["Live"]},
            }
        )
    )  # fmt: skip
    policy = read_policy(path, parse)
    assert policy.waivers[0].expires == dt.date(2027, 1, 31)
    assert policy.status_words == {"approved": ("Live",)}


DOMAIN = {"domain_suffix": "bad.example"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "wants a mapping"),
        ({"prohibted": []}, 'prohibted: unknown key; did you mean "prohibited"\\?'),
        ({"Waivers": []}, 'Waivers: unknown key; did you mean "waivers"\\?'),
        ({"zzz": []}, "zzz: unknown key; one of sanctioned_tenants, prohibited, waivers"),
        (
            {"waivers": [{"id": "w", "match": {"domain_suffix": "a.example"}, "expire": "x"}]},
            'waivers\\[0\\].expire: unknown key; did you mean "expires"\\?',
        ),
        (
            {"prohibited": [{"id": "p", "match": {"domain_sufix": "a.example"}}]},
            'prohibited\\[0\\].match.domain_sufix: unknown key; did you mean "domain_suffix"\\?',
        ),
        (
            {"waivers": [{"id": "W", "match": DOMAIN}]},
            r"waivers\[0\]\.expires: .*must end some day",
        ),
        ({"prohibited": [{"id": "P", "match": {"domain_suffix": "com"}}]}, "match everything"),
        ({"prohibited": [{"id": "P", "match": {"domain_suffix": "*"}}]}, "match everything"),
        ({"prohibited": [{"id": "P", "match": {}}]}, "give domain_suffix"),
        (
            {
                "prohibited": [
                    {"id": "P", "match": {"name_regex": ".*", "account_or_group_regex": ""}}
                ]
            },
            "at least 1 character",
        ),
        (
            {
                "prohibited": [
                    {"id": "P", "match": {"name_regex": "(", "account_or_group_regex": "a"}}
                ]
            },
            "no RE2 regex",
        ),
        (
            {
                "prohibited": [
                    {"id": "P", "match": {"name_regex": "a*", "account_or_group_regex": ".*"}}
                ]
            },
            "would match everything",
        ),
        (
            {"prohibited": [{"id": "P", "match": DOMAIN}, {"id": "P", "match": DOMAIN}]},
            "P occurs twice",
        ),
        (
            {"waivers": [{"id": "W", "match": DOMAIN, "expires": "2027-01-01", "rule": "P9"}]},
            "names rule P9",
        ),
        ({"status_words": {"aproved": []}}, "aproved is none of"),
        ({"columns": {"Ampel": "lifecycel"}}, 'columns: "Ampel" cannot be lifecycel, but one of'),
    ],
)
def test_a_policy_that_means_nothing_or_everything_is_refused(document, message):
    with pytest.raises(InventoryError, match=message):
        policy_of(document, "policy.yaml")


def test_a_scope_is_read_and_ignores_keys_it_does_not_know(tmp_path):
    path = tmp_path / "scope.json"
    path.write_text('{"as_of": "2026-10-15", "covered": {"proxy": "all", "x": 1}, "y": 2}')
    scope = read_scope(path, parse)
    assert (scope.as_of, scope.covered.proxy) == (dt.date(2026, 10, 15), "all")


def test_a_log_given_as_people_is_told_by_its_columns(tmp_path):
    path = tmp_path / "proxy.csv"
    path.write_text("ts,host,user\n2026-01-01,chatgpt.com,jd\n")
    people, told = people_of(path)
    assert [person.login for person in people] == ["jd"]
    assert [one.message for one in told] == ["people read from user (login); not read: ts, host"]


def test_a_people_list_of_known_columns_is_not_remarked_on(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("login,name\njd,Jane Doe\n")
    assert people_of(path)[1] == []


def test_an_empty_policy_is_told_as_a_policy(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("\n")
    with pytest.raises(InventoryError, match=r"policy\.yaml: is empty; write the policy"):
        read_policy(path, parse)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"prohibited": None}, "prohibited: is empty, and wants a list"),
        ({"prohibited": "x"}, "prohibited: wants a list"),
        ({"sanctioned_tenants": None}, "sanctioned_tenants: is empty, and wants a mapping"),
        ({"prohibited": [None]}, r"prohibited\[0\]: is empty, and wants a mapping"),
        ({"waivers": [{"id": 1, "match": DOMAIN, "expires": "2027-01-01"}]}, "id: wants text"),
        (
            {"waivers": [{"id": "W", "match": DOMAIN, "expires": "soon"}]},
            "wants a date such as 2027-01-31",
        ),
        (
            {"prohibited": [{"id": "P", "match": {"domain_suffix": "*.deepseek.com"}}]},
            'holds for everything below it anyhow; write "deepseek.com"',
        ),
        (
            {"prohibited": [{"id": "P", "match": {"domain_suffix": ".deepseek.com"}}]},
            'write "deepseek.com"',
        ),
        ({"prohibited": [{"id": "P", "match": {"domain_suffix": "*.com"}}]}, "match everything"),
    ],
)
def test_a_policy_is_refused_in_plain_words(document, message):
    with pytest.raises(InventoryError, match=message):
        policy_of(document, "policy.yaml")


@pytest.mark.parametrize("read", [read_people, read_inventory, lambda p: read_policy(p, parse)])
def test_a_fifo_is_told_as_one_and_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InventoryError, match="is a FIFO, not a regular file; save its content"):
        read(tmp_path / "pipe")
