"""What a row says and what an asset is, understood once, so that rules only compare.

Both are plain values; nothing here decides about a pair.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.domains import registrable
from connectors.declared.text import fold
from scanner.reconcile import ids, makers, modelnames, names, places, vendors
from scanner.reconcile.tables import words

if TYPE_CHECKING:
    from connectors.declared.model import Declaration
    from scanner.reconcile.model import Observed
    from scanner.reconcile.people import People
    from scanner.reconcile.products import Found, Line, Products

_PARENTHESES = re.compile(r"\([^()]*\)")
_CALLER = re.compile(
    r"(?:service account|service principal|caller|called by|technical user|api key of|app)s?\s+"
    r"([\w.@-]*[\w@])",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\b(?:v|ver\.?|version)\s?(\d+(?:\.\d+)*)\b", re.IGNORECASE)
_CONTAINER = re.compile(
    r"\b(?:account|subscription|project|workspace)\s+([\w.-]{4,})", re.IGNORECASE
)

# Subtypes and kinds that are resources somebody built, as against products somebody uses.
BUILT: Final = frozenset(
    {"cloud_ai_resource", "agent", "inference_server", "ml_platform", "vector_db", "gpu_compute",
     "mcp_server", "sdk_or_package", "credential"}
)  # fmt: skip
_PROD: Final = frozenset({"prod"})
_NON_PROD: Final = frozenset({"dev", "test", "sandbox", "staging", "nonprod"})
_ENVIRONMENT_WORDS: Final = {
    "prod": "prod", "prd": "prod", "production": "prod", "live": "prod",
    "dev": "dev", "development": "dev", "test": "test", "tst": "test", "qa": "test", "uat": "test",
    "sandbox": "sandbox", "sbx": "sandbox", "staging": "staging", "stg": "staging",
    "nonprod": "nonprod", "non prod": "nonprod",
}  # fmt: skip
_INVENTORY_TAG = re.compile(r"inventory|register|cmdb|ai-?id|use-?case|asset-?id|(?:^|[-_:/])ref$")
_APPLICATION_TAG = re.compile(
    r"^(?:.*[:/])?(?:app|application|system|service|product|workload)(?:[-_]?name)?$"
)
_COUNTRY_TAG = re.compile(r"^(?:.*[:/])?(?:country|market|locale|nation)$")


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """An asset, understood. native: canonical ids. name: of the resource, or what it is called.

    built: a resource somebody made (as against a product somebody uses). label_countries: by tag
    or name, not by region. made: models whose maker is known. callers: account of a usage.
    environment: prod, or another word.
    """

    asset: Observed
    native: tuple[ids.ResourceId, ...]
    name: str
    words: tuple[str, ...]
    line: Line | None
    vendor: str
    sellers: frozenset[str]
    built: bool
    domains: frozenset[str]
    registrable: frozenset[str]
    parents: tuple[ids.Parent, ...]
    environment: str | None
    region: str | None
    regions: frozenset[str]
    label_countries: frozenset[str]
    owners: frozenset[int]
    references: frozenset[str]
    applications: frozenset[str]
    accounts: frozenset[str]
    groups: frozenset[str]
    made: tuple[makers.Made, ...] = ()

    @property
    def platform(self) -> bool:
        """Its product is only the place where it was built."""
        return self.line is not None and self.line.platform


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A row, understood. references: its resource cells. own: all words it says of
    itself. lines: products it names.

    regions: where it may run (any of them); empty: it does not say. callers: who alone may call.
    versions: stated with a word for version. settled: it names one resource by a whole id.
    collective: an entry for many things at once. vague: nothing to look for.
    """

    row: Declaration
    references: tuple[ids.Reference, ...]
    words: tuple[str, ...]
    own: frozenset[str]
    technique: tuple[str, ...]
    slugs: frozenset[str]
    lines: tuple[Found, ...]
    vendors: frozenset[str]
    in_house: bool
    models: tuple[modelnames.Model, ...]
    versions: frozenset[str]
    domains: frozenset[str]
    registrable: frozenset[str]
    regions: frozenset[str]
    region_words: str
    countries: frozenset[str]
    providers: frozenset[str]
    environment: str | None
    owners: frozenset[int]
    callers: frozenset[str]
    containers: frozenset[str]
    reference: str
    scope: str
    collective: bool
    vague: bool

    @property
    def settled(self) -> bool:
        """It names one resource by its whole id."""
        return any(ref.form in ("id", "damaged") for ref in self.references)

    @property
    def strength(self) -> tuple[int, int]:
        """How strong its evidence is: resource id, then URL, then neither; then filled cells."""
        kind = 2 if any(r.form != "prose" for r in self.references) else 1 if self.domains else 0
        filled = sum(
            bool(getattr(self.row, name))
            for name in (
                "ref", "business_owner", "technical_owner", "department", "vendor", "product",
                "model", "hosting", "environment", "risk_tier", "data_classes", "approved_scope",
                "approved_on", "review_due", "description", "purpose",
            )
        )  # fmt: skip
        return kind, filled


