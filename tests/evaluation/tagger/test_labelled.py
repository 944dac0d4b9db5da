"""Documents by others: which belong together, and what can be wrong in them."""

import json

from decloak.evaluation.halves import is_training_half
from decloak.evaluation.tagger.labelled import labelled_texts, table
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import PipelineSystem


def row(name, source, group="g", **more):
    entity = {"start": 4, "end": 13, "label": "IP_ADDRESS", "text": "192.0.2.7"}
    device = {"start": 0, "end": 3, "label": "DEVICE", "text": "see"}
    return {
        "id": name, "source": source, "group": group, "text": "see 192.0.2.7 and 192.0.2.8",
        "gold": {"entities": [entity, device]}, **more,
    }  # fmt: skip


def written(folder, *rows):
    (folder / "rows.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")
    return folder


def test_kinds_follow_what_may_be_trained_on(tmp_path):
    groups = ("recog:a", "recog:b", "recog:c")
    rows = [row(f"recog/{group}/1", "banner", group) for group in groups]
    rows += [row("cyner/valid/1", "report"), row("cyner/train/1", "report"),
             row("annoctr/a__s1", "report"), row("x/1", "nmap")]  # fmt: skip
    kinds = {text.id: text.source for text in labelled_texts(written(tmp_path, *rows), 9, 1)}
    assert kinds["cyner/valid/1"] == "report: cyner/valid"
    assert kinds["cyner/train/1"] == "report: cyner/train"
    assert kinds["annoctr/a__s1"] == "report: annoctr"
    assert kinds["x/1"] == "nmap"
    for group in groups:
        half = "training half" if is_training_half(group) else "held out"
        assert kinds[f"recog/{group}/1"] == f"banner, {half}"


def test_at_most_so_many_of_a_kind(tmp_path):
    rows = [row(f"x/{i}", "nmap") for i in range(10)] + [row(f"y/{i}", "dig") for i in range(3)]
    folder = written(tmp_path, *rows)
    drawn = labelled_texts(folder, 4, seed=1)
    assert sorted(text.source for text in drawn) == ["dig"] * 3 + ["nmap"] * 4
    assert drawn == labelled_texts(folder, 4, seed=1)


def test_precision_only_where_the_gold_is_complete(tmp_path):
    rows = [
        row("a/1", "nmap", exhaustive=["IP_ADDRESS"]),
        row("a/2", "dig", exhaustive=["IP_ADDRESS"], ignore=[[14, 27]]),
        row("a/3", "whois"),
    ]
    texts = labelled_texts(written(tmp_path, *rows), 9, 1)
    made = table([PipelineSystem("off", "off")], texts, Answers())
    by_kind = {row[0]: row[2:] for row in made.rows}
    assert by_kind["nmap"] == (1, "off", "1.000", "1.000", "0.500", "0.667", "0.667", "IP_ADDRESS")
    assert by_kind["dig"][4:6] == ("1.000", "1.000")
    assert by_kind["whois"] == (1, "off", "1.000", "1.000", "–", "–", "–", "–")
