"""Denoise: train the autoencoder of words, from a seed, in some minutes of one CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor, nn

from decloak.core.errors import SettingsError
from decloak.decode.characters import codes
from decloak.decode.denoiser import Denoiser
from decloak.decode.denoiser_folder import open_denoiser
from decloak.training.denoise_blend import fit_blend
from decloak.training.denoise_export import write_folder, write_record
from decloak.training.denoise_model import DenoiserModel, Shape
from decloak.training.denoise_words import Pair, Source, broken, source

__all__ = ["DenoiseSettings", "train_denoiser"]

_POOL = 32  # batches that are drawn together, so that words of like length share one
_WARM_UP = 0.05
_TOLD = 50  # batches between two reports


@dataclass(frozen=True)
class DenoiseSettings:
    """What a run depends on; the same values give the same weights on the same machine.

    Attributes:
        seed: of weights, words and disguises.
        pairs: words that are seen, broken and right.
        batch: pairs of one step.
        rate: highest learning rate.
        temperature: of the similarity in the latent space.
        near: weight of the latent space's loss.
        scored: words of each kind that the blend is fitted on, and that are measured.
    """

    seed: int = 1
    pairs: int = 450_000
    batch: int = 128
    rate: float = 2e-3
    temperature: float = 0.1
    near: float = 0.3
    scored: int = 2000
    shape: Shape = field(default_factory=Shape)


def train_denoiser(
    out: Path, settings: DenoiseSettings, told: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Train a denoiser and write its folder; return its record.

    Args:
        out: folder to make or to replace the files of.
        settings: what it depends on.
        told: hears of losses now and then.

    Raises:
        SettingsError: when there would be nothing to train on.
    """
    if settings.pairs < settings.batch or settings.batch < 2:
        message = f"{settings.pairs} pairs in batches of {settings.batch}: nothing to train on"
        raise SettingsError(message)
    given = source()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums in another order would make another model
    try:
        torch.manual_seed(settings.seed)
        model = DenoiserModel(settings.shape)
        losses = _fit(model, given, settings, told)
    finally:
        torch.set_num_threads(threads)
    words = sorted({*given.names, *given.kept_back})
    record: dict[str, Any] = {
        "name": "decloak-denoiser",
        "seed": settings.seed,
        "settings": asdict(settings),
        "kept_back": given.kept_back,
        "losses": losses,
        "blend": {"bias": 0.0, "cosine": 0.0, "margin": 0.0},
        "trained_on": {
            "names": len(given.names),
            "kept_back": len(given.kept_back),
            "words": len(given.words),
        },
    }
    write_folder(model.eval(), words, out, record)
    denoiser = Denoiser(open_denoiser(out))
    record["blend"] = fit_blend(denoiser, given, settings.seed, settings.scored)
    record["measured"] = _measured(denoiser, given, settings)
    return write_record(out, record)


def _fit(
    model: DenoiserModel, given: Source, settings: DenoiseSettings, told: Callable[[str], None]
) -> dict[str, float]:
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=0.01)
    steps = settings.pairs // settings.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        settings.rate,
        total_steps=steps + 1,
        pct_start=_WARM_UP,
        anneal_strategy="linear",
    )
    rebuilt = near = 0.0
    rng = Random(f"{settings.seed}/denoise")  # noqa: S311 - repeatable text, no secrets
    for step, (words, right) in enumerate(_batches(given, settings, steps, rng), 1):
        first, second = model.loss(words, right, settings.temperature)
        optimiser.zero_grad()
        (first + settings.near * second).backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        share = 1 / min(step, _TOLD)
        rebuilt += (float(first.detach()) - rebuilt) * share
        near += (float(second.detach()) - near) * share
        if step % _TOLD == 0 or step == steps:
            told(f"step {step}/{steps}: rebuilding {rebuilt:.3f}, latent space {near:.3f}")
    return {"rebuilding": round(rebuilt, 4), "latent": round(near, 4)}


def _batches(
    given: Source, settings: DenoiseSettings, steps: int, rng: Random
) -> Iterator[tuple[Tensor, Tensor]]:
    left = steps
    while left > 0:
        count = min(left, _POOL)
        pool = [given.draw(rng) for _ in range(count * settings.batch)]
        pool.sort(key=lambda pair: (len(pair[1]), len(pair[0])))
        parts = [pool[i : i + settings.batch] for i in range(0, len(pool), settings.batch)]
        rng.shuffle(parts)
        for part in parts:
            yield _tensors(part)
        left -= count


def _tensors(pairs: Sequence[Pair]) -> tuple[Tensor, Tensor]:
    return (
        torch.from_numpy(codes([word for word, _ in pairs])),
        torch.from_numpy(codes([right for _, right in pairs])),
    )


def _measured(
    denoiser: Denoiser, given: Source, settings: DenoiseSettings
) -> dict[str, dict[str, float]]:
    """Return, for words of each kind, how many are rebuilt and found in the dictionary.

    The disguises are drawn anew; those of the names kept back were never seen in any form.
    """
    rng = Random(f"{settings.seed}/measure")  # noqa: S311 - repeatable text, no secrets
    kinds = {"names": given.names, "kept_back": given.kept_back, "words": given.words}
    found: dict[str, dict[str, float]] = {}
    for kind, words in kinds.items():
        right = [rng.choice(words) for _ in range(settings.scored)]
        for state in ("clean", "broken"):
            seen = [broken(word, given, rng) for word in right] if state == "broken" else right
            vectors = denoiser.encode(seen)
            rebuilt = denoiser.rebuild(vectors)
            shares = {"rebuilt": _share(right, [each.word for each in rebuilt])}
            if kind != "words":
                near = denoiser.nearest(vectors)
                shares["nearest"] = _share(right, [each.word for each in near])
            found[f"{kind}, {state}"] = shares
    return found


def _share(right: Sequence[str], said: Sequence[str]) -> float:
    return round(sum(map(str.__eq__, right, said)) / len(right), 4)
