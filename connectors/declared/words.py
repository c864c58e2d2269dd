"""Words of declared registers, as data: headers, life-cycle, environment, kinds, missing values.

Sources: the column names and values of the public US federal AI use case inventories 2023 to
2025, UK ATRS, ServiceNow AI Control Tower list columns, Backstage descriptors, and what people
type into spreadsheets in English, German, French, Italian and Spanish. All keys are written as
`fold` leaves them: lower case, without accents, words separated by one blank.
"""

from __future__ import annotations

from typing import Final

# field -> headers that mean it. The first column of the file that maps to a field is the field;
# later ones are added for lists and kept in `raw` otherwise.
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "ref": (
        "ref", "reference", "id", "no", "nr", "number", "asset id", "assetid", "inventory id",
        "inventory ref", "inventory reference", "record id", "use case id", "system id", "ai id",
        "ci", "ci id", "sys id", "key", "identifier", "kennung", "referenz", "identifiant",
        "riferimento", "identificador",
    ),
    "name": (
        "name", "system", "system name", "systems name", "ai system", "ai system name",
        "use case", "use case name", "title", "application", "application name", "app",
        "app name", "asset", "asset name", "display name", "tool", "tool name", "solution",
        "service name", "component", "ai use case", "bezeichnung", "titel", "anwendung",
        "nom", "titre", "nome", "titolo", "nombre", "titulo",
    ),
    "description": (
        "description", "summary", "abstract", "details", "beschreibung", "descrizione",
        "descripcion", "what is it",
    ),
    "purpose": (
        "purpose", "intended purpose", "intended use", "use", "business purpose", "objective",
        "zweck", "finalite", "finalita", "finalidad",
        "what problem is the ai intended to solve",
        "what is the intended purpose and expected benefits of the ai",
    ),
    "business_owner": (
        "business owner", "owner", "owned by", "managed by", "system owner", "product owner",
        "senior responsible owner", "responsible", "responsible person", "accountable",
        "contact", "contact email", "spec owner", "verantwortlich", "verantwortlicher",
        "eigentumer", "proprietaire", "responsable", "responsabile", "proprietario", "sponsor",
    ),
    "technical_owner": (
        "technical owner", "tech owner", "it owner", "technical contact", "developer", "operator",
        "maintainer", "administrator", "admin", "technischer ansprechpartner",
        "responsable technique", "responsabile tecnico", "responsable tecnico",
    ),
    "department": (
        "department", "dept", "business unit", "unit", "division", "team", "bureau", "office",
        "bureau component", "organisation unit", "organizational unit", "cost centre",
        "abteilung", "bereich", "departement", "service", "reparto", "departamento", "area",
    ),
    "vendor": (
        "vendor", "vendors", "vendor name", "vendors name", "supplier", "suppliers", "provider",
        "publisher", "manufacturer", "maker", "external supplier", "third party", "company",
        "anbieter", "hersteller", "lieferant", "fournisseur", "editeur", "fornitore",
        "proveedor",
    ),
    "product": (
        "product", "products", "product name", "product or model", "product model",
        "product and model", "software", "saas product", "ai product", "technology", "produkt",
        "produit", "prodotto", "producto",
    ),
    "model": (
        "model", "models", "model name", "ai model", "foundation model", "llm", "base model",
        "algorithm", "techniques", "modell", "modele", "modello", "modelo",
    ),
    "hosting": (
        "hosting", "hosted", "hosted on", "hosted by", "platform", "cloud", "cloud provider",
        "deployment", "deployment type", "where it runs", "runtime", "betrieb", "hebergement",
    ),
    "regions": ("region", "regions", "cloud region", "data region", "location", "standort"),
    "accounts": (
        "account", "accounts", "account id", "aws account", "subscription", "subscription id",
        "azure subscription", "project id", "gcp project", "cloud account",
    ),
    "tenant_ids": (
        "tenant", "tenants", "tenant id", "workspace", "workspace id", "org id",
        "organisation id", "organization id", "instance",
    ),
    "resource_ids": (
        "cloud resource", "cloud resources", "resource", "resources", "resource id",
        "resource ids", "arn", "native id", "cloud id", "resource name", "endpoint id",
        "endpoint name", "deployment name", "ressource",
    ),
    "domains": (
        "url", "urls", "domain", "domains", "website", "web site", "link", "host", "hosts",
        "hostname", "hostnames", "endpoint", "endpoints", "web address", "webseite", "adresse",
    ),
    "environment": (
        "environment", "env", "tier", "umgebung", "environnement", "ambiente", "entorno",
    ),
    "kind": (
        "kind", "type", "asset type", "category", "ai type", "ai classification", "class", "typ",
        "tipo", "spec type",
    ),
    "lifecycle": (
        "status", "state", "lifecycle", "life cycle", "lifecycle status", "stage",
        "stage of development", "development stage", "approval status", "approval", "phase",
        "spec lifecycle", "statut", "stato", "estado",
    ),
    "risk_tier": (
        "risk", "risk tier", "risk level", "risk class", "risk classification", "risk rating",
        "criticality", "risiko", "risikoklasse", "risque", "rischio", "riesgo",
    ),
    "data_classes": (
        "data class", "data classes", "data classification", "data", "data category",
        "data categories", "data types", "datenklasse", "daten", "donnees", "dati", "datos",
    ),
    "approved_scope": (
        "approved scope", "scope", "allowed use", "approved use", "permitted use", "conditions",
        "restrictions", "freigabe umfang", "geltungsbereich", "perimetre", "ambito", "alcance",
    ),
    "approved_by": ("approved by", "approver", "freigegeben von", "approuve par"),
    "approved_on": (
        "approved on", "approval date", "date approved", "approved", "freigabe",
        "freigegeben am", "date implemented", "go live", "go live date", "in production since",
        "date of approval", "approuve le", "data approvazione", "fecha de aprobacion",
        "date when ai use case became operational or the pilot s start date",
    ),
    "review_due": (
        "review due", "next review", "review date", "review by", "review", "re approval due",
        "nachste prufung", "prochaine revue", "prossima revisione", "proxima revision",
    ),
    "retired_on": (
        "retired on", "date retired", "retirement date", "decommissioned", "decommissioned on",
        "end of life", "closed on", "end date", "stillgelegt am", "date de retrait",
    ),
    "notes": (
        "notes", "note", "comment", "comments", "remarks", "remark", "bemerkung", "bemerkungen",
        "kommentar", "remarques", "commentaires", "osservazioni", "observaciones",
    ),
}  # fmt: skip

