"""Lazy: commands whose modules are loaded when they run, so that `decloak --help` loads none of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand

__all__ = ["COMMANDS", "LazyCommand", "Place"]


class Place(NamedTuple):
    """Where a command is written.

    Attributes:
        module: that holds its `typer.Typer`, as ``app``.
        command: its name there; None for the whole app.
        help: what the list of commands says of it.
    """

    module: str
    command: str | None
    help: str


COMMANDS = {
    "extract": Place("decloak.cli.documents", "extract", "Extract entities and records from text."),
    "decode": Place(
        "decloak.cli.documents",
        "decode",
        "Show every disguise that is undone: its place (line:column), reason, before and after.",
    ),
    "identify": Place(
        "decloak.cli.documents",
        "identify",
        "Describe each document in plain English: by a language model, or without one from its facts.",
    ),
    "explain": Place(
        "decloak.cli.documents",
        "explain",
        "Show which stage did what about one place: edits, source, facts, candidates, decision.",
    ),
    "diff": Place(
        "decloak.cli.documents",
        "diff",
        "Show what is new, gone or changed: hosts, ports, services, versions; else entities.",
    ),
    "defang": Place(
        "decloak.cli.documents",
        "defang",
        "Copy text with its indicators defanged: hxxps://evil[.]example, joe[@]evil[.]example.",
    ),
    "refang": Place(
        "decloak.cli.documents",
        "refang",
        "Copy text with its defanged indicators made whole again.",
    ),
    "labels": Place("decloak.cli.listed", "labels", "List the labels of entities."),
    "sources": Place(
        "decloak.cli.listed",
        "sources",
        "List the tools whose output is understood, and their layouts.",
    ),
    "options": Place(
        "decloak.cli.listed", "options", "List every option: its name, default, and what it allows."
    ),
    "schema": Place("decloak.cli.listed", "schema", "Print the JSON Schema of one output object."),
    "acquire": Place(
        "decloak.cli.acquire",
        None,
        "Run nmap, dig, whois, or ask RDAP and Shodan; keep the raw output in a store.",
    ),
    "batch": Place(
        "decloak.cli.batch",
        None,
        "Extract from any number of documents, in shards; `decloak batch INPUT... --out DIR` starts or "
        "goes on, `status` and `verify` look at what is there.",
    ),
    "serve": Place(
        "decloak.cli.serve", "serve", "Serve the HTTP API and the page (extra `serve`)."
    ),
    "serve-token": Place(
        "decloak.cli.serve",
        "serve-token",
        "Make a token, add its digest to FILE and print it: it is shown this once.",
    ),
    "corpus": Place(
        "decloak.cli.corpus",
        None,
        "Build, count, split, export and check a labelled corpus (extra `corpus`).",
    ),
    "kb": Place(
        "decloak.cli.kb",
        None,
        "Knowledge: packs of names, techniques and vendors, and feeds and names that you add.",
    ),
    "review": Place(
        "decloak.cli.review",
        None,
        "Decide about what was not accepted; decisions become labelled text (extra `review`).",
    ),
    "evaluate": Place(
        "decloak.cli.evaluate",
        None,
        "Score systems against labelled files: precision, recall, F1, boundaries, calibration.",
    ),
    "attack": Place(
        "decloak.cli.attack",
        None,
        "Attack an extractor: every family of disguise at every strength, compositions, unseen ones, searched "
        "ones.",
    ),
    "reproduce": Place(
        "decloak.cli.reproduce",
        None,
        "Measure the publication's items, and judge its claims: OUT/README.md.",
    ),
    "model": Place(
        "decloak.cli.model",
        None,
        "Models: what the tagger's is and how fast it is here; models exported and trained.",
    ),
    "train": Place(
        "decloak.cli.train",
        None,
        "Fine-tune a tagger on a corpus and export it to OUT/model. Run again, it goes on.",
    ),
}
"""Every command, in the order of the list."""


class LazyCommand(TyperCommand):
    """Stands for a command in the list, and gives way to it when it is called."""

    def __init__(self, name: str, place: Place) -> None:
        super().__init__(name, help=place.help)
        self._place = place

    def loaded(self) -> Any:
        """Return the command itself."""
        found: Any = typer.main.get_command(import_module(self._place.module).app)
        return found if self._place.command is None else found.commands[self._place.command]

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read the command's part of the command line by the command itself."""
        return self.loaded().make_context(*args, **options)
