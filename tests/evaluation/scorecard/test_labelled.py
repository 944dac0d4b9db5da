"""Labelled files: every format says the same, and what is wrong in one is named and costs nothing else."""

import json

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin

from decloak.core.errors import InputError, UnreadableError
from decloak.evaluation.labelled import Problem, Row, read_rows
from decloak.evaluation.scorecard import load_gold

TEXT = "APT28 used 𝐗-Agent against example.org ."
SPANS = [(0, 5, "THREAT_ACTOR"), (11, 18, "MALWARE"), (27, 38, "DOMAIN")]


def rows(path, form=None):
    return [each for each in read_rows(path, form) if isinstance(each, Row)]


def problems(path, form=None):
    return [str(each) for each in read_rows(path, form) if isinstance(each, Problem)]


def units(place):
    return len(TEXT[:place].encode("utf-16-le")) // 2


def write_jsonl(folder):
    entities = [{"start": s, "end": e, "label": label} for s, e, label in SPANS]
    path = folder / "rows.jsonl"
    path.write_text(json.dumps({"id": "1", "text": TEXT, "entities": entities}) + "\n", "utf-8")
    return path


def write_doccano(folder):
    path = folder / "doccano.jsonl"
    path.write_text(json.dumps({"id": 1, "text": TEXT, "label": [list(s) for s in SPANS]}), "utf-8")
    return path


def write_conll(folder):
    tags = dict.fromkeys(TEXT.split(), "O")
    tags |= {"APT28": "B-THREAT_ACTOR", "𝐗-Agent": "B-MALWARE", "example.org": "B-DOMAIN"}
    path = folder / "rows.conll"
    path.write_text("# id = 1\n" + "".join(f"{a}\t{b}\n" for a, b in tags.items()) + "\n", "utf-8")
    return path


def write_spacy(folder):
    document = spacy.blank("xx").make_doc(TEXT)
    document.ents = [
        document.char_span(s, e, label, alignment_mode="expand") for s, e, label in SPANS
    ]
    path = folder / "rows.spacy"
    DocBin(docs=[document]).to_disk(path)
    return path


def write_brat(folder):
    (folder / "1.txt").write_text(TEXT, "utf-8")
    path = folder / "1.ann"
    lines = [f"T{i}\t{label} {s} {e}\t{TEXT[s:e]}\n" for i, (s, e, label) in enumerate(SPANS)]
    path.write_text("".join(lines) + "R1\tUses Arg1:T0 Arg2:T1\n", "utf-8")
    return path


def write_label_studio(folder):
    result = [
        {"type": "labels", "value": {"start": units(s), "end": units(e), "labels": [label]}}
        for s, e, label in SPANS
    ]
    path = folder / "tasks.json"
    cancelled = {"was_cancelled": True, "result": []}
    task = {"id": 1, "data": {"text": TEXT}, "annotations": [cancelled, {"result": result}]}
    path.write_text(json.dumps([task]), "utf-8")
    return path


@pytest.mark.parametrize(
    "write",
    [write_jsonl, write_doccano, write_conll, write_spacy, write_brat, write_label_studio],
)
def test_every_format_says_the_same(write, tmp_path):
    gold = load_gold([write(tmp_path)])
    assert gold.problems == ()
    (text,) = gold.texts
    assert text.id == "1"
    assert text.text == TEXT
    assert [(each.start, each.end, each.label) for each in text.gold] == SPANS
    assert all(each.value == TEXT[each.start : each.end] for each in text.gold)
    assert text.exhaustive == {label for _, _, label in SPANS}


