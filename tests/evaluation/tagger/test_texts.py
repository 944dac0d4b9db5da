"""Drawing labelled texts: stratified, repeatable, with gold that stands where it says."""

from collections import Counter

import pytest

from decloak.core.errors import InputError
from decloak.corpus.sample import Label, Sample, to_line
from decloak.evaluation.tagger.conditions import CLEAN, PRESETS, SEEN, UNSEEN, conditions
from decloak.evaluation.tagger.texts import clean_samples, draw, excerpt, in_order, undisguised
from decloak.perturb import load_mix

LINE = "www{0}.example.com runs OpenSSH for Example Networks Inc.\n"


def sample(number, source="report", layout="report", split="test", lines=1, perturbed=()):
    text, entities = "", []
    for i in range(lines):
        line = LINE.format(number)
        for surface, label in (
            (f"www{number}.example.com", "DOMAIN"),
            ("OpenSSH", "SOFTWARE"),
            ("Example Networks Inc.", "ORGANIZATION"),
        ):
            at = len(text) + line.index(surface)
            entities.append(Label(at, at + len(surface), label, surface, f"test:{i}"))
        text += line
    return Sample(
        f"{source}-{number:03}", text, source, f"g{number}", tuple(entities), layout, split,
        perturbed=perturbed,
    )  # fmt: skip


SAMPLES = [
    *(sample(i) for i in range(20)),
    *(sample(i, "nmap", "normal") for i in range(12)),
    *(sample(i, "shodan", "json") for i in range(8)),
]
BY_NAME = {each.name: each for each in conditions()}


def test_every_trained_and_every_reserved_perturbation_is_a_condition():
    kinds = Counter(each.kind for each in conditions())
    assert kinds[CLEAN] == 1
    assert kinds[SEEN] == len(load_mix("default").perturbations)
    assert kinds[UNSEEN] == len(load_mix("reserved").perturbations)
    assert kinds[PRESETS] == 2
    assert len(BY_NAME) == sum(kinds.values())


def test_seen_and_unseen_share_no_way_of_disguising():
    def ways(kind):
        found = set()
        for each in conditions():
            if each.kind == kind:
                (made,) = each.mix.perturbations
                found |= {(made.name, way) for way in getattr(made, "variants", ("all",))}
        return found

    assert not ways(SEEN) & ways(UNSEEN)


def test_every_prefix_is_stratified():
    ordered = in_order(SAMPLES, seed=3)
    assert sorted(each.id for each in ordered) == sorted(each.id for each in SAMPLES)
    for size in (10, 20, 30):
        counts = Counter(each.source for each in ordered[:size])
        assert counts["report"] == pytest.approx(size * 0.5, abs=1)
        assert counts["nmap"] == pytest.approx(size * 0.3, abs=1)


def test_the_order_depends_on_the_seed_alone():
    ids = [each.id for each in in_order(SAMPLES, seed=3)]
    assert ids == [each.id for each in in_order(SAMPLES[::-1], seed=3)]
    assert ids != [each.id for each in in_order(SAMPLES, seed=4)]


@pytest.mark.parametrize("name", [each.name for each in conditions() if each.mix])
def test_gold_stands_where_it_says(name):
    ordered = in_order(SAMPLES, seed=1)
    made = draw(ordered, BY_NAME[name], 6, seed=1)
    clean = {text.id: text for text in draw(ordered, BY_NAME["clean"], 40, seed=1)}
    for text in made:
        plain = clean[text.id]
        assert text.text != plain.text
        assert len(text.gold) == len(plain.gold)
        assert text.disguised <= {(each.start, each.end) for each in text.gold}
        untouched = [each for each in text.gold if (each.start, each.end) not in text.disguised]
        for each in untouched:
            assert text.text[each.start : each.end] == each.value
    assert draw(ordered, BY_NAME[name], 6, seed=1) == made


def test_a_share_of_one_disguises_all_that_can_be():
    ordered = in_order(SAMPLES, seed=1)
    full = draw(ordered, BY_NAME["zero_width"], 10, seed=1, share=1.0)
    assert all(len(text.disguised) == 3 for text in full)
    part = draw(ordered, BY_NAME["zero_width"], 10, seed=1, share=0.4)
    assert sum(len(text.disguised) for text in part) < 25


def test_layouts_for_programs_are_not_disguised():
    ordered = in_order(SAMPLES, seed=1)
    assert {text.source for text in draw(ordered, BY_NAME["clean"], 40, 1)} >= {"shodan"}
    for name in ("leet", "bidi"):
        assert "shodan" not in {text.source for text in draw(ordered, BY_NAME[name], 40, 1)}


def test_line_breaks_inside_entities_are_for_running_text():
    made = draw(in_order(SAMPLES, seed=1), BY_NAME["soft_break"], 40, seed=1)
    assert {text.source for text in made} == {"report"}


def test_only_labels_that_the_corpus_uses_can_be_spurious():
    (text, *_) = draw(in_order(SAMPLES, seed=1), BY_NAME["clean"], 1, seed=1)
    assert text.checks("DOMAIN")
    assert not text.checks("HASH")


def test_long_documents_end_at_a_line_end():
    long = sample(1, lines=100)
    short = excerpt(long, 1000)
    assert len(short.text) <= 1000
    assert short.text.endswith("\n")
    assert long.text.startswith(short.text)
    assert len(short.entities) == 3 * short.text.count("\n")
    assert short.problems() == []
    assert excerpt(sample(1), 1000) == sample(1)


def test_a_document_without_a_line_end_in_reach_is_not_cut():
    text = "x" * 3000
    assert excerpt(Sample("a", text, "shodan", "g", (), "json", "test"), 1000) is None


def test_no_entity_is_cut_in_two():
    text = "a\nbb\ncc\nd" + "x" * 50
    made = excerpt(
        Sample("a", text, "nmap", "g", (Label(2, 7, "SOFTWARE", "bb cc", ""),), "normal", "test"), 6
    )
    assert (made.text, made.entities) == ("a\n", ())


def test_the_undisguised_twin_is_cut_the_same_way():
    long = sample(7, lines=200)
    (plain,) = undisguised([long, sample(8)], {long.id})
    (made,) = draw([long], BY_NAME["zero_width"], 1, seed=1)
    assert len(plain.gold) == len(made.gold)
    assert [each.label for each in plain.gold] == [each.label for each in made.gold]


def test_parts_are_kept_apart_and_disguised_samples_left_out(tmp_path):
    rows = [sample(1), sample(2, split="train"), sample(3, perturbed=("leet",))]
    file = tmp_path / "corpus.jsonl"
    file.write_text("".join(map(to_line, rows)), "utf-8")
    assert [each.id for each in clean_samples(file, "test")] == ["report-001"]
    with pytest.raises(InputError, match="validation"):
        clean_samples(file, "validation")