def asset_facts(
    asset: Observed, products: Products, people: People, *, compared: bool = True
) -> AssetFacts:
    """Understand one asset. compared: with rows, which alone ask for registrable domains."""
    parsed = tuple(ids.parse(text) for text in asset.native_ids if text.strip())
    vendor = vendors.vendor_id(asset.vendor_name or asset.vendor)
    line = products.line_of(asset.product, vendor) if asset.product else None
    resource = next((one for one in parsed if one.is_resource), None)
    name = asset.name or (resource.name if resource else "") or asset.product
    tags = {key.casefold(): value for key, value in asset.tags.items()}
    host_names = {host.split(".", 1)[0] for host in asset.domains if host.count(".") >= 3}
    return AssetFacts(
        asset=asset,
        native=parsed,
        name=name,
        words=names.tokens(name),
        line=line,
        vendor=vendor,
        sellers=vendors.sellers(asset.vendor_name or asset.vendor),
        built=resource is not None or (asset.kind in BUILT and not asset.domains),
        domains=frozenset(host.casefold() for host in asset.domains),
        registrable=frozenset(registrable(host.casefold()) for host in asset.domains if compared),
        parents=_parents(asset, parsed, host_names),
        environment=_environment(asset.environment, names.tokens(name)),
        region=(asset.region or (resource.region if resource else "")).casefold() or None,
        regions=_seen_in(asset, resource),
        label_countries=_label_countries(tags, names.tokens(name)),
        owners=people.who(asset.owner),
        references=frozenset(
            reference_key(value) for key, value in tags.items() if _INVENTORY_TAG.search(key)
        ),
        applications=frozenset(
            names.slug(value) for key, value in tags.items() if _APPLICATION_TAG.match(key)
        ),
        accounts=frozenset(
            a.casefold() for a in (*asset.all_accounts, *(p.account for p in parsed)) if a
        ),
        groups=frozenset(one.group for one in parsed if one.group),
        made=makers.made(asset),
    )


def _seen_in(asset: Observed, resource: ids.ResourceId | None) -> frozenset[str]:
    own = (resource.region,) if resource and resource.region else ()
    return frozenset(region.casefold() for region in asset.all_regions or own)


def _parents(
    asset: Observed, parsed: tuple[ids.ResourceId, ...], host_names: set[str]
) -> tuple[ids.Parent, ...]:
    found = [parent for one in parsed for parent in one.parents]
    if asset.parent:
        found.append(ids.Parent(asset.parent.casefold(), "resource", asset.parent.casefold()))
    found += [ids.Parent(name, "resource", name) for name in sorted(host_names)]
    return tuple(dict.fromkeys(found))


def _label_countries(tags: dict[str, str], words_of_name: tuple[str, ...]) -> frozenset[str]:
    tagged = {fold(value) for key, value in tags.items() if _COUNTRY_TAG.match(key)}
    codes = {value for value in tagged if places.is_code(value)}
    codes |= {c for value in tagged for c in places.edition(value)}
    if codes:
        return frozenset(codes)
    return frozenset(t for t in words_of_name[1:] if len(t) == 2 and places.is_code(t))


def _environment(said: str | None, words_of_name: tuple[str, ...]) -> str | None:
    if said:
        return _ENVIRONMENT_WORDS.get(fold(said), fold(said))
    return next((_ENVIRONMENT_WORDS[w] for w in words_of_name if w in _ENVIRONMENT_WORDS), None)


def is_prod(environment: str | None) -> bool:
    """Production, said so."""
    return environment in _PROD


def is_non_prod(environment: str | None) -> bool:
    """Development, test, sandbox or the like, said so."""
    return environment in _NON_PROD


def reference_key(text: str) -> str:
    """An inventory reference in one spelling: `CM.12`, `cm-12` and `CM 12` are one."""
    return re.sub(r"[\W_]+", "", text).casefold()


def row_facts(
    row: Declaration, products: Products, people: People, accounts: frozenset[str]
) -> RowFacts:
    """Understand one row. accounts: names of accounts seen or covered, to find them in prose."""
    references = tuple(ids.reference(cell) for cell in (*row.resource_ids, *row.accounts))
    product_text = "; ".join((*row.product, *row.model))
    maker = vendors.named(row.vendor)
    hosting = places.where(" ".join((row.hosting or "", *row.regions)))
    regions = _regions(hosting, references)
    countries = hosting.countries | places.edition(row.name)
    plain_name = _PARENTHESES.sub(" ", row.name)
    lines = _lines(row, products, product_text)
    name_words = tuple(t for t in names.said(row.name) if not names.is_random(t))
    collective = _collective(row, product_text)
    facts = RowFacts(
        row=row,
        references=references,
        words=name_words,
        own=_own(row, references),
        technique=names.said(product_text),
        slugs=frozenset({names.slug(row.name), names.slug(plain_name)} - {""}),
        lines=lines,
        vendors=maker.ids,
        in_house=maker.in_house,
        models=_models(row),
        versions=_versions(product_text, row.notes),
        domains=frozenset(row.domains),
        registrable=frozenset(registrable(host) for host in row.domains),
        regions=regions or places.regions_in(places.edition(row.name)),
        region_words=hosting.how or ", ".join(sorted(countries)).upper(),
        countries=countries,
        providers=hosting.providers,
        environment=row.environment,
        owners=people.who(row.business_owner) | people.who(row.technical_owner),
        callers=_callers(row.approved_scope),
        containers=_containers(row, references, accounts),
        reference=reference_key(row.ref or ""),
        scope=fold(" ".join(filter(None, (row.approved_scope, row.notes)))),
        collective=collective,
        vague=False,
    )
    return _with_vagueness(facts)