LISTS: Final = frozenset(
    {
        "vendor", "product", "model", "regions", "accounts", "tenant_ids", "resource_ids",
        "domains", "data_classes",
    }
)  # fmt: skip
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

# Used when no policy brings words of its own; a policy's words replace these.
STATUS_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "approved": (
        "approved", "live", "in use", "active", "production", "in production", "prod", "released",
        "deployed", "operational", "operation and maintenance", "in operation", "in mission",
        "go live", "go live done", "running", "enabled", "yes", "ok", "accepted", "permitted",
        "allowed", "sanctioned", "trial", "pilot", "piloting", "routine", "managed", "authorised",
        "authorized", "freigegeben", "genehmigt", "aktiv", "produktiv", "in betrieb", "en service",
        "actif", "approuve", "attivo", "approvato", "in uso", "activo", "aprobado", "en uso",
        "implementation and assessment",
    ),
    "not_yet": (
        "planned", "proposed", "requested", "draft", "idea", "initiated", "pending", "in review",
        "under review", "under evaluation", "evaluation", "in evaluation", "poc",
        "proof of concept", "development", "in development", "pre deployment", "unmanaged",
        "acquisition and or development", "on hold", "not approved yet", "not yet approved",
        "geplant", "beantragt", "in prufung", "in entwicklung", "prevu", "planifie", "en cours",
        "pianificato", "in valutazione", "planificado", "en evaluacion",
    ),
    "retired": (
        "retired", "decommissioned", "switched off", "off", "closed", "inactive", "ended",
        "terminated", "end of life", "eol", "archived", "obsolete", "replaced", "removed",
        "disabled", "withdrawn", "discontinued", "stillgelegt", "abgeschaltet", "ausser betrieb",
        "beendet", "arrete", "retire", "ferme", "dismesso", "chiuso", "retirado", "cerrado",
    ),
    "refused": (
        "refused", "declined", "rejected", "not approved", "denied", "forbidden", "prohibited",
        "banned", "blocked", "unsanctioned", "not allowed", "no", "abgelehnt", "verboten",
        "nicht genehmigt", "refuse", "interdit", "rifiutato", "vietato", "rechazado", "prohibido",
    ),
    "exception": (
        "exception", "waiver", "waived", "temporary exception", "risk accepted", "ausnahme",
        "ausnahmegenehmigung", "derogation", "deroga", "excepcion",
    ),
}  # fmt: skip

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
