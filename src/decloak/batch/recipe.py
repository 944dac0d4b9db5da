"""Recipe: everything that can change a byte of the output, and what it was made with.

The only file of this room that knows how settings are declared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import decloak
from decloak.core.errors import SettingsError
from decloak.core.offline import load
from decloak.export import Shape
from decloak.kb.store.places import store_path
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.readers import Choice, ReadOptions
from decloak.readers.settings import choice_of, read_options
from decloak.sources.detect import resolve_hint
from decloak.tag.places import find_folder

__all__ = ["Form", "Recipe", "differences", "made_with"]

Form = Literal["jsonl", "parquet"]

_WITHOUT = ("output.format", "output.offsets", "output.unique")
"""Options that a batch run does not have."""
_CODE = (".py", ".tsv", ".txt", ".json", ".toml", ".gz", ".so")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to do with every document of a run.

    Attributes:
        settings: of the pipeline, as JSON values.
        form: of the parts.
        flat: for Parquet: a row per entity and field instead of one per document.
        compressed: for JSON lines: parts are zstd streams.
        shard_bytes: of input that become one shard, about.
        seconds: of CPU time that one document may take; 0 for no limit.
        memory: bytes of data that a worker may hold; 0 for no limit.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    form: Form = "jsonl"
    flat: bool = False
    compressed: bool = False
    shard_bytes: int = 8 << 20
    seconds: float = 600.0
    memory: int = 0

    @classmethod
    def of(cls, settings: Settings | None = None, **others: Any) -> Recipe:
        """Return a recipe with settings of the pipeline.

        Raises:
            SettingsError: when they ask a language model, whose replies differ, or do not go together.
        """
        chosen = settings or Settings()
        made = cls(settings=chosen.model_dump(mode="json"), **others)
        if (made.flat and made.form != "parquet") or (made.compressed and made.form != "jsonl"):
            message = "--flat is for Parquet, --zstd for JSON lines (Parquet is compressed anyway)"
            raise SettingsError(message)
        if chosen.llm.uri is not None:
            message = "a batch run gives the same bytes twice, and a language model does not: leave out --llm"
            raise SettingsError(message)
        for key in _WITHOUT:
            group, name = key.split(".")
            if getattr(getattr(chosen, group), name) != getattr(getattr(Settings(), group), name):
                message = (
                    f"a batch run has no {key}: its rows are documents, with offsets in code points"
                )
                raise SettingsError(message)
        read_options(chosen.reading)
        if chosen.reading.source is not None:
            resolve_hint(chosen.reading.source)
        return made

    def shape(self, base: int) -> Shape:
        """Return what of a result is written.

        Args:
            base: code points of the whole text before the document.
        """
        output = self._settings().output
        convert = base.__add__ if base else None
        return Shape(review=output.review, convert=convert, defang=output.defang)

    def reading(self) -> ReadOptions:
        """Return what readers are told."""
        return read_options(self._settings().reading)

    def choice(self) -> Choice:
        """Return which files of folders are read."""
        return choice_of(self._settings().reading)

    def pipeline(self) -> Pipeline:
        """Return a pipeline of these settings."""
        return Pipeline(self._settings())

    def cutter(self) -> Pipeline:
        """Return a pipeline of these settings without a model, which sees where a text can be cut."""
        return Pipeline(self._settings().updated(tagger="off"))

    def _settings(self) -> Settings:
        return Settings.model_validate(self.settings)

    def dump(self) -> dict[str, Any]:
        """Return it as JSON values; of each password its digest, because a manifest lies about for years."""
        made = asdict(self)
        reading = made["settings"].get("reading", {})
        reading["passwords"] = [_digest_of(each) for each in reading.get("passwords", ())]
        return made


def _digest_of(secret: str) -> str:
    return f"sha256:{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()}"


def made_with(recipe: Recipe) -> dict[str, str]:
    """Return the versions and digests of whatever makes the output.

    Keys: ``decloak`` (its version), ``code`` (all modules, packs and tables), ``model`` (the tagger's;
    "none" without one), ``ignore`` and ``kb`` where the user's file or store is there, and the versions of the
    libraries that decide bytes.
    """
    import re2  # noqa: PLC0415 - takes a while to load

    made = {
        "decloak": decloak.__version__,
        "code": _code_digest(),
        "model": _model_digest(recipe),
        "onnxruntime": load("onnxruntime").__version__,
        "re2": str(getattr(re2, "__version__", "")),
    }
    if (ignore := recipe.settings["output"]["ignore"]) is not None:
        made["ignore"] = _digest([Path(ignore)])
    if (store := store_path()) is not None and store.is_file():
        status = store.stat()  # too large to be read for a digest
        made["kb"] = f"{status.st_size}:{status.st_mtime_ns}"
    if recipe.form == "parquet" or recipe.compressed:
        import pyarrow as pa  # noqa: PLC0415 - only where it writes

        made["pyarrow"] = pa.__version__
    return made


@cache
def _code_digest() -> str:
    root = Path(decloak.__file__).parent
    return _digest(path for path in sorted(root.rglob("*")) if path.suffix in _CODE)


def _model_digest(recipe: Recipe) -> str:
    tagger = recipe.settings["tagger"]
    if tagger["mode"] == "off":
        return "none"
    folder = find_folder(tagger["model"])
    return "none" if folder is None else _digest(sorted(folder.glob("*.*")))


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for path in paths:
        if path.is_file():
            whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def differences(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield in words what differs between two sets of JSON values, key by key."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from differences(before, after, f"{prefix}{key}.")
        elif before != after:
            yield f"{prefix}{key} was {json.dumps(before)} and is {json.dumps(after)}"
