from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from decloak.perturb import Marked
from decloak.training.excerpts import Excerpt

NAMES = ("DOMAIN", "PORT", "SOFTWARE")


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two small layers with a vocabulary of characters, in Hugging Face's format."""
    import torch

    folder = tmp_path_factory.mktemp("encoder")
    characters = [chr(code) for code in range(33, 127)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    pieces += [f"##{char}" for char in characters]
    tokenizer = Tokenizer(WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]",
    ).save_pretrained(folder)  # fmt: skip
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=512,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


Sentences = Callable[[int, int], list[Excerpt]]


@pytest.fixture(scope="session")
def names() -> tuple[str, ...]:
    return NAMES


@pytest.fixture(scope="session")
def sentences() -> Sentences:
    """Makes little texts with entities that a tiny model can learn: (seed, count)."""
    return _sentences


def _sentences(seed: int, count: int) -> list[Excerpt]:
    """Little texts with entities that a tiny model can learn."""
    rng = Random(seed)
    made = []
    for _ in range(count):
        text, marks = "", []
        for lead, label, value in (
            ("host ", "DOMAIN", f"{rng.choice('abcd')}{rng.choice('xyz')}.example.org"),
            (" port ", "PORT", str(rng.randint(1, 999))),
            (" runs ", "SOFTWARE", rng.choice(("nginx", "OpenSSH", "Postfix"))),
        ):
            text += lead
            marks.append(Marked(len(text), len(text) + len(value), label, value))
            text += value
        made.append(Excerpt(text + "\n", tuple(marks), "toy"))
    return made
