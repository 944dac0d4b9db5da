"""Registry: components by name. Refuses duplicates, keeps the order of registration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from decloak.core.errors import RegistryError

__all__ = ["Named", "Registry"]


class Named(Protocol):
    """Anything with a name of its own."""

    @property
    def name(self) -> str:
        """Unique among its kind."""
        ...


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """Components of one kind, by name, in the order in which they were added."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def add(self, component: T) -> T:
        """Add one component and return it.

        Raises:
            RegistryError: when the name is taken.
        """
        if component.name in self._items:
            message = f"a {self.kind} named {component.name!r} is already registered"
            raise RegistryError(message)
        self._items[component.name] = component
        return component

    def get(self, name: str) -> T:
        """Return the component of that name.

        Raises:
            RegistryError: when there is none; the message lists the known names.
        """
        try:
            return self._items[name]
        except KeyError:
            known = ", ".join(self._items)
            message = f"no {self.kind} named {name!r}; known: {known}"
            raise RegistryError(message) from None

    def names(self) -> tuple[str, ...]:
        """Return all names, in order of registration."""
        return tuple(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: object) -> bool:
        return name in self._items
