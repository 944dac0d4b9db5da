"""`decloak kb`: what is known: the packs, and the store of what the user adds to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from decloak.cli.exits import FINE, UNUSABLE, tidy
from decloak.cli.messages import say
from decloak.cli.progress import progress

if TYPE_CHECKING:  # start-up time
    from decloak.kb.store.writing import Added, Progress

__all__ = ["app"]

app = typer.Typer(
    name="kb",
    help="Knowledge: packs of names, techniques and vendors, and feeds and names that you add.",
    no_args_is_help=True,
)

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH", help="Files, or folders of CVE records.")
]
Kb = Annotated[
    Path | None,
    typer.Option("--kb", metavar="FILE", help="The store; none: $DECLOAK_KB, else your own."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]


@app.command()
def info(kb: Kb = None) -> None:
    """List the packs and what was added, with sources, versions and licences."""
    with tidy():
        from decloak.kb.listing import listing  # noqa: PLC0415 - start-up time

        typer.echo(listing(kb), nl=False)


@app.command()
def add(paths: Paths, kb: Kb = None, quiet: Quiet = False) -> None:
    """Add files: NVD and CVE 5 records, CPE dictionary, KEV, EPSS, ATT&CK, MISP lists, names of your own.

    A file of the same kind and name takes the place of the one before. What is damaged changes nothing.
    """
    with tidy():
        from decloak.kb.store import add as add_file  # noqa: PLC0415 - start-up time
        from decloak.kb.store.places import needed_path  # noqa: PLC0415 - likewise

        store = needed_path(kb)
        for path in paths:
            with _shown(quiet=quiet) as show:
                _tell(add_file(path, store, show), quiet=quiet)


@app.command()
def update(kb: Kb = None, quiet: Quiet = False) -> None:
    """Add again every file that has changed since; nothing is fetched from anywhere."""
    with tidy():
        from decloak.kb.store import update as update_files  # noqa: PLC0415 - start-up time
        from decloak.kb.store.places import needed_path  # noqa: PLC0415 - likewise

        with _shown(quiet=quiet) as show:
            _tell(update_files(needed_path(kb), show), quiet=quiet)


@app.command()
def verify(kb: Kb = None) -> None:
    """Check the packs by their checksums and the store from end to end."""
    with tidy():
        from decloak.kb.packs import verify_packs  # noqa: PLC0415 - start-up time
        from decloak.kb.store import the_store  # noqa: PLC0415 - likewise

        store = the_store(kb)
        wrong = verify_packs() + (store.verify() if store else [])
        for line in wrong:
            say(line)
        if not wrong:
            typer.echo("packs: whole" + ("; store: whole" if store else "; no store"))
        code = UNUSABLE if wrong else FINE
    raise typer.Exit(code)


@contextmanager
def _shown(*, quiet: bool) -> Iterator[Progress]:
    """Yield what to call with the rows so far; a terminal shows the batches."""
    with progress(wanted=not quiet, noun="batches of rows") as advance:

        def show(name: str, _rows: int) -> None:
            advance(name)

        yield show


def _tell(added: Sequence[Added], *, quiet: bool) -> None:
    for about, rows in added:
        typer.echo(f"{about.name} {about.version}".rstrip() + f": {rows} rows")
        for note in about.notes if not quiet else ():
            say(note)
