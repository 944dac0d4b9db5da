"""Cli: how an option looks on a command line, beside its field."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cli"]


@dataclass(frozen=True, slots=True)
class Cli:
    """Metadata of a field; an option without it is reached by ``--set GROUP.NAME=VALUE`` alone.

    Attributes:
        flags: its spellings, such as ``("--format", "-f")``.
        shown: whether ``decloak extract --help`` lists it.
        metavar: what stands for its value there; None: what is allowed.
        former: spellings of the version before; they work once more, with a hint.
        keyword: the flat keyword of the version before.
        allowed: what may be given, in words; None: what the field's type says.
        repeat: whether a flag takes one of several values each time it is given.
    """

    flags: tuple[str, ...] = ()
    shown: bool = False
    metavar: str | None = None
    former: tuple[str, ...] = ()
    keyword: str | None = None
    allowed: str | None = None
    repeat: bool = False
