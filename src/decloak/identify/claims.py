"""Claims: what in a sentence has to stand in the text that it is about.

Numbers, names, addresses and whatever is no everyday word are claims; the words that every report
is made of are not. A claim that the text does not hold is ungrounded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from decloak.core.labels import LABELS
from decloak.identify.places import fold, names, occurrences
from decloak.indicators import read
from decloak.kb.lexicon import lookup_all
from decloak.kb.words import is_word

__all__ = ["Ground", "words_in"]

_TOKEN = re.compile(r"[^\s\"`<>(){}\[\],;|=\u2026\u201c\u201d\u2018\u00ab\u00bb]+")
_BEFORE, _AFTER = ".,:;!?'*~#-\u2013\u2014&+\u2019", ".,:;!?'*~#-\u2013\u2014/\\&+\u2019"
"""What stands around a token; a path begins with its slash."""
_MARKER = re.compile(r"\s*(?:[-*+\u2022]|\d{1,3}[.)]|#{1,6})\s+")
"""What begins an item of a list; its number says nothing about the text."""
_ATOM = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_JOINT = re.compile(r"[-/&+\u2013\u2014]")
_STAMP = re.compile(r"\d+(?:[-/:T]\d+)+Z?")
_SOCKET = re.compile(
    r"(?P<host>\S+?):(?P<port>\d{1,5})|(?P<number>\d{1,5})/(?P<protocol>[a-z]{3,4})"
)
_VERSIONED = re.compile(r"v(?:er)?(\d\S*)", re.IGNORECASE)
_CAPITAL = re.compile(r"[^\W\d_a-z][^\W_]*(?:[-'\u2019&/][^\W_]+)*")
_RUN_GAP = re.compile(r"\s+(?:(?:of|for)\s+)?")
_LINKS = frozenset({"of", "for"})
_QUOTED = re.compile(r"[\"\u201c`]([^\"\u201c\u201d`]{2,200})[\"\u201d`]")
_LONGEST_ACRONYM = 10


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of some texts, folded."""
    return frozenset(word for text in texts for word in _ATOM.findall(fold(text)))


_KINDS = words_in(LABELS) | frozenset(fold(label) for label in LABELS)


