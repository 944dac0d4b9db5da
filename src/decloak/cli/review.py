"""``decloak review``: what was not accepted, decided at the keyboard; the decisions as labelled text."""

from __future__ import annotations

import csv
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from decloak.cli.exits import FINE, PARTIAL, tidy
from decloak.cli.messages import say
from decloak.cli.output import open_output
from decloak.cli.settings import takes_settings
from decloak.cli.tally import Tally
from decloak.core.extras import need_extra
from decloak.core.result import Failure
from decloak.export.sanitise import sanitise
from decloak.options import Settings

if TYPE_CHECKING:
    from decloak.review import Item, ReviewStore, Suggestion

__all__ = ["app"]

app = typer.Typer(
    name="review",
    help="Decide about what was not accepted; decisions become labelled text (extra `review`).",
    no_args_is_help=True,
)
Store = Annotated[
    str, typer.Argument(metavar="STORE", help="SQLite file of the queue, or postgresql://...")
]
Who = Annotated[
    str | None, typer.Option("--reviewer", help="Who decides.  [default: the user's name]")
]
_KEYS = (
    "[a]ccept [r]eject [l]abel [v]alue [A]ll alike accept [R] all alike reject [s]kip [u]ndo [q]uit"
)
_AROUND = 100


def _opened(place: str) -> ReviewStore:
    with need_extra("review"):
        from decloak.review import ReviewStore  # noqa: PLC0415 - SQLAlchemy, only here
    return ReviewStore(place)


@app.command()
@takes_settings(("tagger", "decode", "reading", "link"), shown=())
def add(
    settings: Settings,
    store: Store,
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="What `extract` reads.")],
) -> int:
    """Extract from files, and add what was not accepted to the queue."""
    from decloak.pipeline import Pipeline  # noqa: PLC0415 - only here
    from decloak.readers import read  # noqa: PLC0415 - likewise

    opened = _opened(store)
    pipeline = Pipeline(settings.updated(output={"review": True}))
    tally = Tally(quiet=False)
    count = 0
    for result in pipeline.run_many(read(paths)):
        if isinstance(result, Failure):
            tally.add(result.id, (), result)
            continue
        tally.add(result.id, result.warnings, None)
        count += opened.add([result])
    say(f"{count} new items; `decloak review next {store}` shows them")
    opened.close()
    return tally.exit_code(tuple(paths))


@app.command("next")
def next_items(
    store: Store,
    reviewer: Who = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Items to list.")] = 20,
    plain: Annotated[bool, typer.Option("--list", help="List them; ask nothing.")] = False,
) -> None:
    """Decide one item after the other, by single letters; what teaches most comes first."""
    with tidy():
        opened = _opened(store)
        who = reviewer or getpass.getuser()
        if plain:
            for item in opened.queue(who, most):
                typer.echo(_line(item))
        else:
            _loop(opened, who)
        opened.close()
    raise typer.Exit(FINE)


def _line(item: Item) -> str:
    reason = item.evidence[-1] if item.evidence else ""
    return _cells(
        item.id, item.label, item.value, f"{item.confidence:.2f}", item.status, f"×{item.alike}",
        f"{item.document}:{item.start}", reason,
    )  # fmt: skip


def _cells(*cells: object) -> str:
    """Return a line of cells, with nothing of a document that a terminal obeys or a reader takes for a tab."""
    return "\t".join(sanitise(str(each)) for each in cells)


def _loop(store: ReviewStore, who: str) -> None:
    """Ask until the queue is empty or the user has enough."""
    from decloak.review import Action, Change  # noqa: PLC0415 - loaded already

    skipped: set[int] = set()
    while True:
        items = store.queue(who, 1, skipped)
        if not items:
            say("nothing is left to decide")
            return
        item = items[0]
        typer.echo(_shown(item))
        key = _asked(_KEYS)
        if key in {"", "q"}:
            return
        if key == "s":
            skipped.add(item.id)
        elif key == "u":
            say(f"{len(store.undo(who))} decisions taken back")
        elif key in {"a", "A"}:
            _said(store.decide(item.id, who, Action.ACCEPT, alike=key == "A"))
        elif key in {"r", "R"}:
            _said(store.decide(item.id, who, Action.REJECT, alike=key == "R"))
        elif key == "l":
            label = _asked("label").strip().upper()
            _said(store.decide(item.id, who, Action.CHANGE, Change(label=label)))
        elif key == "v":
            _said(store.decide(item.id, who, Action.CHANGE, Change(value=_asked("value"))))
        else:
            say(_KEYS)


def _said(numbers: list[int]) -> None:
    if len(numbers) > 1:
        say(f"{len(numbers)} items decided")


def _asked(question: str) -> str:
    """Ask for a line; the end of the input is an empty one."""
    typer.echo(f"{question}: ", nl=False)
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else ""


