"""Text from the outside made harmless for the place it is shown in.

Names, hosts and register cells are written by others. Each function serves one place: the
terminal and log (`safe_text`), a CSV cell (`csv_cell`), a script block (`script_json`), any of
them (`mask`). HTML escaping is Jinja's.

Sources: Unicode Technical Report 36 (bidi and invisible characters); OWASP, "CSV Injection";
HTML standard, "Restrictions for contents of script elements".
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

_ESCAPED: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Cn", "Co"})
# Letters and marks that draw nothing: fillers, grapheme joiner, braille blank.
_BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)
_PLAIN: Final = re.compile(r"[\x20-\x7e]*\Z")
_JOINER: Final = "\u200d"

_TRIGGERS: Final = "=+\\-@|\uff1d\uff0b\uff0d\uff20\uff5c"
_CELL_START: Final = re.compile(rf"('*)([{_TRIGGERS}\t\r\n\x00])")
# A reader set to another separator starts a new cell in the middle of ours.
_CELL_INSIDE: Final = re.compile(rf"([;\t\r\n][ \"\xa0]*)('*)([{_TRIGGERS}])")
_CELL_START_SAFE: Final = re.compile(rf"'('*[{_TRIGGERS}\t\r\n\x00])")
_CELL_INSIDE_SAFE: Final = re.compile(rf"([;\t\r\n][ \"\xa0]*)'('*[{_TRIGGERS}])")
_NUMBER: Final = re.compile(r"-\d+(\.\d+)?\Z")

_SECRETS: Final = re.compile(
    r"""
      (?<![A-Za-z0-9]) (?P<key>
          (?: AKIA | ASIA ) [0-9A-Z]{12,}                 # AWS access key id
        | sk- [A-Za-z0-9_-]{16,}                          # OpenAI, Anthropic, OpenRouter
        | (?: gh[pousr]_ | github_pat_ | hf_ | gsk_ | r8_ ) [A-Za-z0-9]{16,} [A-Za-z0-9_]*
        | (?: glpat | xai | pplx | nvapi | tvly ) - [A-Za-z0-9_-]{16,}
        | xox[abeoprs]- [A-Za-z0-9-]{10,}                 # Slack
        | AIza [0-9A-Za-z_-]{30,}                         # Google
        | eyJ [A-Za-z0-9_-]{8,} \. [A-Za-z0-9_-]{8,} \. [A-Za-z0-9_-]*   # JSON web token
      )
    | (?<![A-Za-z0-9_-]) (?P<named> (?i: access_token | api[_-]?key | apikey | authorization
        | client_secret | id_token | key | passwd | password | pwd | refresh_token | secret | sig
        | signature | token | x-amz-signature ) ) = (?P<value> [^&\s"'<>;]+ )
    | (?<![A-Za-z]) (?P<scheme> (?i: bearer | basic ) \s+ )
        (?= [A-Za-z._~+/=-]* [0-9] ) [A-Za-z0-9._~+/=-]{8,}
    | :// (?P<login> [^/@\s:]* : [^/@\s]+ ) @
    """,
    re.VERBOSE,
)
_KEEP: Final = 4


def _picture(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk"} or char == "\ufe0f"


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def safe_text(text: str, *, keep: str = "") -> str:
    r"""`text` with every character that a reader cannot see written out, as \x1b or \u202e.

    Controls (C0, C1), bidi controls, zero-width characters, fillers, line separators, lone
    surrogates, private and unassigned code points are written out, except those in `keep`. The
    joiner inside an emoji stays. Visible text, also combining marks and look-alike letters,
    stays as it is.
    """
    if _PLAIN.match(text):
        return text
    out = []
    for at, char in enumerate(text):
        hidden = unicodedata.category(char) in _ESCAPED or char in _BLANK
        if char == _JOINER and 0 < at < len(text) - 1:
            hidden = not (_picture(text[at - 1]) and _picture(text[at + 1]))
        out.append(_escape(char) if hidden and char not in keep else char)
    return "".join(out)


def mask(text: str) -> str:
    """`text` with keys, tokens and passwords cut to their first characters and `***`."""

    def cut(match: re.Match[str]) -> str:
        if match["key"]:
            return f"{match['key'][:_KEEP]}***"
        if match["named"]:
            return f"{match['named']}=***"
        if match["scheme"]:
            return f"{match['scheme']}***"
        return "://***@"

    return _SECRETS.sub(cut, text)


def csv_cell(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula; `csv_value` is its inverse.

    An apostrophe goes in front of a leading = + - @ | (also full-width), TAB, CR, LF or NUL, and
    of such a sign after a `;`, TAB or line break inside. A plain negative number stays a number.
    """
    if _NUMBER.match(text):
        return text
    inside = _CELL_INSIDE.sub(r"\1'\2\3", text)
    return f"'{inside}" if _CELL_START.match(inside) else inside


def csv_value(cell: str) -> str:
    """The text that `csv_cell` made `cell` of."""
    start = cell[1:] if _CELL_START_SAFE.match(cell) else cell
    return _CELL_INSIDE_SAFE.sub(r"\1\2", start)


def script_json(value: object) -> str:
    """`value` as compact JSON that can stand inside a script element.

    No character of it can end the element, open a comment or break a line of script.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
