"""Cut text: one large text into stretches that read alone as they read in the whole.

No grammar says in advance where its memory ends, so every cut is tried: what stands around it is read at
once and in two, and it is made only where both give the same entities and records. What reaches farther
than that is ruled out by what the text is there: no cut stands within JSON or XML, and none within the output of
a tool, unless the next line begins another output. Where no cut can be, the stretch stays whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from decloak.batch.pieces import Piece
from decloak.core.document import Document, View
from decloak.core.facts import Segment
from decloak.core.serialise import result_output
from decloak.pipeline import Pipeline
from decloak.readers.streams import MAX_DOCUMENT
from decloak.sources.containers import find_containers

__all__ = ["text_pieces"]

_CONTEXT = 16 << 10
"""Bytes on each side of a cut that are read, and up to as many more to a blank line."""
_REGION = 256 << 10
"""Bytes in which a cut is looked for, before the stretch is made longer."""
_TRIES = 12
"""Places of a region that are tried, spread over it."""
_BLOCK = 1 << 20
_PROSE = "prose"

_HEAD = (
    rb"[ \t>]*(?:(?:# |Starting )Nmap [0-9]|; <<>> DiG )"
    rb"|[^\n]{0,80}[$#%>][ \t]+(?:sudo[ \t]+)?(?:nmap|dig|whois|host|nslookup|shodan)[ \t]"
)
"""The first line of an output: what was read before it is over."""
_IS_HEAD = re.compile(_HEAD)
_PLACES = re.compile(rb"\n(?:(?:[ \t\r]*\n)+|(?=" + _HEAD + rb"))")
_BLANK = re.compile(rb"\n(?:[ \t\r]*\n)+")
_MARKS = (0xEF, 0xFE, 0xFF, 0x00)
"""Bytes that byte-order marks begin with."""


def text_pieces(whole: Piece, stream: IO[bytes], least: int, pipeline: Pipeline) -> Iterator[Piece]:
    """Yield stretches of a text in UTF-8, of at least so many bytes but for the last.

    Args:
        whole: the piece of the file.
        stream: of its bytes, from the first.
        least: bytes of a stretch, at least 1.
        pipeline: what the text is read with, without a model.
    """
    stream.seek(0)
    start = first = 0
    data = bytearray()
    more = True
    while more or data:
        want, cut = least, 0
        while not cut:
            more = more and _filled(stream, data, want + _REGION + 2 * _CONTEXT)
            if not more and len(data) <= want + want // 2:
                cut = len(data)
            elif len(data) > MAX_DOCUMENT:
                message = (
                    f"from byte {start} on there is no place in {MAX_DOCUMENT >> 20} MiB where "
                )
                message += "it can be split; split it first"
                yield whole._replace(kind="failure", size=0, start=start, message=message)
                return
            else:
                cut = _cut(data, want, pipeline)
                want += want // 4 + 1
        taken = bytes(data[:cut])
        del data[:cut]
        if taken:
            yield whole._replace(
                kind="text",
                size=cut,
                start=start,
                end=start + cut,
                first=first,
                digest=hashlib.blake2b(taken, digest_size=16).hexdigest(),
            )
        text = taken.decode("utf-8", "replace")
        first += len(text) - (not start and text.startswith("\ufeff"))
        start += cut


def _filled(stream: IO[bytes], data: bytearray, size: int) -> bool:
    """Read until there are so many bytes; whether there may be more."""
    while len(data) < size:
        block = stream.read(_BLOCK)
        if not block:
            return False
        data += block
    return True


def _cut(data: bytearray, low: int, pipeline: Pipeline) -> int:
    """Return where to cut in the region from `low` on; 0 where nowhere."""
    closed: list[tuple[int, int]] | None = None
    for place in _places(data, low):
        if not _reads_alone(data, place, pipeline):
            continue
        if closed is None:  # costs more than a try, and is right for all of them
            closed = _containers(data)
        if not any(start < place < end for start, end in closed):
            return place
    return 0


def _places(data: bytearray, low: int) -> Iterator[int]:
    """Yield places of a region to try: where an output begins, then behind blank lines, spread over it."""
    heads: list[int] = []
    blanks: list[int] = []
    for match in _PLACES.finditer(data, low, low + _REGION):
        place = match.end()
        if place < len(data) and data[place] not in _MARKS:
            (heads if _IS_HEAD.match(data, place) else blanks).append(place)
    for found in (heads, blanks):
        yield from islice(found, 0, None, max(1, len(found) // _TRIES))


def _containers(data: bytearray) -> list[tuple[int, int]]:
    """Return where JSON and XML stand, in bytes."""
    text = data.decode("utf-8", "replace")
    found = [(each.start, each.end) for each in find_containers(View(text))]
    if text.isascii():
        return found
    made, place, position = [], 0, 0
    for start, end in found:
        position += len(text[place:start].encode())
        length = len(text[start:end].encode())
        made.append((position, position + length))
        place, position = end, position + length
    return made


def _reads_alone(data: bytearray, place: int, pipeline: Pipeline) -> bool:
    """Whether what stands around a place reads in two as it reads at once."""
    left = data[_before(data, place) : place].decode("utf-8", "replace")
    right = data[place : _behind(data, place)].decode("utf-8", "replace")
    above, below = _segments(left, pipeline), _segments(right, pipeline)
    goes_on = above and below and above[-1].source == below[0].source != _PROSE
    if goes_on and _IS_HEAD.match(data, place) is None:
        return False
    joint = _found(left + right, 0, pipeline)
    first, second = _found(left, 0, pipeline), _found(right, len(left), pipeline)
    return all(joint[key] == first[key] + second[key] for key in ("entities", "records"))


def _before(data: bytearray, place: int) -> int:
    low = max(0, place - _CONTEXT)
    found = 0
    for match in _BLANK.finditer(data, max(0, low - _CONTEXT), low):
        found = match.end()
    return found or data.rfind(b"\n", 0, low) + 1


def _behind(data: bytearray, place: int) -> int:
    high = min(len(data), place + _CONTEXT)
    match = _BLANK.search(data, high, high + _CONTEXT)
    if match is not None:
        return match.end()
    end = data.find(b"\n", high)
    return end + 1 if end >= 0 else len(data)


def _segments(text: str, pipeline: Pipeline) -> list[Segment]:
    return pipeline.read(Document("-", text))[1]


def _found(text: str, base: int, pipeline: Pipeline) -> dict[str, Any]:
    return result_output(pipeline.run(Document("-", text)), convert=base.__add__)
