"""Neural: the encoder with the CRF over any text, in windows, with a memory of what was read.

A stretch is read on its own: what stands before and after it is no context. So lines that repeat
are read once, and what is found does not depend on what else is in a document.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from decloak.core.entity import Tagged
from decloak.core.errors import ModelFileError
from decloak.tag.cache import Cache
from decloak.tag.crf import Floats, Found, padded
from decloak.tag.model_folder import ModelFolder, open_folder
from decloak.tag.passages import Passage, passages, window_of
from decloak.tag.places import TOKENIZER
from decloak.tag.session import Session
from decloak.tag.student.folder import open_student
from decloak.tag.student.reader import Student
from decloak.tag.tokens import Encoder

__all__ = ["Tagger", "encoder_of", "shared_student", "shared_tagger"]

_GROUP = 64
"""Windows that are read together."""
_WAITING = 1024
"""Windows that wait for one before them to be read."""
_OVERLAP = 32
"""Most pieces that neighbouring windows share."""
_LONGEST_KEY = 2048
"""Code points of a stretch that is looked up as a whole, before it is split."""


class _Job(NamedTuple):
    """A window: its text, where that begins, the range it speaks for, and how to read it.

    The passage is None, or the spans are, and only one of them.
    """

    key: str
    start: int
    own: int
    own_stop: int
    passage: Passage | None
    spans: tuple[Tagged, ...] | None


class Tagger:
    """Finds entities in text with a model folder. Any number of threads may share one.

    Args:
        folder: the model's folder, or one that was opened.
        threads: for the encoder; None for DECLOAK_THREADS, else one per idle core.
        remembered: windows whose spans are kept; None for the usual number.

    Raises:
        ModelFileError: when anything about the folder is amiss; nothing is half-loaded.
    """

    def __init__(
        self,
        folder: ModelFolder | Path | str,
        threads: int | None = None,
        remembered: int | None = None,
    ) -> None:
        self.folder = folder if isinstance(folder, ModelFolder) else open_folder(Path(folder))
        self.encoder = encoder_of(self.folder)
        self.session = Session(self.folder, threads)
        self.cache = Cache() if remembered is None else Cache(remembered)
        self._budget = self.folder.max_pieces - 2
        self._overlap = min(_OVERLAP, self._budget // 4)

    def tag(self, text: str) -> list[Tagged]:
        """Return the entities of a text in order; they do not overlap."""
        return list(self.stretches(text, [(0, len(text))]))

    def work(self, text: str) -> tuple[int, int]:
        """Return in how many windows a text is read, and their pieces."""
        sizes = [len(each.ids) for each in self.passages(text)]
        return len(sizes), sum(sizes)

    def each(self, texts: Collection[str]) -> Iterator[list[Tagged]]:
        """Yield the entities of each of many short texts."""
        joined = "\n".join(texts)
        ranges: list[tuple[int, int]] = []
        start = 0
        for text in texts:
            ranges.append((start, start + len(text)))
            start += len(text) + 1
        found = iter(self.stretches(joined, ranges))
        span = next(found, None)
        for start, end in ranges:
            here: list[Tagged] = []
            while span is not None and span.start < end:
                here.append(span._replace(start=span.start - start, end=span.end - start))
                span = next(found, None)
            yield here

    def stretches(self, text: str, ranges: Iterable[tuple[int, int]]) -> Iterator[Tagged]:
        """Yield the entities of stretches of a text, which are sorted and do not overlap.

        Holds a few windows at a time, however long the text is.
        """
        last = 0
        for job, spans in self._answered(text, self._jobs(text, ranges)):
            for start, end, label, confidence in spans:
                place, stop = job.start + start, job.start + end
                # One that begins before what its window speaks for stands where the one before saw nothing.
                if place >= last and place < job.own_stop and stop > job.own:
                    last = stop
                    yield Tagged(place, stop, label, confidence)

    def passages(self, text: str, low: int = 0, high: int | None = None) -> Iterator[Passage]:
        """Yield the windows in which a stretch of text is read."""
        stop = len(text) if high is None else high
        return passages(text, low, stop, self.encoder, self._budget, self._overlap)

    def read(self, text: str, windows: Iterable[Passage]) -> list[list[Found]]:
        """Return the entities of each window: first word, stop word, label, confidence."""
        cls, sep = self.folder.tokens["cls"], self.folder.tokens["sep"]
        rows = self.session.run([window_of(text, each, cls, sep) for each in windows])
        return self.folder.crf.decode(*padded(rows)) if rows else []

    def marginals(self, texts: Sequence[str], windows: Sequence[Passage]) -> list[Floats]:
        """Return (word, label) probabilities of each window, the n-th of the n-th text."""
        cls, sep = self.folder.tokens["cls"], self.folder.tokens["sep"]
        given = [window_of(text, each, cls, sep) for text, each in zip(texts, windows, strict=True)]
        rows = self.session.run(given)
        if not rows:
            return []
        shares = self.folder.crf.lattice(*padded(rows)).words()
        return [shares[place, : len(row)] for place, row in enumerate(rows)]

    def _jobs(self, text: str, ranges: Iterable[tuple[int, int]]) -> Iterator[_Job]:
        for low, high in ranges:
            whole = text[low:high] if high - low <= _LONGEST_KEY else ""
            if whole and (spans := self.cache.get(whole)) is not None:
                yield _Job(whole, low, low, high, None, spans)
                continue
            for each in self.passages(text, low, high):
                if whole and each.only:
                    yield _Job(whole, low, low, high, each, None)
                    continue
                key = _key(text, each)
                spans = self.cache.get(key)
                passage = each if spans is None else None
                yield _Job(key, each.start, each.own, each.own_stop, passage, spans)

    def _answered(
        self, text: str, jobs: Iterable[_Job]
    ) -> Iterator[tuple[_Job, tuple[Tagged, ...]]]:
        waiting: list[_Job] = []
        unread: dict[str, _Job] = {}
        for job in jobs:
            waiting.append(job)
            if job.spans is None:
                unread.setdefault(job.key, job)
            if len(unread) >= _GROUP or len(waiting) >= _WAITING:
                yield from self._settled(text, waiting, unread)
                waiting, unread = [], {}
        yield from self._settled(text, waiting, unread)

    def _settled(
        self, text: str, waiting: list[_Job], unread: dict[str, _Job]
    ) -> Iterator[tuple[_Job, tuple[Tagged, ...]]]:
        """Read what is not known yet and yield all windows, in their order."""
        known: dict[str, tuple[Tagged, ...]] = {}
        windows = [job.passage for job in unread.values() if job.passage is not None]
        for job, passage, found in zip(
            unread.values(), windows, self.read(text, windows), strict=True
        ):
            known[job.key] = _relative(text, job.start, passage, found)
            self.cache.put(job.key, known[job.key])
        for job in waiting:
            yield job, known[job.key] if job.spans is None else job.spans


def _key(text: str, passage: Passage) -> str:
    """Return the text of a window, marked when a word touches it from the left.

    Some tokenizers spell a word without white space before it in another way.
    """
    start = passage.start
    touched = start > 0 and not text[start - 1].isspace()
    return ("\0" if touched else "") + text[start : passage.end]


def _relative(text: str, start: int, passage: Passage, found: list[Found]) -> tuple[Tagged, ...]:
    """Return spans relative to `start`, without the line ends at their edges."""
    starts, ends = passage.words.starts, passage.words.ends
    spans: list[Tagged] = []
    for first, stop, label, confidence in found:
        low, high = first, stop
        while low < high and text[starts[low]] == "\n":
            low += 1
        while low < high and text[starts[high - 1]] == "\n":
            high -= 1
        if low < high:
            spans.append(Tagged(starts[low] - start, ends[high - 1] - start, label, confidence))
    return tuple(spans)


def encoder_of(folder: ModelFolder) -> Encoder:
    """Return what turns words into the pieces of a model.

    Raises:
        ModelFileError: when its tokenizer is damaged.
    """
    import tokenizers  # noqa: PLC0415 - start-up time of who needs no model

    data = folder.read(TOKENIZER)
    try:
        tokenizer = tokenizers.Tokenizer.from_buffer(data)
    except Exception as error:  # the library's own is a plain Exception
        message = f"{folder.path / TOKENIZER} is no tokenizer: {str(error)[:200]}"
        raise ModelFileError(message) from error
    tokenizer.no_padding()  # words are padded and cut by windows
    tokenizer.no_truncation()
    return Encoder(
        tokenizer,
        line_end=folder.tokens["sep"],
        unknown=folder.tokens["unk"],
        word_pieces=folder.word_pieces,
        prefix_space=folder.prefix_space,
    )


@lru_cache(maxsize=2)
def shared_tagger(path: Path) -> Tagger:
    """Return the tagger of a folder, the same one for all who ask; see `Tagger` for what it raises."""
    return Tagger(path)


@lru_cache(maxsize=2)
def shared_student(path: Path) -> Student | None:
    """Return the student in a model's folder, the same one for all who ask; None where it has none.

    Raises:
        ModelFileError: when anything about the folder is amiss.
    """
    folder = open_folder(path)
    tokenizer = folder.record["files"][TOKENIZER]["sha256"]
    student = open_student(path, folder.crf.labels, tokenizer)
    return None if student is None else Student(student, encoder_of(folder))
