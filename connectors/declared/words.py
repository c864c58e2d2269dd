"""Words of declared registers, as data: headers, life-cycle, environment, kinds, missing values.

Headers and status words stand in tables/*.yaml, with their sources. All keys are written as `fold`
leaves them: lower case, without accents, words separated by one blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import yaml

from connectors.declared.text import fold


def _table(name: str) -> dict[str, Any]:
    """One of our tables; every scalar stays text ("no" is a word)."""
    source = files("connectors.declared") / "tables" / f"{name}.yaml"
    table: dict[str, Any] = yaml.load(source.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - it makes text, lists and mappings only
    return table


def _texts(table: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in table.items()}


# field -> headers that mean it. The first column of the file that maps to a field is the field;
# later ones are added for lists and for the life-cycle, and are named as not read otherwise.
HEADERS: Final = _texts(_table("headers"))

# Of nested JSON: parts that only hold their parent's value, and parents that only hold parts.
PARTS: Final = frozenset({"name", "label", "title", "text", "state"})
WRAPPERS: Final = frozenset(
    {"metadata", "spec", "attributes", "properties", "fields", "data", "system", "asset"}
)
LISTS: Final = frozenset(
    {
        "vendor", "product", "model", "regions", "accounts", "tenant_ids", "resource_ids",
        "domains", "data_classes",
    }
)  # fmt: skip
NAMES: Final = frozenset({"vendor", "product"})  # lists whose values may hold "&" and "and"
DATES: Final = frozenset({"approved_on", "review_due", "retired_on"})

# Any of these beside name and owner makes a register something that can be compared.
IDENTIFYING: Final = frozenset(
    {
        "ref", "vendor", "product", "model", "domains", "resource_ids", "accounts", "tenant_ids",
        "hosting", "description", "purpose", "kind",
    }
)  # fmt: skip

MISSING: Final = frozenset(
    {
        "", "-", "--", "---", "n a", "na", "none", "null", "nil", "nan", "blank", "empty",
        "tbd", "tbc", "tba", "to be determined", "to be confirmed", "to be defined", "unknown",
        "not available", "not applicable", "not known", "unspecified", "unbekannt", "offen",
        "k a", "keine angabe", "keine angaben", "entfallt", "inconnu", "sans objet", "s o",
        "da definire", "sconosciuto", "desconocido", "por definir", "see above", "see below",
    }
)  # fmt: skip

_STATUSES: Final = _table("statuses")
# Used when no policy brings words of its own; a policy's words replace these.
STATUS_WORDS: Final = _texts(_STATUSES["words"])
STRICTNESS: Final[tuple[str, ...]] = tuple(_STATUSES["strictness"])
ANSWERS: Final = {
    fold(word) or word: answer for answer, many in _STATUSES["answers"].items() for word in many
}
ENDINGS: Final[tuple[str, ...]] = tuple(_STATUSES["endings"])
WEAK: Final = frozenset(_STATUSES["weak"])
UNDECIDED: Final = frozenset(_STATUSES["undecided"])

_PHRASES: Final = _table("phrases")
_JOINED: Final = {
    life: [
        f"{first} {second}" for firsts, seconds in pairs for first in firsts for second in seconds
    ]
    for life, pairs in _PHRASES["joined"].items()
}
# Of our status words those of several words, too: "Approved, not in use".
TAKING_BACK: Final = {
    life: (
        *words,
        *_JOINED.get(life, ()),
        *(w for w in STATUS_WORDS[life] if " " in w and life != "not_yet"),
    )
    for life, words in _texts(_PHRASES["taking_back"]).items()
}
OVERRULING: Final = _texts(_PHRASES["overruling"])
NEGATIONS: Final = frozenset(_PHRASES["negations"])
LIFTABLE: Final[tuple[str, ...]] = tuple(_PHRASES["liftable"])
HARMLESS: Final[tuple[str, ...]] = tuple(_PHRASES["harmless"])
UNTIL: Final[tuple[str, ...]] = tuple(_PHRASES["until"])
UNTIL_AT_ONCE: Final[tuple[str, ...]] = tuple(_PHRASES["until_at_once"])
STOP: Final = frozenset(_PHRASES["stop"])
EXPLAINING: Final = frozenset(_PHRASES["explaining"])


@dataclass(frozen=True, slots=True)
class Question:
    """A header that yes or no answers. yes, no: the life-cycle they say, None for nothing.

    empty: the life-cycle of a row that answers nothing and has no other status, None: as usual.
    """

    yes: str | None
    no: str | None
    empty: str | None


QUESTIONS: Final = {
    header: Question(entry.get("yes"), entry.get("no"), entry.get("empty"))
    for entry in _STATUSES["questions"].values()
    for header in entry["headers"]
}

ENVIRONMENTS: Final[dict[str, tuple[str, ...]]] = {
    "prod": ("prod", "production", "prd", "live", "produktion", "produktiv", "produzione"),
    "dev": ("dev", "develop", "development", "entwicklung", "developpement", "sviluppo"),
    "test": ("test", "testing", "qa", "uat", "int", "integration", "acceptance"),
    "staging": ("staging", "stage", "stg", "preprod", "pre prod", "pre production"),
    "sandbox": ("sandbox", "sbx", "lab", "playground", "poc", "experimental"),
    "nonprod": ("nonprod", "non prod", "non production", "not production"),
}  # fmt: skip

# What people write in a type column -> asset kind. Anything else stays in `raw` only.
KINDS: Final[dict[str, str]] = {
    "saas": "saas_app", "saas app": "saas_app", "saas application": "saas_app",
    "chat": "saas_chat", "chatbot": "saas_chat", "chat assistant": "saas_chat",
    "assistant": "saas_chat", "embedded": "embedded_ai", "embedded ai": "embedded_ai",
    "api": "model_api", "llm api": "model_api", "model api": "model_api",
    "gateway": "ai_gateway", "ai gateway": "ai_gateway", "llm gateway": "ai_gateway",
    "endpoint": "cloud_ai_resource", "model endpoint": "cloud_ai_resource",
    "model deployment": "cloud_ai_resource", "cloud": "cloud_ai_resource",
    "ml platform": "ml_platform", "mlops": "ml_platform", "registry": "ml_platform",
    "self hosted": "inference_server", "self hosted llm": "inference_server",
    "inference server": "inference_server", "agent": "agent", "ai agent": "agent",
    "agent platform": "agent_platform", "agent builder": "agent_platform",
    "mcp": "mcp_server", "mcp server": "mcp_server", "ide plugin": "coding_assistant",
    "coding assistant": "coding_assistant", "code assistant": "coding_assistant",
    "vector database": "vector_db", "vector db": "vector_db", "vector store": "vector_db",
    "knowledge base": "vector_db", "library": "sdk_or_package", "sdk": "sdk_or_package",
    "package": "sdk_or_package", "code dependency": "sdk_or_package",
    "browser extension": "browser_extension", "extension": "browser_extension",
}  # fmt: skip

MONTHS: Final[dict[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar janvier gennaio gen enero ene",
            "feb february februar fevrier fev febbraio febrero",
            "mar march marz mrz mars marzo",
            "apr april avril avr aprile abril abr",
            "may mai maggio mag mayo",
            "jun june juni juin giugno giu junio",
            "jul july juli juillet juil luglio lug julio",
            "aug august aout agosto ago",
            "sep sept september septembre settembre set septiembre",
            "oct october oktober okt octobre ottobre ott octubre",
            "nov november novembre noviembre",
            "dec december dezember dez decembre dicembre dic diciembre",
        ),
        start=1,
    )
    for word in words.split()
}

# A comma before one of these does not separate two vendors ("OpenAI, Inc.").
LEGAL_FORMS: Final = frozenset(
    {
        "inc", "incorporated", "llc", "l l c", "ltd", "limited", "plc", "corp", "corporation",
        "co", "company", "lp", "llp", "pbc", "gmbh", "ag", "kg", "se", "ug", "sa", "s a", "sas",
        "sarl", "spa", "s p a", "srl", "s r l", "sl", "s l", "bv", "b v", "nv", "n v", "ab",
        "as", "oy", "aps", "pty", "pty ltd", "kk", "pte", "pte ltd", "holdings", "holdings inc",
        "opco llc",
    }
)  # fmt: skip

# Words before a date in free text that make it the closing date of a retired system.
CLOSING_WORDS: Final = (
    "closed", "closing", "off since", "switched off", "retired", "decommissioned", "ended",
    "terminated", "shut down", "until", "end of life", "stillgelegt", "abgeschaltet", "beendet",
    "arrete", "ferme", "dismesso", "chiuso", "retirado", "cerrado",
)  # fmt: skip
