"""Load: settings from a configuration file, the environment and the command line, in that order of rank.

The last one that names an option wins. What is wrong is told with where it stands and what is allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from decloak.core.errors import SettingsError
from decloak.core.suggest import suggest
from decloak.options.leaves import Leaf, leaves
from decloak.options.model import Settings

__all__ = ["complaints", "load"]

Origins = dict[str, str]
"""Where the value of an option was named, by its key."""


def _nothing(_: str) -> None:
    return


def load(
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    given: Iterable[tuple[str, str, Any]] = (),
    tell: Callable[[str], None] = _nothing,
) -> Settings:
    """Return the settings that a command runs with.

    Args:
        file: a TOML file with a table for each group; None for none.
        environ: of which ``DECLOAK_GROUP_NAME`` are read; None for none.
        given: of the command line: key (``llm.rounds``), how it was written there, value (text, or what the
            option takes).
        tell: told where each option was named that is not left at its default.

    Raises:
        SettingsError: when the file cannot be read, or an option is unknown or out of range; the message
            names the file, variable or option, the key, and what is allowed.
    """
    known = {each.key: each for each in leaves()}
    values: dict[str, Any] = {}
    origins: Origins = {}
    if file is not None:
        for key, value in _of_file(file, known):
            values[key], origins[key] = value, f"{file}: {key}"
    for leaf, text in _of_environment(environ or {}):
        values[leaf.key], origins[leaf.key] = leaf.from_text(text), leaf.variable
    for key, written, value in given:
        named = known.get(key)
        if named is None:
            raise _unknown(written, "option", key, known)
        values[key] = named.from_text(value) if isinstance(value, str) else value
        origins[key] = written
    for key, origin in origins.items():
        tell(f"option {key} from {origin}")
    nested: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        group, _, name = key.partition(".")
        nested.setdefault(group, {})[name] = value
    try:
        return Settings.model_validate(nested)
    except ValidationError as error:
        raise SettingsError("; ".join(complaints(error, origins))) from error


def complaints(error: ValidationError, origins: Mapping[str, str] | None = None) -> list[str]:
    """Return what is wrong, one text for each option: where, what, and what is allowed.

    Args:
        error: of `Settings`.
        origins: where each option was named, by its key; its key alone where it is not.
    """
    known = {each.key: each for each in leaves()}
    found: dict[str, str] = {}
    for each in error.errors(include_url=False):
        key = ".".join(str(part) for part in each["loc"][:2])
        where = (origins or {}).get(key, key)
        leaf = known.get(key)
        if leaf is None:
            names = [*Settings.model_fields, *known]
            found.setdefault(key, suggest("option", key, names))
        elif each["type"] == "value_error":
            found.setdefault(key, f"{where}: {each['ctx']['error']}")
        else:
            shown = "" if isinstance(each["input"], dict) else f"{each['input']!r} is not allowed; "
            found.setdefault(key, f"{where}: {shown}allowed: {leaf.allowed()}")
    return list(found.values())


def _unknown(where: object, kind: str, name: str, known: Iterable[str]) -> SettingsError:
    return SettingsError(f"{where}: {suggest(kind, name, known)}")


def _of_file(file: Path, known: Mapping[str, Leaf]) -> Iterable[tuple[str, Any]]:
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"{file}: {reason}; name a TOML file that can be read"
        raise SettingsError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{file}: this is no TOML: {error}"
        raise SettingsError(message) from error
    groups = list(Settings.model_fields)
    for group, table in tables.items():
        if group not in groups:
            raise _unknown(file, "table", group, groups)
        if not isinstance(table, dict):
            message = f"{file}: {group} is a table: write [{group}], and its options below"
            raise SettingsError(message)
        for name, value in table.items():
            key = f"{group}.{name}"
            if key not in known:
                raise _unknown(file, "option", key, known)
            yield key, value


def _of_environment(environ: Mapping[str, str]) -> Iterable[tuple[Leaf, str]]:
    """Yield what the environment names; a variable of a group that is no option is an error."""
    variables = {each.variable: each for each in leaves()}
    prefixes = tuple(f"DECLOAK_{group}_".upper() for group in Settings.model_fields)
    for name, text in environ.items():
        if name in variables:
            yield variables[name], text
        elif name.startswith(prefixes):
            raise SettingsError(suggest("variable", name, variables))
