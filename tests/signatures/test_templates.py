# ruff: noqa: E501 - one case a line
"""Host templates: typed gaps in a name."""

import re

import pytest

from signatures.tables import shipped_tables
from signatures.templates import Fit, example, parse_template

REGIONS = shipped_tables().regions


def fit(value, host):
    return parse_template(value, REGIONS).fit(tuple(host.split(".")), REGIONS)


@pytest.mark.parametrize(
    ("value", "host", "region", "unknown"),
    [
        ("x.{aws_region}.acme.example", "x.us-east-1.acme.example", "us-east-1", False),
        ("x.{aws_region}.acme.example", "x.us-gov-west-1.acme.example", "us-gov-west-1", False),
        ("x.{aws_region}.acme.example", "x.us-isob-east-1.acme.example", "us-isob-east-1", False),
        ("x.{aws_region}.acme.example", "x.eu-east-7.acme.example", "eu-east-7", True),
        ("{azure_region}.acme.example", "germanywestcentral.acme.example", "germanywestcentral", False),
        ("{azure_region}.acme.example", "greeceeast9.acme.example", "greeceeast9", True),
        ("{gcp_region}-x.acme.example", "europe-west12-x.acme.example", "europe-west12", False),
        ("{gcp_region}-x.acme.example", "global-x.acme.example", "global", False),
        ("{gcp_region}-x.acme.example", "europe-east77-x.acme.example", "europe-east77", True),
        ("{label}.{gcp_region}-{label}.acme.example", "7.us-central1-42.acme.example", "us-central1", False),
        ("{label}.acme.example", "my_own-1.acme.example", None, False),
    ],
)  # fmt: skip
def test_a_name_that_fits_gives_its_region(value, host, region, unknown):
    assert fit(value, host) == Fit(region, unknown)


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("x.{aws_region}.acme.example", "x.us-east.acme.example"),
        ("x.{aws_region}.acme.example", "x.evil.acme.example"),
        ("{azure_region}.acme.example", "www.acme.example"),
        ("{azure_region}.acme.example", "api.acme.example"),
        ("{gcp_region}-x.acme.example", "x.acme.example"),
        ("{gcp_region}-x.acme.example", "evil-us-central1-x.acme.example"),
        ("{label}.acme.example", "*.acme.example"),
    ],
)
def test_a_name_that_does_not_fit_is_none(value, host):
    assert fit(value, host) is None


def test_every_listed_region_has_the_shape_of_its_provider_or_is_a_word_of_its_own():
    """The shape is what recognises tomorrow's regions, so today's must have it."""
    odd = {"us", "eu", "global"}
    for provider in ("aws", "azure", "gcp"):
        shape = re.compile(REGIONS[provider].shape)
        wrong = {name for name in REGIONS[provider].names if not shape.fullmatch(name)} - odd
        assert wrong == set()


def test_the_aws_table_is_what_the_sdk_says():
    """The table is a copy; this is the reminder to renew it."""
    botocore = pytest.importorskip("botocore.session")
    partitions = botocore.Session().get_data("endpoints")["partitions"]
    assert {r for p in partitions for r in p["regions"]} - REGIONS["aws"].names == set()


def test_an_example_fits_its_own_template():
    value = "{label}.x.{aws_region}.acme.example"
    assert fit(value, example(value, REGIONS)) == Fit("af-south-1", False)
