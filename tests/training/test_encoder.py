"""Loading paths of encoders: SecureBERT's format (RoBERTa, byte-level BPE), and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from decloak.core.errors import InputError
from decloak.tag.words import split
from decloak.training.encoder import load_base, load_encoder
from decloak.training.excerpts import Excerpt
from decloak.training.prepare import Recipe, prepare
from decloak.training.run import load_trained, train
from decloak.training.settings import Dropout, TrainSettings
from decloak.training.vocabulary import kept_pieces, prune

Sentences = Callable[[int, int], list[Excerpt]]


@pytest.fixture(scope="module")
def roberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny RoBERTa with a byte-level BPE of its own, saved as SecureBERT is."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import RobertaConfig, RobertaModel, RobertaTokenizerFast

    folder = tmp_path_factory.mktemp("roberta")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(["open ssh port nginx runs host example org"] * 9, trainer)
    RobertaTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=400, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=514, pad_token_id=1,
    )  # fmt: skip
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def test_pieces_of_a_byte_level_encoder_carry_the_space_before_a_word(roberta: Path) -> None:
    base = load_base(str(roberta))
    assert base.prefix_space
    text = "nginx nginx\n"
    pieces = base.encoder().encode(text, split(text))
    _, second, end = (
        pieces.ids[a:b] for a, b in zip(pieces.offsets, pieces.offsets[1:], strict=False)
    )
    joined = base.tokenizer.encode("x nginx", add_special_tokens=False).ids[1:]
    assert list(second) == joined
    assert list(end) == [base.tokens["sep"]]


def test_a_byte_level_encoder_trains_and_is_loaded_again(
    roberta: Path, sentences: Sentences, names: tuple[str, ...], tmp_path: Path
) -> None:
    recipe = Recipe(str(roberta), names, pieces=64, variants=1)
    settings = TrainSettings(
        encoder=str(roberta), epochs=1, batch_pieces=1024, learning_rate=1e-3, evaluate_every=50
    )
    sets = prepare(sentences(1, 40), recipe), prepare(sentences(2, 10), recipe)
    model = train(settings, *sets, tmp_path)
    again, about = load_trained(tmp_path / "model")
    assert about["prefix_space"]
    for one, other in zip(model.state_dict().values(), again.state_dict().values(), strict=True):
        assert np.array_equal(one.cpu().numpy(), other.numpy())


def test_dropout_rates_reach_the_encoder(tiny_encoder: Path) -> None:
    config = load_encoder(str(tiny_encoder), Dropout(attention=0.25, hidden=0.05)).config
    assert (config.attention_probs_dropout_prob, config.hidden_dropout_prob) == (0.25, 0.05)


def test_an_encoder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        load_base(str(tmp_path / "nowhere"))


def test_a_pruned_encoder_reads_what_it_kept_as_before(tiny_encoder: Path, tmp_path: Path) -> None:
    import torch

    base = load_base(str(tiny_encoder))
    text = "host a.example port 22"
    used = base.encoder().encode(text, split(text)).ids
    kept = kept_pieces(base, used)
    prune(base, kept, tmp_path / "small")
    small = load_base(str(tmp_path / "small"))
    new = small.encoder().encode(text, split(text)).ids
    assert [int(kept[each]) for each in new] == list(used)
    whole = load_encoder(str(tiny_encoder), Dropout()).eval()
    pruned = load_encoder(str(tmp_path / "small"), Dropout()).eval()
    with torch.no_grad():
        one = whole(torch.tensor([list(used)])).last_hidden_state
        other = pruned(torch.tensor([list(new)])).last_hidden_state
    assert torch.allclose(one, other, atol=1e-5)


def test_only_word_pieces_can_be_pruned(roberta: Path) -> None:
    with pytest.raises(InputError, match="WordPiece"):
        kept_pieces(load_base(str(roberta)), [1])
