"""Segmentation: cut a text into stretches that one tool wrote each.

Containers (JSON, XML) are found by their brackets. In between, one scan finds runs of anchor lines
(`anchor_runs`), and one place weighs which of them are segments and where those begin and end
(`cuts`). What nobody claims is prose. Segments cover the text without gaps.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.document import View
from decloak.core.facts import Segment
from decloak.sources.anchor_runs import anchor_of, find_runs
from decloak.sources.base import PARSERS, SourceParser
from decloak.sources.containers import Container, documents_of, find_containers
from decloak.sources.cuts import decided
from decloak.sources.detect import best, parsers_of, resolve_hint

__all__ = ["dominant", "segment"]

_LEAST_SCORE = 0.3  # below, a grammar does not get the lines it claims
_WHOLE_SCORE = 0.5  # from here on, a text without anchors is believed to be a tool's
_STRUCTURED_SHARE = 0.2  # of the text, from which a tool names a document that is mostly prose
_PROSE, _TEXT = "prose", "text"


def segment(view: View, hint: str | None = None) -> tuple[list[Segment], str]:
    """Cut a text into segments and name the source that wrote most of it.

    Args:
        view: the readable text.
        hint: a source the caller insists on; the layout is still detected.

    Returns:
        Segments in order, covering the text without gaps (none for an empty text), and the name
        of the dominant source (``prose`` for an empty text).

    Raises:
        SettingsError: when the hint names no known source.
    """
    source = resolve_hint(hint) if hint is not None else None
    length = len(view)
    if not length:
        return [], source or _PROSE
    if source is not None:
        return [_hinted(view, source)], source
    claimed = _claims(view)
    if not claimed:
        guess = best(view, 0, length, (p for p in PARSERS if p.source != _PROSE))
        if guess and guess.score >= _WHOLE_SCORE:
            parser = guess.parser
            claimed = [Segment(0, length, parser.source, parser.layout, guess.score)]
    segments = _fill(view, claimed)
    return segments, dominant(view, segments)


def _hinted(view: View, source: str) -> Segment:
    parsers = parsers_of(source)
    guess = best(view, 0, len(view), parsers)
    if guess is None or not guess.score:
        return Segment(0, len(view), source, parsers[0].layout, 0.0)
    return Segment(0, len(view), source, guess.parser.layout, guess.score)


def _claims(view: View) -> list[Segment]:
    """Return the segments that a grammar claims, in order, with gaps where nobody does."""
    claimed: list[Segment] = []
    position = 0
    for container in find_containers(view):
        found = _container_claims(view, container)
        if found:
            claimed += _line_claims(view, position, container.start)
            claimed += found
            position = container.end
    claimed += _line_claims(view, position, len(view))
    if all(claim.source == _PROSE for claim in claimed):
        return []
    return claimed


def _container_claims(view: View, container: Container) -> list[Segment]:
    """Return whose a container is; of several documents in a row, whose each of them is."""
    parsers = [parser for parser in PARSERS if parser.layout == container.layout]
    whole = best(view, container.start, container.end, parsers)
    if whole is None or whole.score < _LEAST_SCORE:
        if container.layout == "xml":
            return []
        return [Segment(container.start, container.end, _PROSE, _TEXT, 0.5)]
    others = [each for each in parsers if each.source != whole.parser.source]
    parts = [container]
    if any(_anchored(view, container, each) for each in others):
        parts = list(documents_of(view, container)) or parts
    claims: list[Segment] = []
    for start, end, guess in (
        (part.start, part.end, best(view, part.start, part.end, parsers)) for part in parts
    ):
        parser, score = guess if guess and guess.score >= _LEAST_SCORE else whole
        if claims and claims[-1].source == parser.source:
            claims[-1] = claims[-1]._replace(end=end)
        else:
            claims.append(Segment(start, end, parser.source, parser.layout, score))
    claims[-1] = claims[-1]._replace(end=container.end)
    return claims


def _anchored(view: View, container: Container, parser: SourceParser) -> bool:
    anchor = anchor_of(parser.name)
    return anchor.search(view.shadow, container.start, container.end) is not None


def _line_claims(view: View, low: int, high: int) -> Iterator[Segment]:
    """Yield the segments of line grammars in a range that holds no container."""
    for run in decided(view, list(find_runs(view, low, high)), low, high):
        score = run.parser.score(view, run.start, run.end)
        if score >= _LEAST_SCORE:
            yield Segment(run.start, run.end, run.parser.source, run.parser.layout, score)


def _fill(view: View, claimed: list[Segment]) -> list[Segment]:
    """Put prose between the claims; white space goes to the segment before it."""
    segments: list[Segment] = []
    position = 0
    for claim in claimed:
        start = claim.start
        if position < start:
            if view.shadow[position:start].strip(b" \t\n\x81\x82"):
                segments.append(Segment(position, start, _PROSE, _TEXT, 0.5))
            elif segments:
                segments[-1] = segments[-1]._replace(end=start)
            else:
                start = position
        last = segments[-1] if segments else None
        if (
            last
            and last.end == start
            and (last.source, last.layout) == (claim.source, claim.layout)
        ):
            confidence = max(last.confidence, claim.confidence)
            segments[-1] = last._replace(end=claim.end, confidence=confidence)
        else:
            segments.append(claim._replace(start=start))
        position = claim.end
    if position < len(view):
        if segments and not view.shadow[position:].strip(b" \t\n\x81\x82"):
            segments[-1] = segments[-1]._replace(end=len(view))
        else:
            segments.append(Segment(position, len(view), _PROSE, _TEXT, 0.5))
    return segments


def dominant(view: View, segments: list[Segment]) -> str:
    """Return the source with the most text; prose only where tools wrote little beside it."""
    sizes: dict[str, int] = {}
    for part in segments:
        sizes[part.source] = sizes.get(part.source, 0) + part.end - part.start
    prose = sizes.pop(_PROSE, 0)
    if not sizes:
        return _PROSE
    source = max(sizes, key=sizes.__getitem__)
    enough = sum(sizes.values()) >= _STRUCTURED_SHARE * len(view)
    return source if enough or sizes[source] > prose else _PROSE
