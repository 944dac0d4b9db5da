"""The digits of a name: disguise the letters as anyone likes, another number stays another thing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak import extract
from decloak.core.document import Document
from decloak.indicators.disguise import keeps_digits
from decloak.kb.lexicon import entries, lookup_all
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.verify.restore import restored

NUMBERED = sorted({
    (entry.label, name)
    for label in ("SOFTWARE", "OS", "ORGANIZATION", "MALWARE", "THREAT_ACTOR")
    for entry in entries(label)
    for name in entry.names
    if any(map(str.isdigit, name)) and sum(map(str.isalpha, name)) > 3 and name.isascii()
})  # fmt: skip
SIGNS = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8", "g": "9"}
FIELDS = {
    "SOFTWARE": "80/tcp open http {}\n", "OS": "OS details: {}\n",
    "ORGANIZATION": "Registrant Organization: {}\n", "MALWARE": "Infections with {} have doubled.\n",
    "THREAT_ACTOR": "The report attributes it to {}, again.\n",
}  # fmt: skip


@cache
def _pipeline() -> Pipeline:
    return Pipeline(Settings(tagger="off"))


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _names(value: str) -> Iterator[str]:
    return (name for entry in lookup_all(value) for name in entry.names)


def _has(name: str, digits: str) -> bool:
    """Whether the digits of a name are some in their order."""
    rest = iter(_digits(name))
    return all(digit in rest for digit in digits)


@settings(max_examples=300)
@given(data=st.data())
def test_a_number_that_was_changed_stays_changed(data: st.DataObject) -> None:
    """Letters become digits at some places, one digit becomes another: its place must keep it."""
    label, name = data.draw(st.sampled_from(NUMBERED))
    places = [i for i, char in enumerate(name) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([c for c in "0123456789" if c != name[place]]))
    changed = name[:place] + other + name[place + 1 :]
    letters = [i for i, char in enumerate(name) if char.lower() in SIGNS]
    hidden = data.draw(st.sets(st.sampled_from(letters), max_size=3)) if letters else set()
    written = "".join(SIGNS[c.lower()] if i in hidden else c for i, c in enumerate(changed))
    if lookup_all(changed) or lookup_all(written):
        return
    text = FIELDS[label].format(written)
    for entity in _pipeline().run(Document("x", text)).entities:
        if entity.label in FIELDS and entity.text in written and entity.value != entity.text:
            first = entity.start - text.index(written)
            own = "".join(changed[i] for i in places if first <= i < first + len(entity.text))
            spelt = {entity.value, *_names(entity.value)}  # exim4 is Exim
            assert any(_has(name, own) for name in spelt), (written, entity.value)


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("W1nd0ws Serv3r 2019", "OS", "Windows Server 2019"),
        ("W1nd0ws Serv3r 2016", "OS", "Windows Server 2016"),
        ("OS details: W1nd0ws 10\n", "OS", "Windows 10"),
        ("Registrant Organization: 0ffice 366\n", "ORGANIZATION", "Office 366"),
        ("80/tcp open http Office 366 1.2\n", "SOFTWARE", "Office 366"),
    ],
)
def test_the_number_that_stands_is_the_number_that_is_told(
    text: str, label: str, value: str
) -> None:
    said = [(entity.label, entity.value) for entity in extract(text, tagger="off").entities]
    assert (label, value) in said


@pytest.mark.parametrize(
    ("label", "name", "expected"),
    [
        ("OS", "W1nd0ws 10", ("Windows 10", "leet")),
        ("OS", "Windows-2002", None),
        ("SOFTWARE", "M1cr0soft 0ff1ce 365", None),
    ],
)
def test_a_name_with_its_own_digits_is_restored_with_them(
    label: str, name: str, expected: tuple[str, str] | None
) -> None:
    found = restored(label, name)
    assert found == expected or (expected is None and found and keeps_digits(name, found[0]))


@pytest.mark.parametrize(
    ("written", "name", "kept"),
    [("2019", "2016", False), ("Serv3r", "Server", True), ("Log4j", "Log4j", True),
     ("L0g4j", "Log4j", True), ("L0g9j", "Log4j", False), ("111", "11", False), ("365", "366", False),
     ("OpenSSH22", "OpenSSH2", False), ("3", "E", True), ("l", "1", True)],
)  # fmt: skip
def test_digits_are_kept_or_stand_for_letters(written: str, name: str, kept: bool) -> None:  # noqa: FBT001 - a case
    assert keeps_digits(written, name) == kept
