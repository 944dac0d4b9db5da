"""``decloak corpus perturb-llm``: samples rewritten by language models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decloak.cli.exits import tidy
from decloak.cli.messages import say

__all__ = ["perturb_llm"]


def perturb_llm(  # noqa: PLR0913, PLR0917 - the options of the command
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A corpus: its folder, or a file of JSON lines.")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder for what comes of it.")],
    llm: Annotated[
        list[str],
        typer.Option(help="A model: anthropic:..., openai:...@URL, gguf:PATH; at least two."),
    ],
    samples: Annotated[int, typer.Option(min=1, help="Passages that every model rewrites.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the draw and of the sampling.")] = 0,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of stored replies; a stopped run goes on from it.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=1.0, help="Seconds for one reply.")] = 300.0,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads of a model in this process.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Have an ensemble of models paraphrase or disguise entities; filter, count and keep all."""
    with tidy():
        from decloak.corpus.llm_samples import (  # noqa: PLC0415 - start-up time
            acceptance_table,
            as_writer,
            rewrite_samples,
        )
        from decloak.corpus.parquet import read_corpus  # noqa: PLC0415 - likewise
        from decloak.llm import Account, open_model  # noqa: PLC0415 - likewise
        from decloak.options import LlmSettings  # noqa: PLC0415 - likewise
        from decloak.training.sentences import load_sentence_encoder  # noqa: PLC0415 - likewise

        settings = LlmSettings(timeout=timeout, cache=cache, threads=threads)
        account = Account()
        models = [open_model(uri, settings, account) for uri in dict.fromkeys(llm)]
        try:
            counts = rewrite_samples(
                read_corpus(path),
                {model.name: as_writer(model) for model in models},
                load_sentence_encoder(),
                out,
                samples,
                seed,
                _told if not quiet else lambda _done, _of: None,
            )
        finally:
            for model in models:
                model.close()
        typer.echo(acceptance_table(counts), nl=False)
        for line in account.summary().lines():
            say(line)


def _told(done: int, of: int) -> None:
    if done == of or done % 10 == 0:
        say(f"{done} of {of} passages")