class Ground:
    """The text that a report is about, asked whether it holds what a sentence claims.

    Every question is answered in time linear in the text.

    Args:
        texts: the readable text that was shown, and what its facts mean.
        words: folded words that a report may use whatever the text says.
    """

    def __init__(self, texts: Iterable[str], words: Collection[str]) -> None:
        self._folded = "\n".join(" ".join(fold(text).split()) for text in texts)
        self._words = frozenset(words) | _KINDS
        self._known: dict[str, bool] = {}

    @cached_property
    def _atoms(self) -> frozenset[str]:
        return frozenset(_ATOM.findall(self._folded))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(_plain(each) for each in _NUMBER.findall(self._folded))

    @cached_property
    def _digits(self) -> str:
        return " ".join(["", *map(_plain, re.findall(r"\d+", self._folded)), ""])

    def holds(self, value: str, label: str = "") -> bool:
        """Whether the text names a value, as it stands, in its canonical form, or word by word."""
        if names(self._folded, value):
            return True
        canonical = read(label, value).value if label else ""
        return bool(canonical) and canonical != value and names(self._folded, canonical)

    def bears(self, label: str, value: str) -> bool:
        """Whether a value that was read in a report is the text's, or none of anybody's.

        Words that every report has, and what an acronym of the text stands for, are nobody's.
        """
        if self.holds(value, label):
            return True
        words = _ATOM.findall(fold(value))
        return all(self._free(word) for word in words) or self._spelt_out(value)

    def ungrounded(self, sentence: str) -> Iterator[str]:
        """Yield what a sentence claims and the text does not hold, in the order of the sentence."""
        start = match.end() if (match := _MARKER.match(sentence)) else 0
        for token in _TOKEN.finditer(sentence, start):
            value = token[0].lstrip(_BEFORE).rstrip(_AFTER)
            if value and not self._is_known(value):
                yield value
        yield from self._names(sentence, start)
        for match in _QUOTED.finditer(sentence, start):
            if not names(self._folded, match[1]):
                yield match[1]

    def _is_known(self, value: str) -> bool:
        folded = fold(value)
        if folded not in self._known:
            self._known[folded] = self._stands(folded)
        return self._known[folded]

    def _stands(self, value: str) -> bool:
        """Whether a folded token is no claim, or one that the text bears."""
        if not any(char.isalnum() for char in value):
            return True
        if next(occurrences(self._folded, value, most=1), None) or value in self._words:
            return True
        if not value.isdigit() and value in self._atoms:  # "p2p", of "mobile-p2p"
            return True
        if _ABBREVIATION.fullmatch(value):  # "e.g", "i.e"
            return True
        if _ATOM.fullmatch(value) and not any(map(str.isdigit, value)):
            return self._is_everyday(value)
        if _NUMBER.fullmatch(value):
            return _plain(value) in self._numbers
        if _STAMP.fullmatch(value):
            parts = map(_plain, re.findall(r"\d+", value))
            return f" {' '.join(parts)} " in self._digits
        if match := _SOCKET.fullmatch(value):
            return all(self._stands(part) for part in match.groups() if part)
        if match := _VERSIONED.fullmatch(value):
            return self._stands(match[1])
        return self._is_compound(value)

    def _is_compound(self, value: str) -> bool:
        """Whether a folded token is made of words: "time-to-live", "e-mail", "24-hour", "and/or"."""
        parts = _JOINT.split(value)
        return (
            len(parts) > 1
            and parts[-1].isalpha()
            and value.count("/") < 2
            and all(
                _plain(part) in self._numbers
                if part.isdigit()
                else len(part) == 1 or self._is_everyday(part)
                for part in parts
            )
        )

    def _is_everyday(self, word: str) -> bool:
        """Whether a folded word says nothing that would have to stand in the text, or stands there."""
        if self._free(word):
            return True
        if not is_word(word):
            return False
        # Names of things, Apache and Windows; most services are called by everyday words.
        known = (each for each in lookup_all(word) if each.label != "SERVICE")
        return all(word in each.weak for each in known)

    def _free(self, word: str) -> bool:
        plain = word.replace("\u2019", "'").removesuffix("'s")
        return word in self._words or plain in self._words or plain in self._atoms

    def beside_spelt_out(self, sentence: str) -> str:
        """Return a folded sentence without what acronyms of the text stand for."""
        spelt = (run for run, *_ in _runs(sentence, 0) if self._spelt_out(run))
        folded = fold(sentence)
        for run in spelt:
            folded = folded.replace(fold(run), " ")
        return folded

    def _names(self, sentence: str, start: int) -> Iterator[str]:
        """Yield capitalised names that the text does not hold: a word within a sentence, or several."""
        for run, at, words in _runs(sentence, start):
            first = not sentence[start:at].strip(" \t\"'*_`#([")
            if (words > 1 or not first) and not self._bears_name(run):
                yield run

    def _bears_name(self, run: str) -> bool:
        return (
            all(self._free(word) for word in _ATOM.findall(fold(run)) if word not in _LINKS)
            or names(self._folded, run)
            or self._spelt_out(run)
        )

    def _spelt_out(self, name: str) -> bool:
        """Whether a name is what an acronym of the text stands for: Secure Shell, of ``ssh``."""
        words = [word for word in _ATOM.findall(fold(name)) if word not in _LINKS]
        if len(words) < 2 or not all(word in self._atoms or is_word(word) for word in words):
            return False
        initials, letters = "".join(word[0] for word in words), "".join(words)
        return any(
            len(atom) <= _LONGEST_ACRONYM
            and atom[:1] == initials[:1]
            and _is_within(initials, atom)
            and _is_within(atom.rstrip("0123456789"), letters)
            for atom in self._atoms
        )


def _runs(sentence: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield each run of capitalised words with its place and the number of its words."""
    at = start
    while match := _CAPITAL.search(sentence, at):
        low, end, words = match.start(), match.end(), 1
        while (gap := _RUN_GAP.match(sentence, end)) and (
            following := _CAPITAL.match(sentence, gap.end())
        ):
            end, words = following.end(), words + 1
        at = end
        # Not inside an address or an identifier, which is asked about whole.
        if not low or not (sentence[low - 1].isalnum() or sentence[low - 1] in "._@:/\\-"):
            yield sentence[low:end], low, words


def _plain(number: str) -> str:
    """Return a number without leading zeros: the month 03 is the third."""
    return number.lstrip("0") or "0"


def _is_within(short: str, long: str) -> bool:
    """Whether the letters of one word come in this order in another."""
    letters = iter(long)
    return all(char in letters for char in short)
