"""The functions that a format may call: the macros, and what only looks at its arguments.

A list of what is allowed, since a database grows: settings, variables, clocks, chance, files and
whatever makes much of little are none of a format's business.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

_MACRO: Final = re.compile(r"^create macro (\w+)", re.MULTILINE)

_OPERATORS: Final = frozenset(
    ["+", "-", "*", "/", "//", "%", "||", "->", "->>", "~~", "!~~", "~~*", "!~~*", "~", "!~"]
)
_TEXT: Final = frozenset(
    """
    ascii char chr concat concat_ws contains ends_with ilike_escape instr lcase left len length
    like_escape lower lpad ltrim not_ilike_escape not_like_escape position prefix
    regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace
    regexp_split_to_array replace reverse right rpad rtrim split split_part starts_with str_split
    str_split_regex string_split string_split_regex string_to_array strip_accents strlen strpos
    substr substring suffix translate trim ucase unicode upper url_decode url_encode
    """.split()  # noqa: SIM905 - seventy words are read better so
)
_VALUES: Final = frozenset(
    """
    abs ceil ceiling floor greatest if ifnull least nullif round sign trunc try_cast typeof
    array_extract array_length array_to_string flatten list_concat list_contains list_distinct
    list_element list_extract list_filter list_has list_has_all list_has_any list_max list_min
    list_position list_reverse list_slice list_sort list_transform list_value list_zip
    array_slice element_at json json_array_length json_contains json_exists json_extract
    json_extract_path json_extract_path_text json_extract_string json_keys json_type json_valid
    json_value row struct_extract struct_pack
    """.split()  # noqa: SIM905 - seventy words are read better so
)
_TIMES: Final = frozenset(
    """
    date_part date_trunc datepart epoch epoch_ms epoch_ns epoch_us make_date make_timestamp
    strftime strptime timezone to_timestamp try_strptime
    """.split()  # noqa: SIM905 - seventy words are read better so
)


@cache
def macros() -> frozenset[str]:
    """The names in macros.sql."""
    text = Path(__file__).with_name("macros.sql").read_text("utf-8")
    return frozenset(_MACRO.findall(text))


@cache
def allowed() -> frozenset[str]:
    """Every function a format may call, in lower case."""
    return _OPERATORS | _TEXT | _VALUES | _TIMES | macros()


def refusal(name: str) -> tuple[str, str] | None:
    """What is wrong with calling this, and what to do; None if a format may."""
    if name.lower() in allowed():
        return None
    near = get_close_matches(name.lower(), sorted(allowed()), 1)
    hint = f"did you mean {near[0]}?" if near else "docs/formats.md names those that are"
    return f"the function {name} is not allowed", hint
