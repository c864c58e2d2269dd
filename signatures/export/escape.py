"""Text of the catalogue made harmless for the place it is written to.

An overlay is written by others. Every function here takes any text and gives one that cannot end
the line, the field, the rule or the comment it stands in, whatever the loader let through.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RULE_TEXT: Final = re.compile(r"[^A-Za-z0-9 ._/()+&',@!=*~^<>?-]")
_CONTENT: Final = re.compile(r"[^A-Za-z0-9 ._/-]")
_LINK: Final = re.compile(r"https?://([A-Za-z0-9][A-Za-z0-9._~/%-]*)")
_WILD: Final = re.compile(r"[\\*?]")


def comment(text: str) -> str:
    """For a comment up to the end of a line: printable ASCII, all else written out."""
    return "".join(char if " " <= char <= "~" else _written(char) for char in text)


def tsv(text: str) -> str:
    r"""A field of a Zeek file: tabs, line ends, backslashes and what is not ASCII as \x..

    `-` and `(empty)` alone would mean unset and empty, and a leading # a comment.
    Source: Zeek, Base::Log::Writer::ASCII (unset_field, empty_field) and its escapes.
    """
    if text in {"", "-", "(empty)"}:
        return r"\x2d" if text == "-" else r"\x28empty)" if text else "(empty)"
    raw = text.encode("utf-8", "backslashreplace")
    return "".join(
        f"\\x{byte:02x}" if not 32 <= byte < 127 or byte in b"\\" or (byte == 35 and at == 0)
        else chr(byte)
        for at, byte in enumerate(raw)
    )  # fmt: skip


def rule_text(text: str) -> str:
    """The message of a rule: ASCII without quotes, semicolons, backslashes, bars and colons.

    Other programs than Suricata take rules apart with patterns of their own, so what they could
    trip over is replaced and not escaped. Accents go, other letters become a question mark.
    """
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    swapped = bare.replace('"', "'").replace(";", ",").replace(":", ",")
    return _RULE_TEXT.sub("?", swapped)


def content(text: str) -> str:
    """A Suricata content: what is no letter, digit, blank, dot, slash or hyphen as |hex|."""
    return _CONTENT.sub(lambda char: f"|{char[0].encode('utf-8').hex(' ')}|", text)


def link(text: str | None) -> str | None:
    """A web address without its scheme, as `reference:url,` takes it; None if it is not plain."""
    found = _LINK.fullmatch(text or "")
    return found[1] if found else None


def sigma_text(text: str) -> str:
    r"""A Sigma value that stands for itself: \ * ? are escaped."""
    return _WILD.sub(lambda char: "\\" + char[0], text)


def yaml_text(text: str) -> str:
    """A double-quoted YAML scalar: printable ASCII, all else written out."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{comment(quoted)}"'


def _written(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
