"""Samples: text that a regular expression accepts, with chosen words in its groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from re import _constants as c  # type: ignore[attr-defined] # no public parse tree
from re import _parser
from typing import Any

__all__ = ["Sampler"]

_PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]
_LIKED = "etaoinsrhldcumfpgwybvk0123456789"
_ANY = [chr(code) for code in range(256)]
_CATEGORIES = {
    c.CATEGORY_DIGIT: set("0123456789"),
    c.CATEGORY_SPACE: set(" \t\r\n\f\v"),
    c.CATEGORY_WORD: set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
}
_NEGATED = {
    c.CATEGORY_NOT_DIGIT: c.CATEGORY_DIGIT,
    c.CATEGORY_NOT_SPACE: c.CATEGORY_SPACE,
    c.CATEGORY_NOT_WORD: c.CATEGORY_WORD,
}


class Sampler:
    """Draws texts of one pattern.

    Args:
        pattern: for `re`, over code points below 256.
        flags: of `re`.

    Raises:
        re.error: when `re` does not know its syntax.
    """

    def __init__(self, pattern: str, flags: int) -> None:
        self.compiled = re.compile(pattern, flags)
        self._tree = _parser.parse(pattern, flags)

    def draw(self, rng: Random, hints: Mapping[int, Callable[[], str]]) -> re.Match[str] | None:
        """Return a match of a text the pattern accepts, or None when two dozen tries all failed.

        Args:
            rng: the source of chance.
            hints: group number -> a function that draws what should stand there.
        """
        for attempt in range(24):
            groups: dict[int, str] = {}
            # A hint that never fits must not spoil the others: later tries drop some, the last all.
            share = (24 - attempt) / 18 if attempt < 18 else 0.0
            chosen = {n: hint for n, hint in hints.items() if rng.random() < share}
            try:
                text = self._many(self._tree, rng, chosen, groups)
            except (IndexError, KeyError, NotImplementedError):
                return None
            found = self.compiled.search(text)
            if found and all(found[n] == groups[n] for n in chosen if n in groups):
                return found
        return None

    def _many(
        self, tree: Any, rng: Random, hints: Mapping[int, Callable[[], str]], groups: dict[int, str]
    ) -> str:
        return "".join(self._one(op, value, rng, hints, groups) for op, value in tree)

    def _one(
        self,
        op: Any,
        value: Any,
        rng: Random,
        hints: Mapping[int, Callable[[], str]],
        groups: dict[int, str],
    ) -> str:
        if op is c.LITERAL:
            return chr(value)
        if op is c.NOT_LITERAL:
            return rng.choice([x for x in _LIKED if ord(x) != value])
        if op is c.ANY:
            return rng.choice(_LIKED)
        if op is c.IN:
            return self._class(value, rng)
        if op is c.BRANCH:
            return self._many(rng.choice(value[1]), rng, hints, groups)
        if op in {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}:
            low, high, inner = value
            count = min(
                high,
                max(low, rng.choice((1, 1, 2, 4, 6)) if _simple(inner) else rng.choice((low, 1))),
            )
            return "".join(self._many(inner, rng, hints, groups) for _ in range(min(count, 4096)))
        if op is c.SUBPATTERN:
            number, _, _, inner = value
            made = hints[number]() if number in hints else self._many(inner, rng, hints, groups)
            if number is not None:
                groups[number] = made
            return made
        if op is c.GROUPREF:
            return groups[value]
        if op is c.ATOMIC_GROUP:
            return self._many(value, rng, hints, groups)
        if op in {c.AT, c.ASSERT, c.ASSERT_NOT}:
            return ""  # whether it holds shows when the whole is matched
        raise NotImplementedError(str(op))

    @staticmethod
    def _class(items: Any, rng: Random) -> str:
        members: set[str] = set()
        negated = False
        for op, value in items:
            if op is c.NEGATE:
                negated = True
            elif op is c.LITERAL:
                members.add(chr(value))
            elif op is c.RANGE:
                members.update(map(chr, range(value[0], value[1] + 1)))
            elif op is c.CATEGORY and value in _CATEGORIES:
                members |= _CATEGORIES[value]
            elif op is c.CATEGORY and value in _NEGATED:
                members.update(set(_ANY) - _CATEGORIES[_NEGATED[value]])
            else:
                raise NotImplementedError(str(op))
        fits = (lambda x: x not in members) if negated else (lambda x: x in members)
        for pool in (_LIKED, _PRINTABLE, _ANY):
            found = [x for x in pool if fits(x)]
            if found:
                return rng.choice(found)
        raise IndexError


def _simple(tree: Any) -> bool:
    return len(tree) == 1 and tree[0][0] in {c.ANY, c.IN, c.NOT_LITERAL, c.LITERAL}
