"""Public suffixes: names below which strangers register, from the list shipped with tldextract.

Never fetches anything: no list address, no cache folder. Imported late:
it costs a sixth of a second.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tldextract import TLDExtract


def public_suffix(name: str) -> Literal["public", "private"] | None:
    """Whether a normalised name is a public suffix itself (co.uk), or a private one (github.io)."""
    found = _extractor()(name, include_psl_private_domains=True)
    if found.domain or not found.suffix:
        return None
    return "private" if found.is_private else "public"


@lru_cache(maxsize=1)
def _extractor() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
