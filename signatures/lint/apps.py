"""Names of applications that say too little, or are believed too much."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from signatures.apps import display_name
from signatures.lint.base import IndicatorLint
from signatures.model import RANK

if TYPE_CHECKING:
    from signatures.lint.base import Place

# A name of these words alone is anybody's; firewalls also have names for plain protocols.
_GENERIC: Final = frozenset(
    {
        "admin", "agent", "agents", "ai", "and", "api", "app", "application", "apps", "artificial",
        "assist", "assistant", "assistants", "auth", "authentication", "auto", "base", "beta",
        "bot", "bots", "browser", "browsing", "business", "calendar", "chat", "chatbot", "chats",
        "client", "code", "coding", "company", "copilot", "dashboard", "data", "desktop", "dev",
        "dns", "docs", "document", "documents", "email", "enterprise", "extension", "for", "ftp",
        "generative", "gpt", "grpc", "helper", "http", "https", "image", "images", "inc",
        "integration", "intelligence", "internal", "llm", "local", "login", "mail", "mcp",
        "meeting", "meetings", "ml", "mobile", "model", "models", "my", "new", "none", "note",
        "notes", "notetaker", "oauth", "oidc", "online", "openid", "personal", "plugin", "portal",
        "pro", "prod", "production", "proxy", "quic", "recorder", "saml", "search", "server",
        "service", "services", "sign", "single", "smtp", "software", "ssh", "ssl", "sso", "staging",
        "summary", "support", "team", "teams", "test", "text", "the", "tls", "tool", "tools",
        "transcript", "udp", "unknown", "user", "video", "voice", "web", "website", "widget",
        "work", "workspace", "writer", "writing", "your",
    }
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"v?[0-9]+")


class GenericName(IndicatorLint):
    """An application of anybody may have such a name, and many do."""

    name = "generic-name"
    recommendation = "write the name in full, with what only this product has in it"

    def check(self, at: Place) -> str | None:
        """A name in which every word is generic."""
        if at.indicator.type not in {"oauth_name", "app_id"}:
            return None
        words = _WORD.findall(display_name(at.indicator.value) or "")
        if any(word not in _GENERIC and not _NUMBER.fullmatch(word) for word in words):
            return None
        return f"{at.indicator.value!r} may be anything"


class NameAlone(IndicatorLint):
    """Whoever registers an application chooses its name."""

    name = "name-alone"
    key = "confidence"
    recommendation = "make it medium at most; only the client's id is given by the provider"

    def check(self, at: Place) -> str | None:
        """oauth_name above medium."""
        if at.indicator.type != "oauth_name" or RANK[at.indicator.confidence] <= RANK["medium"]:
            return None
        return f"{at.indicator.confidence} by a display name alone"


class ScopeAlone(IndicatorLint):
    """Any application may ask for any scope."""

    name = "scope-alone"
    key = "confidence"
    recommendation = "make it medium at most, or mark it distinctive if only this product has it"

    def check(self, at: Place) -> str | None:
        """oauth_scope above medium that is not distinctive."""
        one = at.indicator
        if one.type != "oauth_scope" or one.distinctive:
            return None
        if RANK[one.confidence] <= RANK["medium"]:
            return None
        return f"{one.confidence} by a scope alone"
