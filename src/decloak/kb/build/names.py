"""Names: rows of what things are called, whoever says so."""

from __future__ import annotations

from decloak.kb.build.draft import Draft
from decloak.kb.keys import name_key
from decloak.kb.names import needs_context

__all__ = ["NameRows"]

_WEAK = "~"


class NameRows:
    """The pack of names as it grows; its key is `name_key`, so that spellings meet."""

    def __init__(self) -> None:
        self.draft = Draft(
            "names",
            "one name of one thing: attackers, malware, tools, techniques",
            ("key", "alias", "kind", "name", "target", "source", "weak"),
        )

    def add(self, alias: str, kind: str, name: str, target: str, source: str) -> None:
        """Add a name; single letters and bare numbers are none."""
        key = name_key(alias)
        if len(key) > 1 and not key.isdigit():
            weak = _WEAK if needs_context(alias) else ""
            self.draft.add(key, alias, kind, name, target, source, weak)