def _shown(item: Item) -> str:
    before = item.before[-_AROUND:].rsplit("\n", 1)[-1]
    after = item.after[:_AROUND].split("\n", 1)[0]
    place = f">>>{item.text}<<<"
    head = f"\n#{item.id} {item.label}: {item.value}  ({item.confidence:.2f}, {item.status}, ×{item.alike})"
    return "\n".join(
        sanitise(each) for each in (head, before + place + after, "; ".join(item.evidence))
    )


@app.command()
def stats(
    store: Store,
    between: Annotated[
        str | None, typer.Option("--agreement", metavar="A,B", help="Two reviewers to compare.")
    ] = None,
) -> None:
    """Count documents, items, decisions and conflicts; say how far reviewers agree."""
    with tidy():
        opened = _opened(store)
        for name, count in opened.counts().items():
            typer.echo(f"{name}\t{count}")
        for item in opened.conflicts():
            views = ", ".join(
                f"{each.reviewer}: {each.action} {each.label}" for each in item.decisions
            )
            typer.echo(_cells("conflict", item.id, item.value, views))
        pairs = opened.agreements()
        if between is not None:
            first, _, second = between.partition(",")
            pairs = {(first, second): opened.agreement(first, second)}
        for (first, second), made in pairs.items():
            kappa = "undefined" if made.kappa is None else f"{made.kappa:.3f}"
            said = f"{first}, {second}: {made.same} of {made.both}"
            typer.echo(_cells("agreement", said, f"kappa {kappa}"))
        opened.close()
    raise typer.Exit(FINE)


@app.command()
def export(
    store: Store,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Instead of standard output."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Only documents in which everything is decided.")
    ] = False,
    conll: Annotated[
        bool, typer.Option("--conll", help="A token and its IOB2 tag per line, for taggers.")
    ] = False,
) -> None:
    """Write what was reviewed as labelled JSON lines, for `train` and `evaluate`."""
    with tidy():
        from decloak.export.json_text import dumps  # noqa: PLC0415 - only here

        opened = _opened(store)
        from decloak.review import conll_lines, labelled_rows  # noqa: PLC0415 - loaded already

        with open_output(output) as (out, _):
            rows = labelled_rows(opened, whole=whole)
            lines = conll_lines(rows) if conll else (dumps(row) + "\n" for row in rows)
            for line in lines:
                out.write(line)
        opened.close()
    raise typer.Exit(FINE)


@app.command()
def suggest(
    store: Store,
    ignore: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write values for `extract --ignore` there.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write names for `kb add` there, as CSV.")
    ] = None,
    least: Annotated[int, typer.Option(min=1, help="Places that have to be decided so.")] = 2,
) -> None:
    """Show what corrections say beyond their documents: values never wanted, names not known yet.

    Read the files before you use them: a value rejected here may be wanted elsewhere.
    """
    with tidy():
        opened = _opened(store)
        from decloak.review import suggestions  # noqa: PLC0415 - loaded already

        made = suggestions(opened, least)
        for each in made:
            said = f"{each.reviewers} reviewers"
            typer.echo(_cells(each.kind, each.label, each.value, f"×{each.times}", said))
        for path, kind in ((ignore, "ignore"), (names, "name")):
            if path is not None:
                _write_list(path, kind, [each for each in made if each.kind == kind])
        opened.close()
    raise typer.Exit(FINE)


def _write_list(path: Path, kind: str, made: list[Suggestion]) -> None:
    """Write suggestions as `extract --ignore` or `kb add` reads them."""
    with open_output(str(path)) as (out, _):
        if kind == "ignore":
            for each in made:
                out.write(f"{each.value}  # {each.label}, rejected {each.times} times\n")
            return
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("name", "label"))
        rows.writerows((each.value, each.label) for each in made)


@app.command("import")
def import_rows(
    store: Store,
    rows: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON lines; or CoNLL, where it ends so.")
    ],
    reviewer: Who = None,
) -> None:
    """Take decisions made elsewhere: one each ({"item", "reviewer", "action", ...}), or labelled texts.

    What a labelled text says of a document is said by --reviewer. A row that cannot be taken is named, and left out.
    """
    with tidy():
        opened = _opened(store)
        from decloak.core.errors import InputError  # noqa: PLC0415 - only here
        from decloak.review import conll_rows, take_decision, take_labelled  # noqa: PLC0415 - loaded already

        who = reviewer or getpass.getuser()
        count = left_out = 0
        text = rows.read_text("utf-8")
        if rows.suffix.lower() == ".conll":
            count = take_labelled(opened, conll_rows(text.split("\n"), opened), who)
        else:
            for number, line in enumerate(text.split("\n"), 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                    is_labelled = isinstance(row, dict) and "entities" in row
                    count += (
                        take_labelled(opened, [row], who)
                        if is_labelled
                        else take_decision(opened, row)
                    )
                except (ValueError, AttributeError, TypeError, InputError) as error:
                    left_out += 1
                    say(f"{rows}:{number}: {error}; it was left out")
        say(f"{count} decisions taken")
        opened.close()
    raise typer.Exit(PARTIAL if left_out else FINE)
