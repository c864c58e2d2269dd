"""What the screen looks for in raw bytes: a superset of whatever the catalogue's rules can match.

The patterns are Hyperscan's, caseless, over one line each. A record in which none is found has no
host, address, path, agent or port that any rule or hint speaks of; all others are read and judged.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from scanner.match.factors import factors
from signatures.model import APP_TYPES
from signatures.patterns import agent_pattern
from signatures.templates import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from ipaddress import IPv4Network, IPv6Network

    from signatures.compile import Compiled

SHORT: Final = 8  # characters; shorter names are looked for between boundaries
# What may stand before and after a name: nothing that names are made of. Before it also what a
# JSON escape leaves, as in "\nx.ai".
BEFORE: Final = r"(?:^|[^a-z0-9_-]|\\[bfnrt])"
AFTER: Final = r"(?:[^a-z0-9_-]|$)"
PATH_END: Final = r"(?:[^a-z0-9._~%/-]|$)"

# Between the words of an application's name: any sign, or a code that an escape has for one.
GAP: Final = r"[^a-z0-9]|\\[bfnrtv]|\\u00[0-9a-f]{2}|\\x[0-9a-f]{2}|%[0-9a-f]{2}"
CUT_BEFORE: Final = rf"(?:^|{GAP})"
CUT_AFTER: Final = "(?:[^a-z0-9]|$)"
# A field is the name and nothing else, whatever parts the fields: not a part of a path or a host,
# nor the key of a pair.
FIELD_BEFORE: Final = rf"(?:^|[^a-z0-9_./-]|{GAP.partition('|')[2]})"
FIELD_AFTER: Final = "(?:[^a-z0-9_./=&-]|$)"

# Escapes that can hide a character of a name; records with one are read whatever they hold. Those
# of other letters count too: a full-width letter is mapped to the plain one.
_PLAIN: Final = "2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f"
_CODE: Final = rf"(?:{_PLAIN}|[89a-f][0-9a-f])"
JSON_ESCAPE: Final = rf"\\u(?:00{_CODE}|0[1-9a-f][0-9a-f]{{2}}|[1-9a-f][0-9a-f]{{3}})"
ESCAPES: Final = {
    "json": JSON_ESCAPE,
    "hex": rf"\\x{_CODE}",
    "percent": f"%{_CODE}",
    "backslash": r"\\[a-z0-9._-]",
}


# In a text these are written otherwise by one container or another (doubled, escaped, folded).
_TURNED: Final = re.compile(r"""["'\\\x00-\x1f\x7f]|[^\x00-\x7f]""")
# A pattern that goes into the screen itself has no sign that an escape could stand for.
_PLAIN_PATTERN: Final = re.compile(r"(?:[A-Za-z0-9/_.()\[\]|+*?^$-]|\{\d+(?:,\d*)?\}|\\[.dw])*")
LEAST: Final = 2  # characters


class Unscreenable(ValueError):
    """A rule that raw bytes cannot answer for; the message is its pattern."""


def host_patterns(compiled: Compiled) -> Iterator[str]:
    """Every name and template of the catalogue, and what makes a name look like AI."""
    names, templates = set(), set()
    for rule in compiled.rules:
        if rule.type in {"host_exact", "host_suffix"}:
            names.add(rule.value)
        elif rule.type == "host_template":
            templates.add(rule.value)
    for name in without_covered(names):
        text = re.escape(name)
        yield f"{BEFORE}{text}{AFTER}" if len(name) < SHORT else text
    for template in sorted(templates):
        fixed = PLACEHOLDER.split(template)[::2]  # every other part is the name of a gap
        yield "[a-z0-9_-]+".join(map(re.escape, fixed))
    table = compiled.hint_table
    words, ends, last = (
        "|".join(re.escape(hint.value) for hint in some)
        for some in (table.words, table.endings, table.domains)
    )
    yield rf"(?:^|[^a-z0-9]|\\[bfnrt])(?:{words})(?:[^a-z]|$)"
    yield rf"[a-z]{{2}}(?:{ends})(?:[^a-z]|$)"
    yield rf"\.(?:{last})(?:[^a-z0-9_-]|$)"


def address_patterns(compiled: Compiled) -> Iterator[str]:
    """Ranges as the beginnings that their addresses have in decimal and hexadecimal text."""
    for rule in compiled.rules:
        if rule.type == "cidr":
            network = ip_network(rule.value)
            yield _four(network) if network.version == 4 else _six(network)
    yield ":0*ffff:[0-9a-f]{1,4}:"  # an IPv4 address in hexadecimal


def port_patterns(compiled: Compiled) -> Iterator[str]:
    """Telltale ports, between characters that are no digits."""
    for port in sorted(compiled.port_numbers):
        yield rf"(?:^|[^0-9])0*{port}(?:[^0-9]|$)"


def path_patterns(compiled: Compiled, escapes: Collection[str]) -> Iterator[str]:
    """Texts of which one is in every path a rule or hint speaks of."""
    texts: set[str] = set()
    odd: set[str] = set()
    for rule in compiled.rules:
        if rule.type != "http_path":
            continue
        found = factors(rule.value) if rule.value.startswith("^") else frozenset({rule.value})
        if found is None:
            odd.add(rule.value)
        else:
            texts |= {text.lower() for text in found}
    for text in without_covered(map(tellable, texts)):
        yield spelt(text, escapes)
    for pattern in sorted(odd):
        yield slashed(unanchored(pattern), escapes)
    for hint in compiled.hint_table.paths:
        yield spelt(hint.value, escapes) + _slash(escapes) + "?" + PATH_END


