"""Vocabulary: an encoder without the pieces that its texts never use.

Half of a small encoder is its embedding table, and most rows are names of people and characters
of scripts that security texts do not hold. What is left out is still read, in smaller pieces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file
from transformers import AutoConfig

from decloak.core.errors import InputError
from decloak.kb.words import rarity
from decloak.training.arrays import Columns, Ints, Prepared
from decloak.training.encoder import Base

__all__ = ["kept_pieces", "prune", "renumbered", "used_pieces"]

_COMMON = 5.0
"""`rarity` up to which a word is a piece of its own even where the texts lack it."""
_LATIN = 0x250
_PREFIX = "##"


def kept_pieces(base: Base, used: Iterable[int]) -> Ints:
    """Return the ids that stay, sorted: what the texts use, common words, single characters.

    Raises:
        InputError: when the tokenizer is not a WordPiece one.
    """
    model = json.loads(base.tokenizer.to_str())["model"]
    if model["type"] != "WordPiece":
        message = f"{base.name}: only WordPiece vocabularies can be pruned, not {model['type']}"
        raise InputError(message)
    kept = set(used) | set(base.tokens.values())
    for piece, rank in model["vocab"].items():
        bare = piece.removeprefix(_PREFIX)
        rare = rarity(bare) if bare == piece and bare.isalpha() else None
        if (len(bare) == 1 and ord(bare) < _LATIN) or (rare is not None and rare <= _COMMON):
            kept.add(rank)
    return np.asarray(sorted(kept), np.int64)


def used_pieces(sets: Iterable[Prepared]) -> set[int]:
    """Return the ids that occur in prepared excerpts and their variants."""
    return {
        int(each)
        for prepared in sets
        for columns in (prepared.clean, *prepared.variants)
        for each in np.unique(columns.ids)
    }


def renumbered(prepared: Prepared, kept: Ints, encoder: str) -> Prepared:
    """Return excerpts in the ids of a pruned encoder.

    Args:
        prepared: all of whose ids are kept.
        kept: ids, sorted.
        encoder: where the pruned one lies.
    """

    def moved(columns: Columns) -> Columns:
        return replace(columns, ids=np.searchsorted(kept, columns.ids).astype(np.int32))

    variants = tuple(map(moved, prepared.variants))
    return Prepared(
        moved(prepared.clean),
        variants,
        prepared.groups,
        prepared.about | {"encoder": encoder, "base": prepared.about["encoder"]},
    )


def prune(base: Base, kept: Ints, folder: Path, *, half: bool = False) -> None:
    """Write the encoder with these pieces alone, as a folder that `load_base` reads.

    Args:
        base: the encoder, whose `path` is a folder.
        kept: ids, sorted.
        folder: made when it is not there.
        half: keep the weights in bfloat16's range as float16, half the size.
    """
    folder.mkdir(parents=True, exist_ok=True)
    renamed = {int(old): new for new, old in enumerate(kept)}
    tokenizer = json.loads(base.tokenizer.to_str())
    vocabulary = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = {
        piece: renamed[old]
        for piece, old in sorted(vocabulary.items(), key=lambda item: item[1])
        if old in renamed
    }
    for token in tokenizer["added_tokens"]:
        token["id"] = renamed.get(token["id"], renamed[base.tokens["unk"]])
    tokenizer["post_processor"] = None
    _write(folder / "tokenizer.json", tokenizer)
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        source = Path(base.path) / name
        if source.exists():
            (folder / name).write_bytes(source.read_bytes())
    config = AutoConfig.from_pretrained(base.path, local_files_only=True)
    config.vocab_size = len(kept)
    config.pad_token_id = renamed[base.tokens["pad"]]
    config.save_pretrained(folder)
    weights = load_file(Path(base.path) / "model.safetensors")
    name = next(key for key in weights if key.endswith("word_embeddings.weight"))
    weights[name] = np.ascontiguousarray(weights[name][kept])
    small = {
        key: value.astype(np.float16) if half and value.dtype == np.float32 else value
        for key, value in weights.items()
        if not key.startswith("pooler.") and not key.endswith("position_ids")
    }
    save_file(small, folder / "model.safetensors", {"format": "pt"})


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
