"""Systems with a random model: what it finds is nonsense, and must be mapped back exactly."""

import pytest

from decloak.core.errors import ModelFileError
from decloak.decode import decode
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import Decoded, TaggerSystem, digest
from decloak.tag.neural import Tagger

PLAIN = "22/tcp open ssh OpenSSH 8.4p1 at www.example.com for Example Networks Inc.\n" * 4
HIDDEN = PLAIN.replace("www.example.com", "www[.]example[.]com").replace("OpenSSH", "Open\u200bSSH")


def test_the_model_alone_reads_the_raw_text(tiny_model):
    (said,) = Answers().of(TaggerSystem("m", tiny_model), [HIDDEN])
    assert [each[:4] for each in said] == [tuple(each) for each in Tagger(tiny_model).tag(HIDDEN)]
    assert said


def test_decoded_spans_point_into_the_raw_text(tiny_model):
    plain, through = Answers().of(Decoded("d", TaggerSystem("m", tiny_model)), [PLAIN, HIDDEN])
    assert [each.label for each in plain] == [each.label for each in through]
    assert [each.value for each in plain] == [each.value for each in through]
    apart = Decoded("d", TaggerSystem("m", tiny_model)).open()
    assert [plain, through] == [apart(PLAIN), apart(HIDDEN)]
    alignment = decode(HIDDEN).alignment
    assert not alignment.is_identity
    assert [each[:2] for each in through] == [alignment.to_raw(*each[:2]) for each in plain]


def test_the_key_tells_models_and_ways_apart(tiny_model, model_maker, tmp_path):
    other = model_maker(tmp_path / "other", seed=7)
    keys = {TaggerSystem("m", tiny_model).key, Decoded("m", TaggerSystem("m", tiny_model)).key,
            TaggerSystem("m", other).key}  # fmt: skip
    assert len(keys) == 3
    assert digest(tiny_model) == digest(tiny_model)


def test_no_model_is_an_error(tmp_path):
    with pytest.raises(ModelFileError, match="nowhere"):
        Answers().of(TaggerSystem("m", tmp_path / "nowhere"), ["text"])
