"""Service cells: the service column of a port table, read whatever was done to it.

Few names can stand there, and the port says which is likely, so that even short names are told
apart: ``htpts``, ``ss1/h7tp``, ``p0p3``, ``s*sh``.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.nearness import TLS, near_service, service_names, slip_family
from decloak.decode.vocabulary import collapsed
from decloak.indicators.engine import compile_pattern
from decloak.indicators.leet import folded, spells
from decloak.kb.lexicon import lookup
from decloak.kb.port_names import is_port_name, names_at

__all__ = ["odd_cells", "prefixed_cells", "read_cell"]

_SIGNS = "*~^|_#=+!'.-"
_LOUD = "*~^|#=+!"  # in no name of a service
_EMPHASIS = "*_`~"
_PREFIXES = ("ssl", "tls")
_LONGEST_PREFIX = 9

# A cell whose part before the slash is not `ssl` or `tls`.
_PREFIXED = (
    rb"\b[0-9]{1,5}/(?:tcp|udp|sctp)[ \t]+(?:open|closed|filtered|open\|filtered)[ \t]+"
    rb"((?:[!-.0-rv-~][!-.0-~]{0,8}|s(?:[!-.0-rt-~][!-.0-~]{0,7})?|t(?:[!-.0-km-~][!-.0-~]{0,7})?"
    rb"|ss(?:[!-.0-km-~][!-.0-~]{0,6})?|tl(?:[!-.0-rt-~][!-.0-~]{0,6})?"
    rb"|(?:ssl|tls)[!-.0-~]{1,6})/[!-.0-~]{2,30})"
)

# A cell in a table, in the grepable layout or in XML that holds a sign, a digit or a capital.
_ODD = (
    rb"(?:/(?:tcp|udp|sctp)[ \t]+(?:open|closed|filtered|open\|filtered)[ \t]+|/(?:tcp|udp|sctp)//|<service name=\")"
    rb"([a-z-]*(?:[!#-.0-9:;=?@A-Z\[-`{-~]|-[a-z]-)[!#-.0-~]{0,39})"
)


def prefixed_cells(view: View) -> Iterator[Edit]:
    """Yield the edits of cells whose ``ssl/`` is damaged."""
    for match in compile_pattern(_PREFIXED).finditer(view.shadow):
        start, end = match.span(1)
        yield from read_cell(view.text[start:end], start, "")


def odd_cells(view: View) -> Iterator[tuple[int, int]]:
    """Yield where the cells of services stand that hold more than small letters and hyphens."""
    for match in compile_pattern(_ODD).finditer(view.shadow):
        start, end = match.span(1)
        if not is_port_name(view.text[start:end].rstrip("?").lower()):
            yield start, end


def read_cell(cell: str, start: int, port: str) -> Iterator[Edit]:
    """Yield the edits that make a cell a known service.

    Args:
        cell: what stands in the column, perhaps with a question mark behind it.
        start: where it stands.
        port: the port beside it (``22/tcp``), or "".
    """
    cell = cell.rstrip("?`")  # the line may stand in a code span
    head, slash, name = cell.partition("/")
    if not slash:
        meant = _meant(cell, port)
        if meant is not None:
            yield _edit(start, cell, meant, f"as the service of {port}")
        return
    prefix = _prefix(head)
    if not prefix or "/" in name:
        return
    meant = _meant(name, TLS)
    if meant is None and lookup(name, "SERVICE") is None:
        return
    if head != prefix:
        yield _edit(start, head, prefix, "before a service")
    if meant is not None:
        yield _edit(start + len(head) + 1, name, meant, "inside TLS")


@remembered(1 << 12)
def _prefix(head: str) -> str:
    """Return which prefix is meant, or ""."""
    low = head.lower()
    if len(low) > _LONGEST_PREFIX or lookup(low, "SERVICE") not in {None, lookup("ssl", "SERVICE")}:
        return ""
    bare = _unsigned(low)
    for prefix in _PREFIXES:
        if bare == prefix or folded(low) == folded(prefix) or collapsed(bare) == collapsed(prefix):
            return prefix
    for prefix in _PREFIXES:
        # One letter dropped or changed, or two that changed places.
        near = len(low) in {2, 3} and (
            sorted(low) == sorted(prefix)
            or any(prefix[:i] + prefix[i + 1 :] == low for i in range(3))
            or (len(low) == 3 and sum(a != b for a, b in zip(low, prefix, strict=True)) == 1)
        )
        if near:
            return prefix
    return ""


@remembered(1 << 14)
def _meant(name: str, port: str) -> str | None:
    """Return the service that a damaged name means; None when it is well spelt or unreadable."""
    low = name.lower()
    if is_port_name(low):
        return None
    for bare in (_unsigned(low), low.strip(_EMPHASIS), *_less_one_sign(low)):
        if bare != low and is_port_name(bare):
            return bare
    if not low.isalpha():
        for service in (*_folded_at(low, port), *_by_fold(low)):
            return service
    return near_service(name, port)


def _folded_at(low: str, port: str) -> tuple[str, ...]:
    return tuple(name for name in names_at(port) if len(name) > 2 and spells(low, name))


@remembered(1 << 12)
def _by_fold(low: str) -> tuple[str, ...]:
    return tuple(name for name in service_names() if len(name) > 2 and spells(low, name))


def _less_one_sign(low: str) -> list[str]:
    """Return the cell less one kind of sign: the others may be the name's own."""
    return [
        low.replace(sign, "") for sign in _SIGNS if low.count(sign) > (0 if sign in _LOUD else 1)
    ]


def _unsigned(low: str) -> str:
    signs = {char for char in low if char in _SIGNS}
    if len(signs) != 1 or low[0] in signs or low[-1] in signs:
        return low
    return low.replace(signs.pop(), "")


def _edit(start: int, surface: str, name: str, where: str) -> Edit:
    family = _family(surface, name)
    return Edit(start, start + len(surface), name, family, "typo", 0.9, f"{name} misspelt {where}",
                closed=True)  # fmt: skip


def _family(surface: str, name: str) -> str:
    low = surface.lower()
    if _unsigned(low) == name:
        return "symbol"
    if len(low) == len(name) and folded(low) == folded(name) and not low.isalpha():
        return "leet"
    return slip_family(surface, name)
