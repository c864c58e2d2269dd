"""Format files into Format values: whole or not at all, every error with its file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from connectors.logs.errors import FormatError
from connectors.logs.expressions import ExpressionError
from connectors.logs.model import PROVEN, Format

BUILTIN: Final = Path(__file__).parent / "formats"
MAX_FILE: Final = 256 << 10

Yaml: TypeAlias = Any  # what a YAML file holds, until the model has judged it
ParseYaml = Callable[[str, str], Any]  # (text, path) -> mappings that know their lines


def load_formats(parse_yaml: ParseYaml, folders: Sequence[Path] = (BUILTIN,)) -> dict[str, Format]:
    """Every format in `folders` by id; a later folder may replace a format of an earlier one.

    The expressions of shipped formats are parsed when they are first asked for: tests prove them.
    """
    files = {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}
    raw = {name: _read(path, parse_yaml) for name, path in files.items()}
    return {name: _format(name, files, raw) for name in sorted(raw)}


def load_format(
    parse_yaml: ParseYaml, path: Path, known: Mapping[str, Format] | None = None
) -> Format:
    """The one format in `path`, which may be `like` one of `known`, and is from outside."""
    raw = _read(path, parse_yaml)
    like = raw.get("like")
    if like is not None:
        if known is None or like not in known:
            raise _no_such(path, raw)
        keys = {"id", "about", "like", "detect"}
        inherited = known[like].model_dump(exclude=keys | ({"reader"} & set(raw)))
        raw = _over(inherited, raw)
    return _validated(raw, path, path.stem).of_file(str(path))


def _read(path: Path, parse_yaml: ParseYaml) -> Yaml:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise FormatError(str(path), 0, "-", "over 256 KiB", "a format file is about a page")
        text = data.decode("utf-8")
    except OSError as problem:
        raise FormatError(
            str(path), 0, "-", problem.strerror or "unreadable", "check the path"
        ) from None
    except UnicodeDecodeError:
        raise FormatError(str(path), 0, "-", "not UTF-8", "save it as UTF-8") from None
    raw = parse_yaml(text, str(path))
    if not isinstance(raw, dict):
        raise FormatError(str(path), 1, "-", "not a mapping", "begin with `id:`")
    return raw


def _format(name: str, files: dict[str, Path], raw: dict[str, Any]) -> Format:
    path, own = files[name], raw[name]
    like = own.get("like")
    if like is not None:
        if like not in raw or raw[like].get("like") is not None:
            raise _no_such(path, own)
        parent = {
            key: value
            for key, value in raw[like].items()
            if key not in {"id", "about", "detect"} and not (key == "reader" and key in own)
        }
        own = _over(parent, own)
    return _validated(own, path, name)


def _no_such(path: Path, own: Yaml) -> FormatError:
    problem, hint = f"no such format: {own['like']}", "name one that stands on its own"
    return FormatError(str(path), _line(own, ("like",)), "like", problem, hint)


def _over(parent: dict[str, Any], own: Yaml) -> Yaml:
    instead = own.pop("instead", None)
    if "map" not in own and isinstance(instead, dict):
        own["map"] = parent["map"] | instead
    for key, value in parent.items():
        own.setdefault(key, value)
    return own


def _validated(raw: Yaml, path: Path, name: str) -> Format:
    try:
        found = Format.model_validate(raw, context=PROVEN if path.parent == BUILTIN else None)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = tuple(first["loc"])
        raise FormatError(
            str(path), _line(raw, where), ".".join(str(part) for part in where) or "-",
            first["msg"].removeprefix("Value error, "), "docs/formats.md lists the keys",
        ) from None  # fmt: skip
    if found.id != name:
        raise FormatError(
            str(path), _line(raw, ("id",)), "id", f"is {found.id!r}, the file is {name!r}",
            "the file name is the id",
        )  # fmt: skip
    try:
        if path.parent != BUILTIN:
            _ = found.expressions
    except ExpressionError as problem:
        raise FormatError(
            str(path), _line(raw, problem.where), ".".join(map(str, problem.where)),
            problem.problem, problem.hint,
        ) from None  # fmt: skip
    return found


def _line(raw: Yaml, where: tuple[str | int, ...]) -> int:
    """The line of the innermost part of `where` that the loader knows the line of."""
    line = 1
    for part in where:
        line_of = getattr(raw, "line_of", None)
        if line_of is None:
            break
        line = line_of(part)
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            break
    return int(line)
