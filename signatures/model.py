"""The shape of a signature file: which keys there are, and which words they take.

Shape only: what a value must look like for its type is in values.py, what makes a good signature
in lint/. Strict: a number is not a text, an unknown key is an error.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from signatures.governance_shape import FACTS, Governance, VendorFile

Kind: TypeAlias = Literal[
    "saas_chat",
    "saas_app",
    "embedded_ai",
    "model_api",
    "ai_gateway",
    "cloud_ai_resource",
    "ml_platform",
    "inference_server",
    "ai_ui",
    "agent",
    "agent_platform",
    "mcp_server",
    "coding_assistant",
    "vector_db",
    "model_hub",
    "sdk_or_package",
    "browser_extension",
    "credential",
    "gpu_compute",
    "ai_crawler_inbound",
]
Usage: TypeAlias = Literal[
    "chat", "api", "upload", "download", "admin", "login", "telemetry", "static"
]
Surface: TypeAlias = Literal[
    "web", "api", "cdn", "static", "auth", "docs", "status", "help", "marketing", "telemetry"
]
Confidence: TypeAlias = Literal["confirmed", "high", "medium", "low", "hint"]
Verdict: TypeAlias = Literal["confirmed", "high", "medium", "low", "hint", "none"]
# Types that match in logs, and types that are data for the connectors that read other things.
LogType: TypeAlias = Literal[
    "host_exact",
    "host_suffix",
    "host_template",
    "cidr",
    "http_path",
    "http_header",
    "user_agent",
    "port",
    "app_id",
    "oauth_client_id",
    "oauth_name",
    "oauth_scope",
]
DataType: TypeAlias = Literal[
    "asn",
    "cert_name",
    "ja4",
    "arn_service",
    "cfn_type",
    "arm_type",
    "cai_type",
    "instance_family",
    "image_prefix",
    "github_app",
    "package",
    "process",
    "bundle_id",
    "extension_id",
    "config_path",
    "key_prefix",
    "model_name",
]
IndicatorType: TypeAlias = Literal[LogType, DataType]
RecordClass: TypeAlias = Literal["network", "http", "dns", "auth", "api", "inventory"]
EvidenceKind: TypeAlias = Literal["package", "page", "list", "unverified"]

LEVELS: Final[tuple[str, ...]] = ("none", "hint", "low", "medium", "high", "confirmed")
RANK: Final = {word: rank for rank, word in enumerate(LEVELS)}
LOG_TYPES: Final = frozenset(get_args(LogType))
HOST_TYPES: Final = frozenset({"host_exact", "host_suffix", "host_template"})
# What an account system says of an application, and what any log calls it.
OAUTH_TYPES: Final = frozenset({"oauth_client_id", "oauth_name", "oauth_scope"})
APP_TYPES: Final = OAUTH_TYPES | {"app_id"}
# What other tools can be told: traffic itself, and not what an account system or a firewall says.
TRAFFIC_TYPES: Final = LOG_TYPES - APP_TYPES
QUIET_SURFACES: Final = frozenset({"docs", "status", "help", "marketing"})


def _digits_as_text(value: object) -> object:
    return str(value) if type(value) is int else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, int | str) and not isinstance(value, bool) else value


Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=300)]
Pattern: TypeAlias = Annotated[str, Field(min_length=1, max_length=1000)]
Vendor: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Day: TypeAlias = Annotated[str, Field(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$")]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]
Ports: TypeAlias = Annotated[
    list[Port],
    BeforeValidator(_as_list),
    Field(min_length=1, max_length=64),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 65535},
                {"type": "array", "items": {"type": "integer"}, "minItems": 1},
            ]
        }
    ),
]
Method: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z][A-Z-]{1,19}$")]
Methods: TypeAlias = Annotated[
    list[Method],
    BeforeValidator(_as_list),
    Field(min_length=1, max_length=16),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Evidence(_Strict):
    """How we know: a package and version, a page, a public list, or nothing yet."""

    kind: EvidenceKind
    ref: Text
    seen: Day


class Needs(_Strict):
    """What must also be on the same observation for the indicator to count.

    unless_path: with this path it does not count; without any path it does.
    """

    port: Ports | None = None
    path: Pattern | None = None
    unless_path: Pattern | None = None
    method: Methods | None = None
    header: Pattern | None = None
    user_agent: Pattern | None = None
    host: Literal["unknown"] | None = None


class Indicator(_Strict):
    """One testable pattern."""

    type: IndicatorType
    value: Annotated[
        str,
        BeforeValidator(_digits_as_text),
        Field(min_length=1, max_length=1000),
        WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]}),
    ]
    surface: Surface | None = None
    confidence: Confidence
    usage: Usage | None = None
    distinctive: bool = False
    needs: Needs | None = None
    evidence: list[Evidence] = []


class Observe(_Strict):
    """An observation as the matcher sees it; hosts and addresses as a log would write them.

    app: of class auth or api the name an identity provider shows, else what a firewall says.
    """

    record: Annotated[RecordClass | None, Field(alias="class")] = None

    dst_host: str | None = None
    dst_ip: str | None = None
    dst_port: Port | None = None
    url_path: str | None = None
    http_method: str | None = None
    user_agent: str | None = None
    http_headers: dict[str, str] = {}
    app: Text | None = None
    oauth_client: Text | None = None
    oauth_scopes: list[Text] = []


class Case(_Strict):
    """An observation that must, or must not, be this service.

    service: another service that must win instead (or with `match: true` this one).
    confidence: with `match: true`, the exact verdict.
    """

    observe: Observe
    match: bool
    service: Text | None = None
    confidence: Verdict | None = None


class Signature(_Strict):
    """One AI service and how it is recognised."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+/[a-z0-9]+([._-][a-z0-9]+)*$", max_length=100)]
    name: Text
    kind: Kind
    vendor: Vendor
    vendor_name: Text | None = None
    summary: Text
    aliases: list[Text] = []
    tags: list[Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]] = []
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    usage: Usage | None = None
    override: bool = False
    indicators: Annotated[list[Indicator], Field(min_length=1)]
    cases: list[Case] = []
    governance: Governance | None = None


def model_of(keys: tuple[str | int, ...], root: type[BaseModel] = Signature) -> type[BaseModel]:
    """The model whose keys are allowed at a place in a file, for "did you mean"."""
    model = root
    inside: dict[tuple[type[BaseModel], str], type[BaseModel]] = {
        (Signature, "indicators"): Indicator,
        (Signature, "cases"): Case,
        (Indicator, "needs"): Needs,
        (Indicator, "evidence"): Evidence,
        (Case, "observe"): Observe,
        (Signature, "governance"): Governance,
    }
    for owner in (Governance, VendorFile):
        inside |= {(owner, key): made for key, made in FACTS.items()}
    for key in keys:
        if isinstance(key, str):
            model = inside.get((model, key), model)
    return model


def as_dict(model: BaseModel) -> dict[str, Any]:
    """A model's values, without those that were not given."""
    return model.model_dump(exclude_defaults=True, by_alias=True)
