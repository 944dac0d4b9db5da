"""Settings: the options of a command, made from `decloak.options`; none is declared here."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from decloak.cli.exits import tidy
from decloak.cli.messages import LOG, LogForm, detail, say
from decloak.core.errors import SettingsError
from decloak.options import Leaf, leaves, load

__all__ = ["takes_settings"]

_SET = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Any option, such as llm.rounds=2; `decloak options`."
    ),
]
_CONFIG = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", envvar="DECLOAK_CONFIG", show_envvar=False,
        help="Options from a TOML file; docs/options.md.",
    ),
]  # fmt: skip
_VERBOSE = Annotated[bool, typer.Option("--verbose", "-v", hidden=True)]
_LOG_FORMAT = Annotated[LogForm | None, typer.Option("--log-format", hidden=True)]
Command = Callable[..., int]


def takes_settings(
    groups: Sequence[str], shown: Collection[str] | None = None, without: Collection[str] = ()
) -> Callable[[Command], Callable[..., None]]:
    """Give a command the options of some groups; it gets them as the argument ``settings``.

    Args:
        groups: whose flags it takes, in the order of its help. ``--set`` and ``--config`` reach every option.
        shown: keys of options whose flags its help lists; None: those that are declared so.
        without: keys of options whose flags it does not take.
    """
    taken = [
        each
        for group in groups
        for each in leaves()
        if each.group == group and each.key not in without
    ]

    def wrap(command: Command) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True).parameters
        mine = [each for name, each in own.items() if name != "settings"]
        flags = {
            f"{each.group}_{each.name}": _flag(each, shown) for each in taken if each.cli.flags
        }
        former = {
            f"was_{each.group}_{each.name}": _former(each) for each in taken if each.cli.former
        }
        by_name = {f"{each.group}_{each.name}": each for each in taken}

        @wraps(command)
        def run(**values: Any) -> None:
            with tidy():
                given = [
                    *_formerly({by_name[name[4:]]: values.pop(name) for name in former}),
                    *_by_key(values.pop("change") or ()),
                    *_by_flag({by_name[name]: values.pop(name) for name in flags}),
                ]
                LOG.verbose |= values.pop("verbose")
                form = values.pop("log_format")
                LOG.form = LogForm(form or LOG.form)
                settings = load(values.pop("config"), os.environ, given, detail)
                code = command(**values, settings=settings)
            raise typer.Exit(code)

        made = [
            *flags.items(),
            *former.items(),
            ("change", _parameter(_SET)),
            ("config", _parameter(_CONFIG)),
            ("verbose", _parameter(_VERBOSE, default=False)),
            ("log_format", _parameter(_LOG_FORMAT)),
        ]
        parameters = [each.replace(name=name) for name, each in made]
        every = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*parameters, *mine)]
        setattr(run, "__signature__", inspect.Signature(every))  # noqa: B010 - what typer reads; no type knows it
        run.__annotations__ = {each.name: each.annotation for each in every}
        return run

    return wrap


def _parameter(annotation: Any, default: Any = None) -> inspect.Parameter:
    return inspect.Parameter(
        "_", inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _flag(leaf: Leaf, shown: Collection[str] | None) -> inspect.Parameter:
    listed = leaf.cli.shown if shown is None else leaf.key in shown
    return _option(leaf, leaf.cli.flags, hidden=not listed)


def _former(leaf: Leaf) -> inspect.Parameter:
    return _option(leaf, leaf.cli.former, hidden=True)


def _option(leaf: Leaf, spellings: tuple[str, ...], *, hidden: bool) -> inspect.Parameter:
    said = leaf.field.description or ""
    default = "" if leaf.field.default in {None, False, ()} else f"  [default: {leaf.default()}]"
    info = typer.Option(
        *spellings,
        metavar=None if leaf.switch or leaf.pair else leaf.metavar(),
        help=f"{said[:1].upper()}{said[1:]}.{default}",
        hidden=hidden,
        show_default=False,
    )
    if leaf.switch:
        return _parameter(Annotated[bool, info], default=False)
    kind: Any = tuple[str, str] | None if leaf.pair else str | None
    if leaf.cli.repeat:
        kind = list[str] | None
    return _parameter(Annotated[kind, info])


def _formerly(values: dict[Leaf, Any]) -> Iterator[tuple[str, str, Any]]:
    for leaf, value in values.items():
        if value is None or value is False:
            continue
        old = leaf.cli.former[0]
        text = ",".join(value) if isinstance(value, tuple) else value
        shown = "true" if text is True else text
        say(f"{old} is --set {leaf.key}={shown} now; the old spelling goes in the next version")
        yield leaf.key, old, text


def _by_key(changes: Collection[str]) -> Iterator[tuple[str, str, str]]:
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            message = f"--set {change}: it looks like --set KEY=VALUE, such as --set llm.rounds=2"
            raise SettingsError(message)
        yield key.strip(), f"--set {key.strip()}", value


def _by_flag(values: dict[Leaf, Any]) -> Iterator[tuple[str, str, Any]]:
    for leaf, value in values.items():
        if value is not None and value is not False and value != []:
            yield leaf.key, leaf.cli.flags[0], value