def agent_patterns(compiled: Compiled, escapes: Collection[str]) -> Iterator[str]:
    """Texts of which one is in every user agent a rule speaks of."""
    texts: set[str] = set()
    for rule in compiled.rules:
        if rule.type != "user_agent":
            continue
        found = factors(agent_pattern(rule.value))
        if found is None:
            yield slashed(unanchored(agent_pattern(rule.value)), escapes)
        else:
            texts |= found
    for text in without_covered(map(tellable, texts)):
        yield spelt(text, escapes)


def app_patterns(compiled: Compiled, *, cut: bool) -> Iterator[str]:
    """Names of applications, clients and scopes; what has letters beyond ASCII is read anyway.

    cut: whether they may stand inside a longer text, so that any sign may stand around them.
    """
    before, after = (CUT_BEFORE, CUT_AFTER) if cut else (FIELD_BEFORE, FIELD_AFTER)
    for rule in compiled.rules:
        if rule.type in APP_TYPES:
            value = unicodedata.normalize("NFKC", rule.value).casefold()
            if value.isascii():
                yield f"{before}{_signs_apart(value)}{after}"


def _signs_apart(text: str) -> str:
    """The words of a text with any signs between them, so that no escape of a sign is missed."""
    words = re.findall("[a-z0-9]+|[^a-z0-9]+", text)
    if not any(map(str.isalnum, words)):
        raise Unscreenable(text)
    return "".join(word if word.isalnum() else f"(?:{GAP})+" for word in words)


def tellable(text: str) -> str:
    """The longest part of a text that stands in every container as it is. Raises Unscreenable."""
    part = max(_TURNED.split(text), key=len)
    if len(part) < LEAST:
        raise Unscreenable(text)
    return part


def spelt(text: str, escapes: Collection[str] = ()) -> str:
    """A pattern for a text, in every spelling that escapes give its signs."""
    return "".join(_sign(char, escapes) for char in text)


def _sign(char: str, escapes: Collection[str]) -> str:
    if not char.isascii() or char.isalnum():
        return re.escape(char)
    text = re.escape(char)
    if "sign" in escapes or (char == "/" and "json" in escapes):
        text = r"\\*" + text
    code = f"{ord(char):02x}"
    for name, before in (("percent", "%"), ("json", r"\\u00"), ("hex", r"\\x")):
        if name in escapes:
            text += f"|{before}{code}"
    return f"(?:{text})"


def _slash(escapes: Collection[str]) -> str:
    return _sign("/", escapes)


def without_covered(texts: Iterable[str]) -> list[str]:
    """The texts that hold no other of them; where a covered one is, the shorter is too.

    Short ones are looked for between boundaries, so they cover none.
    """
    kept: set[str] = set()
    for text in sorted(set(texts), key=lambda text: (len(text), text)):
        inner = (text[i:j] for i in range(len(text)) for j in range(i + SHORT, len(text) + 1))
        if not any(piece in kept for piece in inner):
            kept.add(text)
    return sorted(kept)


def unanchored(pattern: str) -> str:
    """A pattern to be found within a line: what ends it may end there too. Raises Unscreenable."""
    if "(?" in pattern.removeprefix("(?i)").replace("(?:", "(") or "[:" in pattern:
        raise Unscreenable(pattern)
    if not _PLAIN_PATTERN.fullmatch(pattern.removeprefix("(?i)").replace("(?:", "(")):
        raise Unscreenable(pattern)
    bare = pattern.removeprefix("(?i)").removeprefix("^")
    if bare.endswith("$") and not bare.endswith(r"\$"):
        bare = bare[:-1] + PATH_END
    return bare


def slashed(pattern: str, escapes: Collection[str]) -> str:
    """A pattern with each slash outside of classes in all its spellings."""
    out, in_class, i = [], False, 0
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            out.append(pattern[i : i + 2])
            i += 2
            continue
        in_class = (char == "[" or in_class) and char != "]"
        out.append(_slash(escapes) if char == "/" and not in_class else char)
        i += 1
    return "".join(out)


def _four(network: IPv4Network | IPv6Network) -> str:
    """All octets that are fixed, and the values the next may have."""
    octets = list(network.network_address.packed)
    whole, rest = divmod(network.prefixlen, 8)
    fixed = [f"0*{octet}" for octet in octets[:whole]]
    if rest:
        first = octets[whole]
        fixed.append("(?:" + "|".join(f"0*{first + i}" for i in range(1 << (8 - rest))) + ")")
    return r"(?:^|[^0-9])" + r"\.".join(fixed) + (r"\." if len(fixed) < 4 else r"(?:[^0-9]|$)")


def _six(network: IPv4Network | IPv6Network) -> str:
    """All groups of 16 bits that are fixed and none of them 0, which may be left out."""
    packed = network.network_address.packed
    groups = [int.from_bytes(packed[i : i + 2], "big") for i in range(0, 16, 2)]
    fixed = []
    for group in groups[: network.prefixlen // 16]:
        if not group:
            break
        fixed.append(f"0*{group:x}")
    if not fixed:
        return r"[0-9a-f]*:[0-9a-f:]*:"
    return r"(?:^|[^0-9a-f:])" + ":".join(fixed) + ":"
