"""People leave a scan as one pseudonym each, whatever they were called in the logs."""

from dataclasses import dataclass

import pytest

from scanner.errors import UsageError
from scanner.privacy import People, load_key, masked, pseudonym, role_of, spelling


@dataclass(frozen=True)
class Someone:
    display_name: str
    mail: str = ""
    login: str = ""
    department: str = ""
    aliases: tuple[str, ...] = ()


ADA = Someone("Ada Kessel", "ada.kessel@freight.example", "akessel", "Sales", ("ada@old.example",))
BEN = Someone("Ben Kessel", "ben.kessel@freight.example", "bkessel", "IT")


@pytest.mark.parametrize(
    "written",
    [
        "ada.kessel@freight.example",
        "ADA.KESSEL@FREIGHT.EXAMPLE",
        "ada.kessel%40freight.example",
        "FREIGHT\\akessel",
        "akessel",
        " Ada  Kessel ",
        "ada@old.example",
    ],
)
def test_every_spelling_of_a_person_is_one_identity(written):
    people = People.of([ADA, BEN])
    assert people.resolve(written) == ("ada.kessel@freight.example", "Sales")


def test_an_unknown_user_stays_itself_in_an_unknown_department():
    assert People.of([ADA]).resolve("Guest7") == ("guest7", "unknown")


def test_a_spelling_that_fits_two_people_is_nobodys():
    people = People.of([ADA, Someone("Ada Kessel", "ada2@freight.example")])
    assert people.resolve("Ada Kessel") == ("ada kessel", "unknown")


def test_pseudonyms_depend_on_the_key_and_on_the_kind_of_actor():
    made = {pseudonym(key, kind, "ada") for key in (b"a", b"b") for kind in ("user", "device")}
    assert len(made) == 4


def test_the_key_is_made_once_and_read_again(tmp_path):
    path = tmp_path / "keys" / "store.key"
    assert load_key(path) == load_key(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "store.key"
    load_key(path)
    path.chmod(0o644)
    with pytest.raises(UsageError, match="others can read the pseudonym key; chmod 600"):
        load_key(path)


def test_a_file_that_is_no_key_is_refused(tmp_path):
    path = tmp_path / "store.key"
    path.write_text("not hexadecimal")
    path.chmod(0o600)
    with pytest.raises(UsageError, match="not a key file"):
        load_key(path)


def test_rejected_values_that_name_people_lose_their_end():
    assert masked("src_ip", "10.0.0.256") == "10.… (10 characters)"


@pytest.mark.parametrize("value", ["65536", "1e3", "NaN", "2026-03-01T00:00:00-99:99", ""])
def test_rejected_numbers_and_times_stay(value):
    assert masked("bytes_in", value) == value


@pytest.mark.parametrize("value", ["jane.roe@corp.example", "10.99.88.82", "fe80::1:2:3", "alice"])
def test_a_person_in_a_column_of_numbers_is_hidden(value):
    """A row is rejected because its fields are out of place."""
    assert value not in str(masked("bytes_in", value))


def test_of_a_host_the_user_before_it_is_hidden():
    assert masked("dst_host", "jane.doe:hunter2@bad..host") == "…@bad..host"


def test_of_a_principal_the_session_is_left_out():
    arn = "arn:aws:sts::123456789012:assumed-role/Dev/jane.doe@corp.example"
    assert role_of(arn) == "arn:aws:sts::123456789012:assumed-role/Dev"


def test_folding_keeps_different_people_apart():
    assert spelling("akessel") != spelling("bkessel")
