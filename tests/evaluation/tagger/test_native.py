"""A model with the labels of CyNER: loaded under stand-ins, scored under its own."""

import json

import pytest

from decloak.core.errors import InputError
from decloak.core.labels import LABELS
from decloak.evaluation.tagger.cyner import tables
from decloak.evaluation.tagger.predict import Answers

pytest.importorskip("seqeval", reason="seqeval is not installed")

NATIVE = ("System", "Malware", "Indicator", "Organization", "Vulnerability")
TEXT = "Zzyxwort asks 192.0.2.1 and 192.0.2.7 on Android for orders"


@pytest.fixture
def native_model(tmp_path, model_maker):
    folder = model_maker(tmp_path / "native", names=list(LABELS)[:5])
    told = json.loads((folder / "model.json").read_text())
    told["labels"] = ["O", *(f"{part}-{name}" for name in NATIVE for part in "BI")]
    (folder / "model.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def data(tmp_path):
    spans = [("Zzyxwort", "Malware"), ("192.0.2.1", "Indicator"), ("192.0.2.7", "Indicator")]
    gold = [
        {"start": TEXT.index(text), "end": TEXT.index(text) + len(text), "native": native}
        for text, native in spans
    ]
    rows = [
        {"id": f"cyner/{part}/{i}", "text": TEXT, "gold": {"entities": gold}}
        for part in ("train", "valid") for i in range(6)
    ]  # fmt: skip
    (tmp_path / "report.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return tmp_path


def test_rows_for_every_way_and_the_published_figures(data, native_model):
    main, labels, trust = tables(data, native_model, Answers())
    assert [row[0] for row in main.rows] == [
        "SecureBERT (published)", "SecBERT (published)", "CyBERT (published)",
        "decode, sources and gazetteers, nothing trained",
        "random + CRF", "random + CRF + decode", "random + CRF + decode, sources, gazetteers",
    ]  # fmt: skip
    nothing = main.rows[3]
    assert nothing[1:] == ("1.000", "0.667", "0.800")
    assert [row[:2] for row in trust.rows] == [("IP_ADDRESS", "Indicator")]
    assert ("Indicator", 12) in [row[:2] for row in labels.rows]
    helped, alone = float(main.rows[6][2]), float(main.rows[5][2])
    assert helped >= alone


def test_other_labels_are_refused(data, tiny_model):
    with pytest.raises(InputError, match="not those of CyNER: ORGANIZATION"):
        tables(data, tiny_model, Answers())