def _own(row: Declaration, references: tuple[ids.Reference, ...]) -> frozenset[str]:
    """Every word of the row's name, products and resource names."""
    texts = (row.name, *row.product, *(reference.name for reference in references))
    return frozenset(word for text in texts for word in (*names.tokens(text), *names.said(text)))


def _lines(row: Declaration, products: Products, product_text: str) -> tuple[Found, ...]:
    """Product cells first; the name only when they name no product at all."""
    found = [hit for cell in (*row.product, *row.model) for hit in _of_cell(cell, products)]
    if not found:
        found = products.find(row.name)
    if not found and not product_text:
        found = [hit for cell in row.vendor for hit in products.find(cell)]
    return tuple({hit.line.id: hit for hit in reversed(found)}.values())


def _models(row: Declaration) -> tuple[modelnames.Model, ...]:
    """The models of the product and model cells. A product such as "Gemini API" names a family
    only; where the model cells say which of it, they count."""
    said = modelnames.models("; ".join(row.model))
    sold = modelnames.models("; ".join(row.product))
    told = {model.family for model in said}
    wide = [m for m in sold if m.version or m.variants or m.family not in told]
    return (*wide, *said)


def _of_cell(cell: str, products: Products) -> list[Found]:
    """In "Claude via Bedrock" the product is Bedrock, and Claude the model it runs."""
    found = products.find(cell)
    platforms = [hit for hit in found if hit.line.platform]
    return platforms if platforms and modelnames.models(cell) else found


def _regions(hosting: places.Where, references: tuple[ids.Reference, ...]) -> frozenset[str]:
    if hosting.regions:
        return hosting.regions
    named = {r.id.region for r in references if r.id is not None and r.id.region}
    named |= {
        region
        for ref in references
        if ref.form == "cut"
        for region in places.where(ref.key.replace(":", " ")).regions
    }
    return frozenset(named)


def _versions(product_text: str, notes: str | None) -> frozenset[str]:
    return frozenset(_VERSION.findall(f"{product_text}\n{notes or ''}"))


def _callers(scope: str | None) -> frozenset[str]:
    if not scope:
        return frozenset()
    return frozenset(
        hit.casefold() for hit in _CALLER.findall(scope) if re.search(r"[-_.@\d]", hit)
    )


def _containers(
    row: Declaration, references: tuple[ids.Reference, ...], accounts: frozenset[str]
) -> frozenset[str]:
    """Keys of the accounts, projects and subscriptions a row names, in its cells or its prose."""
    found = {ref.key for ref in references if ref.form == "container"}
    prose = " ".join(filter(None, (row.hosting, *row.resource_ids)))
    for word in re.findall(r"[\w.-]+", prose.casefold()):
        if word in accounts:
            found |= _container_keys(word)
    for hit in _CONTAINER.findall(row.hosting or ""):
        found |= _container_keys(hit.casefold())
    return frozenset(found)


def _container_keys(name: str) -> set[str]:
    if re.fullmatch(r"\d{12}", name):
        return {f"aws:{name}"}
    if re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", name):
        return {f"/subscriptions/{name}"}
    return {f"projects/{name}", f"k8s:{name}"}


def _collective(row: Declaration, product_text: str) -> bool:
    known = words().collective
    said = [*row.vendor, *row.product, *row.model]
    if any(fold(cell) in known for cell in said):
        return True
    folded = f" {fold(product_text)} "
    return any(f" {word} " in folded for word in known if " " in word)


def _with_vagueness(facts: RowFacts) -> RowFacts:
    """Vague: collective, or neither resource, host, product, technique nor a telling name."""
    from dataclasses import replace

    if facts.collective:
        return replace(facts, vague=True)
    generic = words().generic | words().stop
    telling = [t for t in facts.words if t not in generic and not places.is_place(t)]
    product = [t for t in facts.technique if t not in generic]
    looked_up = (
        any(r.form != "prose" for r in facts.references) or facts.domains or facts.containers
    )
    sure = any(found.sure for found in facts.lines)
    named = bool(sure or product or facts.models)
    placed = bool(facts.row.hosting or facts.vendors or facts.in_house)
    if looked_up or (named and (telling or sure or facts.vendors)) or (telling and placed):
        return facts
    return replace(facts, vague=True)
