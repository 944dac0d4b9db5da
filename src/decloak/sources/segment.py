"""Segmentation: cut a text into stretches that one tool wrote each.

Containers (JSON, XML) are found by their brackets. In between, one scan finds the anchor lines of
all line grammars; consecutive anchors of one grammar form a segment, which takes along the lines
around it up to a blank line. What nobody claims is prose. Segments cover the text without gaps.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.document import View
from decloak.core.facts import Segment
from decloak.sources.base import PARSERS, SourceParser
from decloak.sources.containers import find_containers
from decloak.sources.detect import best, parsers_of, resolve_hint
from decloak.sources.runs import BLANK_LINES, Run, find_runs
from decloak.sources.surroundings import FREE_FORM, absorb

__all__ = ["dominant", "segment"]

_LEAST_SCORE = 0.3  # below, a grammar does not get the lines it claims
_WHOLE_SCORE = 0.5  # from here on, a text without anchors is believed to be a tool's
_LINES_ABOVE = 3
_LINES_BELOW, _LINES_BELOW_EACH = 20, 5
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
        parsers = [parser for parser in PARSERS if parser.layout == container.layout]
        guess = best(view, container.start, container.end, parsers)
        if guess is None or guess.score < _LEAST_SCORE:
            if container.layout == "xml":
                continue
            claim = Segment(container.start, container.end, _PROSE, _TEXT, 0.5)
        else:
            layout = guess.parser.layout
            claim = Segment(
                container.start, container.end, guess.parser.source, layout, guess.score
            )
        claimed += _line_claims(view, position, container.start)
        claimed.append(claim)
        position = container.end
    claimed += _line_claims(view, position, len(view))
    if all(claim.source == _PROSE for claim in claimed):
        return []
    return claimed


def _line_claims(view: View, low: int, high: int) -> Iterator[Segment]:
    """Yield the segments of line grammars in a range that holds no container."""
    runs = _borders(view, _joined(view, list(find_runs(view, low, high))), low, high)
    for run in runs:
        score = run.parser.score(view, run.start, run.end)
        if score >= _LEAST_SCORE:
            yield Segment(run.start, run.end, run.parser.source, run.parser.layout, score)


def _joined(view: View, runs: list[Run]) -> list[Run]:
    """Join neighbours of one source and different layouts that no blank line parts.

    The layout is chosen once per group, so that alternating lines cost no more than others.
    """
    joined: list[Run] = []
    choices: list[list[SourceParser]] = []
    for run in runs:
        last = joined[-1] if joined else None
        if (
            last is None
            or last.parser.source != run.parser.source
            or run.parser in choices[-1][-1:]
            or BLANK_LINES.search(view.shadow, last.end, run.start)
        ):
            joined.append(run)
            choices.append([run.parser])
            continue
        choices[-1] = [parser for parser in choices[-1] if parser is not run.parser]
        choices[-1].append(run.parser)
        last.end = run.end
        last.strides += run.strides
        last.tails += run.tails
    for run, parsers in zip(joined, choices, strict=True):
        if len(parsers) > 1:
            guess = best(view, run.start, run.end, parsers)
            run.parser = guess.parser if guess else run.parser
    return joined


def _borders(view: View, runs: list[Run], low: int, high: int) -> list[Run]:
    """Give every run the lines around it, up to a blank line or its neighbour."""
    shadow = view.shadow
    before = low
    for index, run in enumerate(runs):
        run.start = _above(shadow, before, run.start)
        after = runs[index + 1].start if index + 1 < len(runs) else high
        run.end = _below(shadow, run, after)
        before = run.end
    for index, run in enumerate(runs):
        if run.parser.source in FREE_FORM:
            before = runs[index - 1].end if index else low
            after = runs[index + 1].start if index + 1 < len(runs) else high
            run.start, run.end = absorb(view, run.start, run.end, before, after)
    return runs


def _above(shadow: bytes, low: int, start: int) -> int:
    """Return the start of the few lines right above, after the last blank one."""
    for _ in range(_LINES_ABOVE):
        if start <= low:
            return low
        previous = shadow.rfind(b"\n", low, start - 1) + 1 or low
        if not shadow[previous:start].strip():
            return start
        start = previous
    return start


def _below(shadow: bytes, run: Run, high: int) -> int:
    """Return the end of the lines right below, up to a blank one, more of them for longer runs."""
    end = run.end
    if high - end <= 1:
        return high
    if shadow.startswith(b"\n\n", end):
        return end + 1
    blank = BLANK_LINES.search(shadow, end, high)
    stop = blank.start() + 1 if blank else high
    if shadow.count(b"\n", end, stop) < _LINES_BELOW + _LINES_BELOW_EACH:
        return stop
    for _ in range(_LINES_BELOW + _LINES_BELOW_EACH * run.marks(shadow)):
        line_end = shadow.find(b"\n", end, stop)
        if line_end < 0:
            return stop
        end = line_end + 1
    return end


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
