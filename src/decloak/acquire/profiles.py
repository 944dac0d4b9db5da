"""Profiles: named sets of options, read from TOML; those of decloak, and a user's own."""

from __future__ import annotations

import contextlib
import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from decloak.acquire.targets import Kind, parse_target
from decloak.core.errors import InputError, SettingsError

__all__ = ["Profile", "Profiles", "load_profiles", "pick"]

# What only decloak may decide: targets, input and output files, servers, other scans, and whoever
# else would be sent something (decoys, zombies, relays).
_NMAP_REFUSED = (
    "append-output", "datadir", "dns-servers", "exclude", "excludefile", "help", "no-stylesheet",
    "proxies", "proxy", "resume", "servicedb", "stylesheet", "version", "versiondb", "webxml",
)  # fmt: skip
_NMAP_FINE = ("ip-options", "open", "osscan-guess", "osscan-limit")
# Options that take the next word as their value; after any other it would be a target.
_NMAP_VALUED = frozenset({
    "M", "T", "data", "data-length", "data-string", "e", "exclude-ports", "g", "host-timeout",
    "initial-rtt-timeout", "ip-options", "max-hostgroup", "max-parallelism", "max-rate",
    "max-retries", "max-rtt-timeout", "max-scan-delay", "min-hostgroup", "min-parallelism",
    "min-rate", "min-rtt-timeout", "mtu", "p", "port-ratio", "scan-delay", "scanflags", "script",
    "script-args", "script-timeout", "source-port", "stats-every", "top-ports", "ttl",
    "version-intensity",
})  # fmt: skip
_WHOIS_VALUED = frozenset({"-T", "-g", "-i", "-q", "-s", "-t", "-v"})
_WHOIS_REFUSED = ("help", "host", "port", "version")

_TOOLS = ("nmap", "dig", "whois")

Option = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Profile(BaseModel):
    """A named set of options.

    Attributes:
        summary: one line for people.
        options: arguments that change what is asked.
        layout: arguments that change only how it is shown (dig).
        root: whether the program needs root for them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    summary: str = ""
    options: tuple[Option, ...] = ()
    layout: tuple[Option, ...] = ()
    root: bool = False


Profiles = Mapping[str, Mapping[str, Profile]]
"""Tool -> name -> profile."""

_FILE: TypeAdapter[dict[str, dict[str, Profile]]] = TypeAdapter(dict[str, dict[str, Profile]])


@functools.cache
def _shipped() -> Profiles:
    text = resources.files("decloak.acquire").joinpath("data/profiles.toml").read_text("utf-8")
    return MappingProxyType(_parse(text, "profiles.toml"))


def load_profiles(path: Path | None = None) -> Profiles:
    """Return the profiles of decloak, with those of a file added or put in their place.

    Raises:
        SettingsError: when the file cannot be read, or a profile of it is wrong.
    """
    if path is None:
        return _shipped()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8" if isinstance(error, ValueError) else str(error.strerror).lower()
        message = f"{path}: {reason}"
        raise SettingsError(message) from error
    own = _parse(text, str(path))
    return {tool: {**_shipped()[tool], **own.get(tool, {})} for tool in _shipped()}


def pick(profiles: Profiles, tool: str, name: str) -> Profile:
    """Return a profile.

    Raises:
        SettingsError: when the tool has none of this name; the message lists those it has.
    """
    try:
        return profiles[tool][name]
    except KeyError:
        message = f"unknown {tool} profile {name!r}; known: {', '.join(profiles[tool])}"
        raise SettingsError(message) from None


def _parse(text: str, path: str) -> dict[str, dict[str, Profile]]:
    try:
        read = _FILE.validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: {error}"
        raise SettingsError(message) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise SettingsError(message) from error
    for tool, profiles in read.items():
        if tool not in _TOOLS:
            message = f"{path}: {tool!r} has no profiles; known: {', '.join(_TOOLS)}"
            raise SettingsError(message)
        for name, profile in profiles.items():
            options = (*profile.options, *profile.layout)
            for before, option in zip(("", *options), options, strict=False):
                if _is_refused(tool, before, option):
                    message = f"{path}: {tool}.{name}: {option!r} is not for a profile"
                    raise SettingsError(message)
    return read


def _is_refused(tool: str, before: str, option: str) -> bool:
    refuses = {"nmap": _nmap_refuses, "dig": _dig_refuses, "whois": _whois_refuses}
    return refuses[tool](before, option)


def _nmap_refuses(before: str, option: str) -> bool:
    if not option.startswith("-"):
        if not before.startswith("-") or before.lstrip("-") not in _NMAP_VALUED:
            return True
        # An address is no value of any of them.
        with contextlib.suppress(InputError):
            parse_target(option, (Kind.ADDRESS, Kind.NETWORK))
            return True
        return False
    # One dash is as good as two to Nmap, and so is any unambiguous beginning of a long name.
    word = option.lstrip("-").partition("=")[0]
    if word.startswith(("D", "S")) or (word.startswith("s") and "I" in word):
        return True
    if word.startswith("b"):
        return len(word) < 2 or not "badsum".startswith(word)
    if word.startswith(("i", "o")):
        return word not in _NMAP_FINE
    return word in {"", "h", "V"} or (
        len(word) > 1 and any(name.startswith(word) for name in _NMAP_REFUSED)
    )


def _dig_refuses(_before: str, option: str) -> bool:
    return option not in {"-4", "-6"} and (
        not option.startswith("+") or option[1:].lower().startswith(("yaml", "noyaml", "json"))
    )


def _whois_refuses(before: str, option: str) -> bool:
    if not option.startswith("-"):
        return before not in _WHOIS_VALUED
    word = option.lstrip("-").partition("=")[0]
    if option.startswith("--"):
        return word == "" or any(name.startswith(word) for name in _WHOIS_REFUSED)
    return bool(set(word) & set("hp"))
