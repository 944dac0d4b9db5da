"""A tagger small enough to be made in a moment: random weights, the format of the real one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, settings
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from decloak.core.labels import LABELS
from decloak.llm import ChatModel, open_model
from decloak.options import LlmSettings
from decloak.tag.features import FEATURES
from decloak.tag.scheme import allowed_moves, allowed_starts, scheme_of

# No test depends on how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if not os.environ.get("CI"):  # there Hypothesis has a profile of its own, untimed as well
    settings.load_profile("untimed")

SIGNS = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
# Tests with a costly fixture are begun first, heaviest first. Those that share one stay in one process, but for
# the language model: it loads in a second, and what asks it takes minutes.
_COSTLY_FIXTURES = ("real_model", "harvested", "gguf", "scan")
_LOADED_AGAIN = frozenset({"real_model", "gguf"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Share tests out among processes: by what they share, else by file."""
    ranks = {}
    for item in items:
        names = getattr(item, "fixturenames", ())
        costly = [name for name in _COSTLY_FIXTURES if name in names]
        shared = [name for name in costly if name not in _LOADED_AGAIN]
        item.add_marker(pytest.mark.xdist_group(shared[0] if shared else item.location[0]))
        rank = _COSTLY_FIXTURES.index(costly[0]) if costly else len(_COSTLY_FIXTURES)
        ranks[item] = (rank, not _is_slow(item))
    items.sort(key=ranks.__getitem__)


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *SIGNS, *(f"##{sign}" for sign in SIGNS)]
WIDTH = 24
THREADS = 1
"""Of a language model: other tests run beside, and threads that wait for each other are slower than one."""


def _graph(dice: np.random.Generator, labels: int, features: int) -> onnx.ModelProto:
    """Embed, add the features, look at one neighbour on each side, project."""
    weights = {
        "table": dice.normal(0, 1, (len(VOCABULARY), WIDTH)),
        "seen": dice.normal(0, 1, (features, WIDTH)),
        "kernel": dice.normal(0, 0.5, (WIDTH, WIDTH, 3)),
        "head": dice.normal(0, 2, (WIDTH, labels)),
    }
    tensors = [numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items()]
    tensors.append(numpy_helper.from_array(np.array([2], dtype=np.int64), "last"))
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["embedded"]),
        helper.make_node("MatMul", ["features", "seen"], ["marked"]),
        helper.make_node("Add", ["embedded", "marked"], ["summed"]),
        helper.make_node("Cast", ["attention_mask"], ["weight"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weight", "last"], ["column"]),
        helper.make_node("Mul", ["summed", "column"], ["live"]),
        helper.make_node("Transpose", ["live"], ["turned"], perm=[0, 2, 1]),
        helper.make_node("Conv", ["turned", "kernel"], ["near"], pads=[1, 1]),
        helper.make_node("Tanh", ["near"], ["bent"]),
        helper.make_node("Transpose", ["bent"], ["back"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["back", "head"], ["emissions"]),
    ]
    shape = ["batch", "piece"]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape),
            helper.make_tensor_value_info("features", TensorProto.FLOAT, [*shape, features]),
        ],
        [helper.make_tensor_value_info("emissions", TensorProto.FLOAT, [*shape, labels])],
        tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def make_model(
    folder: Path,
    *,
    seed: int = 1,
    max_pieces: int = 32,
    quantised: str | None = None,
    names: Sequence[str] = tuple(LABELS),
) -> Path:
    """Write a model folder with random weights."""
    dice = np.random.default_rng(seed)
    labels = scheme_of(names)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(
        _graph(dice, len(labels), len(FEATURES)).SerializeToString()
    )
    tokenizer = Tokenizer(
        models.WordPiece(
            {piece: rank for rank, piece in enumerate(VOCABULARY)},
            unk_token="[UNK]",
            max_input_chars_per_word=100,
        )
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    count = len(labels)
    record = {
        "format": 1,
        "name": "tiny",
        "encoder": "random",
        "labels": labels,
        "features": FEATURES,
        "tokens": {"cls": 2, "sep": 3, "pad": 0, "unk": 1},
        "max_pieces": max_pieces,
        "word_pieces": 8,
        "prefix_space": False,
        "lowercase": True,
        "crf": {
            "start": np.where(allowed_starts(labels), 0.0, -1e4).tolist(),
            "end": [0.0] * count,
            "between": np.where(
                allowed_moves(labels), dice.normal(0, 1, (count, count)), -1e4
            ).tolist(),
        },
        "temperature": 1.0,
        "ece": {"before": 0.5, "after": 0.4},
        "f1": {"validation": 0.0},
        "trained_on": {"corpus": "none"},
        "seed": seed,
        "code_version": "0",
        "created": "2026-01-01T00:00:00Z",
        "quantised": quantised,
        "files": {
            name: {
                "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
                "bytes": (folder / name).stat().st_size,
            }
            for name in ("model.onnx", "tokenizer.json")
        },
    }
    (folder / "model.json").write_text(json.dumps(record), "utf-8")
    return folder


@pytest.fixture(scope="session")
def model_maker() -> Callable[..., Path]:
    """Writes a model folder: ``model_maker(folder, seed=1, max_pieces=32, quantised=None, names=LABELS)``."""
    return make_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random model; not to be changed."""
    return make_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def model_copy(tmp_path: Path, tiny_model: Path) -> Path:
    """A folder with a random model, to be damaged."""
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


@pytest.fixture(scope="session")
def gguf() -> Path:
    """The path of a small real language model; fetched once into the user's cache."""
    beside = Path(__file__).parents[2] / "shared" / "tools" / "fetch-gguf"
    fetch = Path(os.environ.get("DECLOAK_FETCH_GGUF", beside))
    if not os.access(fetch, os.X_OK):
        pytest.skip(f"needs a real model: {fetch} is not there")
    pytest.importorskip("xllamacpp", reason="the extra llm is not installed")
    made = subprocess.run([fetch, "0.5b"], capture_output=True, text=True, check=False, timeout=900)
    if made.returncode:
        pytest.skip(f"needs a real model: fetch-gguf failed: {made.stderr[-200:]}")
    return Path(made.stdout.strip())


@pytest.fixture(scope="session")
def real_model(gguf: Path) -> Iterator[ChatModel]:
    """That model, loaded once for all tests."""
    settings = LlmSettings(context=4096, retries=0, timeout=900, threads=THREADS)
    model = open_model(f"gguf:{gguf}", settings)
    yield model
    model.close()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children be interrupted, also where this process was started with SIGINT ignored.

    A shell does so to what it runs in the background, and children inherit it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
