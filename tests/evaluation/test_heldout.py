"""The second generator: repeatable, apart from the rest, and judged by its own lights."""

import ast
from pathlib import Path

import pytest

import decloak.evaluation.heldout as package
from decloak.core.document import Document
from decloak.core.entity import Entity, Status
from decloak.core.result import Result
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.heldout import tables
from decloak.evaluation.heldout.documents import places
from decloak.evaluation.heldout.families import ABBREVIATION, FAMILIES
from decloak.evaluation.heldout.generate import Item, generate
from decloak.evaluation.heldout.measure import Tally, judge
from decloak.evaluation.heldout.names import FIRST_HELD, names, part_of
from decloak.evaluation.score import Gold
from decloak.pipeline import Pipeline

MODULES = sorted(Path(package.__file__).parent.glob("*.py"))
ALLOWED = ("decloak.core", "decloak.evaluation.heldout", "decloak.evaluation.gold",
           "decloak.evaluation.report", "decloak.evaluation.runner")  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_code_is_shared_with_what_is_measured(module):
    tree = ast.parse(module.read_text("utf-8"))
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = [name for name in imported if name and name.startswith("decloak")]
    assert all(name.startswith(ALLOWED) for name in ours)


def test_a_seed_gives_the_same_texts_again_and_another_others():
    first, again, other = (list(generate(seed, 3)) for seed in (7, 7, 8))
    assert first == again
    assert {item.text for item in first}.isdisjoint(item.text for item in other)


def test_each_family_hides_as_many_values_as_were_asked_for():
    made = list(generate(5, 12))
    for family in (*FAMILIES, ABBREVIATION):
        assert sum(item.family == family for item in made) == 12


def test_the_places_before_and_after_are_those_of_the_value():
    for item in generate(6, 25):
        plain, hidden = (
            item.plain[item.plain_start : item.plain_end],
            item.text[item.start : item.end],
        )
        assert plain in item.answers
        assert hidden != plain or item.family == ABBREVIATION or item.text != item.plain
        assert item.family == ABBREVIATION or hidden.casefold() != plain.casefold() or "0" in hidden
        assert item.plain[: item.plain_start] in item.text or "\n> " in item.plain


def test_names_that_guide_work_are_not_those_that_measure():
    guiding, measuring = names(part_of(1)), names(part_of(FIRST_HELD))
    assert {name.name for name in guiding}.isdisjoint(name.name for name in measuring)
    assert min(len(guiding), len(measuring)) > 100


def test_labelled_documents_lend_their_places():
    text = "Registrar: Example\nName Server: ns1.example.com\n"
    gold = (Gold(32, 47, "DOMAIN", "ns1.example.com"),)
    row = GoldDocument("d/1", "whois", text, gold, frozenset(), ())
    (place,) = places([row], part_of(1))["DOMAIN"]
    assert (place.before + place.value + place.after, place.value) == (text, "ns1.example.com")
    made = list(generate(3, 20, places([row], part_of(3))))
    assert any("Registrar: Example\n" in item.plain for item in made)


def item(**other):
    given = {"family": "defang", "label": "DOMAIN", "text": "to a[.]org now", "start": 3, "end": 10,
             "plain": "to a.org now", "plain_start": 3, "plain_end": 8,
             "answers": frozenset(["a.org"])}  # fmt: skip
    return Item(**{**given, **other})


def entity(label, start, end, value, resembles=None):
    return Entity(label, start, end, value, value, value, 0.9, Status.ACCEPTED, (), (), resembles)


@pytest.mark.parametrize(
    ("said", "before", "expected"),
    [
        ([("DOMAIN", 3, 10, "A.org.")], [("DOMAIN", 3, 8, "a.org")], Tally(1, 1, 1, 1, 0)),
        ([("DOMAIN", 3, 10, "b.org")], [("DOMAIN", 3, 8, "a.org")], Tally(1, 0, 1, 0, 1)),
        ([("URL", 3, 10, "a.org")], [], Tally(1, 0, 0, 0, 1)),
        ([("DOMAIN", 3, 10, "a.org"), ("DOMAIN", 3, 4, "a")], [], Tally(1, 1, 0, 0, 1)),
        ([("URL", 0, 12, "http://a.org")], [], Tally(1)),
        ([("DOMAIN", 11, 14, "a.org")], [], Tally(1)),
    ],
)
def test_what_is_said_at_the_place_is_counted(said, before, expected):
    tally, _ = judge(item(), [entity(*each) for each in said], [entity(*each) for each in before])
    assert tally == expected


def test_of_a_look_alike_what_it_resembles_is_asked_for():
    hidden = item(look_alike=True)
    assert not judge(hidden, [entity("DOMAIN", 3, 10, "a.org")], [])[0].found
    assert judge(hidden, [entity("DOMAIN", 3, 10, "xn--a.org", "a.org")], [])[0].found


def test_kinds_of_names_may_differ_and_kinds_of_values_may_not():
    hidden = item(label="SOFTWARE", answers=frozenset(["nginx"]))
    assert judge(hidden, [entity("SERVICE", 3, 10, "Nginx")], [])[0].found
    assert not judge(hidden, [entity("DOMAIN", 3, 10, "nginx")], [])[0].found


class Silent:
    """Finds nothing, ever."""

    def run(self, document: Document) -> Result:
        return Result(document.id, "prose", document.text, (), (), ())


def test_who_finds_nothing_gets_nothing():
    family, label = tables(Silent(), 200, 2)
    assert {row[3] for row in family.rows} == {"0.0 %"}
    assert {row[5] for row in label.rows} == {"–"}


def test_the_pipeline_undoes_most_of_what_can_be_undone():
    family, _, losses = tables(Pipeline(), 2, 6, examples=5)
    (total,) = [row for row in family.rows if row[0] == "all"]
    assert float(str(total[3]).rstrip(" %")) > 70
    assert len(losses.rows) <= 5