def test_what_is_wrong_is_named_with_its_line_and_the_rest_is_scored(tmp_path):
    path = tmp_path / "rows.jsonl"
    good = {"start": 0, "end": 5, "label": "threat-actor"}
    lines = [
        b'{"id": "a", "text": "APT28 came", "entities": [',
        json.dumps({"id": "a", "text": "APT28 came", "entities": [good]}).encode(),
        json.dumps({"id": "a", "text": "twice", "entities": []}).encode(),
        json.dumps({"id": "b", "text": "APT28", "entities": [good, good]}).encode(),
        json.dumps({"id": "c", "text": "x", "entities": [{"start": 0, "end": 9, "label": "OS"}]}).encode(),
        json.dumps({"id": "d", "text": "x", "entities": [{"start": 1, "end": 1, "label": "OS"}]}).encode(),
        json.dumps({"id": "e", "text": "x", "entities": [{"start": 0, "end": 1}]}).encode(),
        json.dumps({"id": "f", "text": "x y", "entities": [{**good, "end": 1, "text": "z"}]}).encode(),
        b'{"id": "g", "text": "\xff", "entities": []}',
        b"[]",
        json.dumps({"id": "h", "text": "no list"}).encode(),
        json.dumps({"id": "i", "entities": [good]}).encode(),
        json.dumps({"id": "j", "text": "x", "entities": [{**good, "start": True}]}).encode(),
    ]  # fmt: skip
    path.write_bytes(b"\n".join(lines))
    gold = load_gold([path])
    assert [text.id for text in gold.texts] == ["a", "b", "c", "d", "e", "f", "j"]
    assert [len(text.gold) for text in gold.texts] == [1, 1, 0, 0, 0, 0, 0]
    assert gold.texts[0].gold[0].label == "THREAT_ACTOR"
    said = {each.where.rpartition(":")[2]: each.reason for each in gold.problems}
    for line, words in {
        "1": "no JSON", "3": "'a' is taken", "4": "twice", "5": "leaves the text of 1",
        "6": "empty or reversed", "7": "without 'label'", "8": "not 'z'", "9": "no JSON in UTF-8",
        "10": "no object", "11": "no list of entities", "12": "no text", "13": "no whole numbers",
    }.items():  # fmt: skip
        assert words in said.pop(line)
    assert not said


def test_labels_of_others_are_ours_where_they_mean_the_same_and_the_user_has_the_last_word(
    tmp_path,
):
    path = tmp_path / "rows.jsonl"
    labels = ["ipv4s", "Threat Group", "domains", "Quirk", "Product"]
    spans = [[i, i + 1, label] for i, label in enumerate(labels)]
    path.write_text(json.dumps({"text": "abcde", "label": spans}), "utf-8")
    read = [each.label for each in load_gold([path]).texts[0].gold]
    assert read == ["IP_ADDRESS", "THREAT_ACTOR", "DOMAIN", "QUIRK", "SOFTWARE"]
    gold = load_gold([path], mapped={"Quirk": "", "Product": "OS"})
    assert [each.label for each in gold.texts[0].gold] == [*read[:3], "OS"]


def test_a_sentence_ends_an_entity_and_old_schemes_are_read(tmp_path):
    path = tmp_path / "rows.conll"
    path.write_text(
        "-DOCSTART- O\n\nFancy I-ORG\nBear I-ORG\n\nand B-OS\nmore L-OS\nU U-ORG\nx E-OS\n"
        "broken ?-Q\nalone\n", "utf-8"
    )  # fmt: skip
    first, second = rows(path)
    assert [(s.value, s.label) for s in first.spans] == [("Fancy Bear", "ORG")]
    assert [s.value for s in second.spans] == ["and more", "U", "x"]
    assert [each.partition(": ")[2] for each in problems(path)] == [
        "'?-Q' is no tag (O, B-LABEL, I-LABEL ...)", "a token without a tag",
    ]  # fmt: skip


def test_what_cannot_be_read_at_all_is_one_error(tmp_path):
    with pytest.raises(UnreadableError, match="no such file"):
        load_gold([tmp_path / "none.jsonl"])
    (tmp_path / "a.spacy").write_bytes(b"damaged")
    with pytest.raises(InputError, match="no DocBin"):
        load_gold([tmp_path / "a.spacy"])
    (tmp_path / "prose").write_text("Just prose, with words in it.\n")
    with pytest.raises(InputError, match="is not clear"):
        load_gold([tmp_path / "prose"])
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match="nothing to score"):
        load_gold([tmp_path / "empty.jsonl"])


@given(data=st.binary(max_size=300))
def test_no_bytes_break_a_reader(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    (folder / "x.txt").write_bytes(data)
    for name, form in (
        ("x.jsonl", "jsonl"),
        ("x.conll", "conll"),
        ("x.json", "label-studio"),
        ("x.ann", "brat"),
    ):
        (folder / name).write_bytes(data)
        for each in read_rows(folder / name, form):
            assert isinstance(each, Row | Problem)
