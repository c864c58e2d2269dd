"""The words of the ledger as people read them, and their order: worst first."""

from __future__ import annotations

from typing import Final

SEVERITIES: Final = ("critical", "high", "medium", "low", "info")

# state -> (label, what it says)
STATES: Final = {
    "prohibited": ("Prohibited", "the policy forbids it"),
    "retired_alive": ("Retired but alive", "the register says retired, it was seen after that"),
    "unapproved_use": ("Unapproved use", "registered, but used outside what was approved"),
    "unmanaged": ("Unmanaged", "no row of the register matches it"),
    "drifted": ("Drifted", "registered, but it differs from its row"),
    "needs_review": ("Needs review", "a person must say which row it belongs to"),
    "waived": ("Waived", "accepted by a person until a date"),
    "managed": ("Managed", "matches its row of the register"),
    "not_ai": ("Not AI", "a person said so"),
}

DECLARED_STATES: Final = {
    "prohibited": ("Prohibited", "what was seen of it is forbidden by the policy"),
    "retired_alive": ("Retired but alive", "retired in the register, seen after that"),
    "unapproved_use": ("Unapproved use", "used outside what was approved"),
    "drifted": ("Drifted", "what was seen differs from the row"),
    "needs_review": ("Needs review", "a person must say whether what was seen belongs to it"),
    "declared_not_observed": ("Declared, not observed", "we looked where it would show; not seen"),
    "duplicate": ("Duplicate", "another row describes the same system"),
    "not_assessable": ("Not assessable", "no source of this scan could have shown it"),
    "waived": ("Waived", "accepted by a person until a date"),
    "managed": ("Managed", "seen, and as declared"),
    "retired_confirmed": ("Retired", "retired or refused, and not seen"),
}

KINDS: Final = {
    "saas_chat": "Chat assistant",
    "saas_app": "AI application",
    "embedded_ai": "AI inside a product",
    "model_api": "Model API",
    "ai_gateway": "AI gateway",
    "cloud_ai_resource": "Cloud AI resource",
    "ml_platform": "ML platform",
    "inference_server": "Self-hosted models",
    "ai_ui": "Self-hosted interface",
    "agent": "Agent",
    "agent_platform": "Agent platform",
    "mcp_server": "MCP server",
    "coding_assistant": "Coding assistant",
    "vector_db": "Vector database",
    "model_hub": "Model hub",
    "sdk_or_package": "SDK or package",
    "browser_extension": "Browser extension",
    "credential": "Credential",
    "gpu_compute": "GPU compute",
    "ai_crawler_inbound": "AI crawler, inbound",
}

TENANTS: Final = {"personal": "personal account", "unknown": ""}

FLAGS: Final = {
    "owner_missing": "no owner named",
    "owner_inactive": "the owner has left",
    "review_overdue": "review overdue",
    "approval_missing": "no approval recorded",
    "low_confidence_detection": "detected with low confidence",
    "needs_confirmation": "a person must confirm it",
    "waiver_expired": "the waiver has expired",
    "maker_refused": "runs a model of a maker that is refused",
    "blocked_only": "tried and blocked, not in use",
    "failed_only": "tried, every sign-in failed, not in use",
    "gone": "no longer seen, not in use",
}

# coverage word -> (label, does "not seen" count here)
COVERAGE: Final = {
    "failed": ("Not read", False),
    "denied": ("Access denied", False),
    "throttled": ("Slowed down by the provider", False),
    "partial": ("Read in part", False),
    "not_enabled": ("Not enabled", False),
    "not_in_region": ("Not offered in the region", False),
    "screened": ("Screened", True),
    "complete": ("Complete", True),
}

# reason of a gap -> what the reader can do about it
NEXT_STEPS: Final = {
    "missing": "check the path; nothing is there",
    "unreadable": "give the scanning account read access and scan again",
    "refused": "do what the message says; nothing of the file counts until then",
    "corrupt": "fetch the file again; its checksum or structure is broken, so none of it counts",
    "truncated": "fetch the file again; its end is missing",
    "empty": "check that the export wrote anything",
    "duplicate": "nothing; the same content was already counted",
    "malformed": "look at the lines named; they are not counted",
    "rejects": "look at the rejected lines; they are not counted",
    "incomplete": "see what the message names: it is in the source, or should be, and was not read",
    "denied": "grant the read-only right named and scan again",
    "throttled": "scan again later, or with a smaller scope",
    "transient": "scan again; the source did not answer",
    "not_installed": "install what the source needs",
    "not_enabled": "switch the source on if it should be covered",
    "unsupported": "name the format with --format",
    "not_in_region": "nothing; the service does not exist there",
}

NO_VERDICT: Final = (
    "This is what the sources named here show. It does not say that no other AI is in use, and it "
    "is evidence for an assessment, not its result."
)


def rank(words: tuple[str, ...] | dict[str, tuple[str, str]], word: str | None) -> int:
    """The place of `word` in `words`; a word that is not there comes last."""
    order = list(words)
    return order.index(word) if word in order else len(order)


def label(words: dict[str, tuple[str, str]], word: str) -> str:
    """How people read `word`; an unknown word reads as itself."""
    return words[word][0] if word in words else word.replace("_", " ")
