"""Families of models and rules of paths, each held to what its own file says of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from signatures.explain import dotted
from signatures.lint.base import LintIssue
from signatures.lint.proof import nowhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signatures.families import Families, FamilyRow
    from signatures.lint.base import Where
    from signatures.load import Catalogue
    from signatures.model_uris import Uris

_NOTHING = {"model": None, "deployment": None, "account": None, "region": None}


def model_issues(families: Families, uris: Uris, catalogue: Catalogue) -> Iterator[LintIssue]:
    """Examples of another family or none, look-alikes that are taken, paths that name otherwise.

    catalogue: whose services the rules speak of, and whose vendors make the models.
    """
    names = {
        (one.signature.vendor_name or "").casefold(): one.signature.vendor
        for one in catalogue.entries
    }
    for loaded in families.loaded:
        file = loaded.file
        known = names.get(file.name.casefold(), file.maker)
        if known != file.maker:
            said, hint = f"the catalogue calls {file.name} {known}", "write its id of the catalogue"
            yield _issue(loaded.source, loaded.line, ("maker",), "maker-spelling", said, hint)
        for number, row in enumerate(file.families):
            at = ("families", number)
            for keys, name, detail, hint in _of_family(families, row):
                yield _issue(loaded.source, loaded.line, (*at, *keys), name, detail, hint)
    services = {entry.signature.id for entry in catalogue.entries}
    for keys, name, detail, hint in _of_rules(uris, services):
        yield _issue(uris.source, uris.line, keys, name, detail, hint)


def _of_family(families: Families, row: FamilyRow) -> Iterator[tuple[Where, str, str, str]]:
    for place, example in enumerate(row.examples):
        found = [one.id for one in families.all_of(example)]
        if found != [row.id]:
            said = f"{example!r} is {' and '.join(found) or 'no family'}"
            hint = "mend a pattern, or say `over:` which family this one beats"
            yield ("examples", place), "model-example", said, hint
    for place, other in enumerate(row.unlike):
        if row.id in [one.id for one in families.all_of(other)]:
            hint = "narrow the pattern"
            yield ("unlike", place), "model-look-alike", f"{other!r} is taken for it", hint
    for place, beaten in enumerate(row.over):
        if beaten not in families.by_id:
            hint = "name a family that is there"
            yield ("over", place), "model-over", f"no family is called {beaten!r}", hint
    for place, item in enumerate(row.evidence):
        wrong = nowhere(item)
        if wrong is not None:
            hint = "page: an https address; package: name and version"
            yield ("evidence", place), "evidence-place", wrong, hint


def _of_rules(uris: Uris, services: set[str]) -> Iterator[tuple[Where, str, str, str]]:
    for number, rule in enumerate(uris.rules):
        at = ("rules", number)
        for place, service in enumerate(rule.services):
            if service not in services:
                said = f"no service is called {service!r}"
                yield (*at, "services", place), "uri-service", said, "name one of the catalogue"
        for place, case in enumerate(rule.cases):
            wanted = {name: getattr(case, name) for name in _NOTHING}
            for service in rule.services:
                named = uris.named(service, case.path)
                got = asdict(named) if named is not None else _NOTHING
                if got != wanted:
                    said = f"{case.path} of {service} names {_told(got)}, expected {_told(wanted)}"
                    yield (*at, "cases", place), "uri-case", said, "mend the path or the case"
        proofs = [bool(case.model or case.deployment) for case in rule.cases]
        if all(proofs) or not any(proofs):
            said = "no case that names nothing" if all(proofs) else "no case that names something"
            yield (*at, "cases"), "uri-proof", said, "add one"


def _told(found: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in found.items() if value) or "nothing"


def _issue(
    path: str, line: Callable[..., int], keys: Where, name: str, detail: str, hint: str
) -> LintIssue:
    return LintIssue("error", name, path, line(*keys), dotted(keys), detail, hint)
