"""Names of applications and OAuth clients, as they are compared.

What is compared is the whole text, never a part of it: "ChatGPT Helper" is not ChatGPT. Signs that
a reader does not see (U+200B) stay what they are, so a name with one in it is another name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 300  # characters; what is longer is no name of the catalogue
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def display_name(text: str) -> str | None:
    """A name as identity providers show it: NFKC, any case, blanks as one. None: too long."""
    if len(text) > LONGEST:
        return None
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def traffic_name(text: str) -> str | None:
    """What a firewall calls an application: any case, no blanks around it. None: too long."""
    return text.strip().casefold() if len(text) <= LONGEST else None


def client_id(text: str) -> str | None:
    """The id of an OAuth client: a UUID in any case, any other as it is. None: too long."""
    if len(text) > LONGEST:
        return None
    bare = text.strip()
    return bare.lower() if _UUID.fullmatch(bare) else bare


def scope(text: str) -> str | None:
    """A scope: its letters' case counts (RFC 6749, 3.3). None: too long."""
    return text.strip() if len(text) <= LONGEST else None
