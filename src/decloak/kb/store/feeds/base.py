"""Base: what a feed is, and what is common to reading them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from decloak.core.errors import KnowledgeError

__all__ = ["About", "Entry", "Feed", "FeedError", "clean", "mapping", "text_of", "wanted"]

FeedError = KnowledgeError

Entry = tuple[str, tuple[Any, ...]]
"""A table, and the cells of one row of it but for the dataset."""

_LONGEST = 300


@dataclass
class About:
    """What a file says of itself, filled in while it is read.

    Attributes:
        kind: the feed's name (``nvd``, ``kev`` ...).
        name: of the dataset: a file with the same kind and name takes the place of the one before.
        version: of the data, "" where they have none.
        notes: what was left out, for the user.
    """

    kind: str
    name: str
    version: str = ""
    notes: list[str] = field(default_factory=list)


Reader = Callable[[BinaryIO, About], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class Feed:
    """A format.

    Attributes:
        kind: its name.
        read: yields the rows of a stream.
        many: whether an archive of many such files is one dataset (a record a file).
    """

    kind: str
    read: Reader
    many: bool = False


def mapping(value: Any, where: str) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        KnowledgeError: when it is something else.
    """
    if not isinstance(value, dict):
        message = f"{where}: {type(value).__name__} where an object belongs"
        raise KnowledgeError(message)
    return value


def wanted(value: dict[str, Any], key: str, where: str) -> str:
    """Return the text of a key that has to be there.

    Raises:
        KnowledgeError: when it is missing, empty or no text.
    """
    found = value.get(key)
    if not isinstance(found, str) or not found.strip():
        message = f"{where}: {key!r} is missing"
        raise KnowledgeError(message)
    return found.strip()


def text_of(value: Any) -> str:
    """Return a text as it is, anything else as nothing."""
    return value.strip() if isinstance(value, str) else ""


def clean(name: Any) -> str:
    """Return a name that can be shown and looked up; "" for one with control characters, or without end."""
    found = " ".join(name.split()) if isinstance(name, str) else ""
    return found if len(found) <= _LONGEST and found.isprintable() else ""
