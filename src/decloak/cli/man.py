"""Man: the manual page, made from the commands. ``scripts/generated`` writes it; a test compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from decloak.cli.app import app
from decloak.cli.exits import EXIT_CODES
from decloak.cli.lazy import LazyCommand

__all__ = ["page"]

_HEAD = r""".\" Made by scripts/generated
.TH DECLOAK 1 "" "decloak" "User Commands"
.SH NAME
decloak \- find security entities in tool output and threat reports, also when they are disguised
.SH SYNOPSIS
.B decloak
.I COMMAND
.RI [ OPTIONS "] [" ARGUMENTS ]
.SH COMMANDS
"""
_TAIL = r""".SH ENVIRONMENT
.B DECLOAK_GROUP_NAME
gives an option, such as
.BR DECLOAK_LLM_ROUNDS=2 ;
.B DECLOAK_CONFIG
names a TOML file of options.
.B decloak options
lists them all.
.BR NO_COLOR ", " FORCE_COLOR " and " SOURCE_DATE_EPOCH
are heeded.
"""


def page() -> str:
    """Return the page in the man macros."""
    root: Any = typer.main.get_command(app)
    parts = [_HEAD]
    for name, command in root.commands.items():
        loaded = command.loaded() if isinstance(command, LazyCommand) else command
        parts += _section(name, loaded)
    parts.append(f".SH EXIT STATUS\n{_plain(EXIT_CODES.partition(': ')[2])}\n")
    return "".join((*parts, _TAIL))


def _section(name: str, command: Any) -> Iterator[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    shown = " ".join(_plain(each.metavar or each.name.upper()) for each in arguments)
    yield f".SS {_plain(name)} {shown}".rstrip() + "\n"
    yield f"{_plain(' '.join((command.help or '').split()))}\n"
    for each in command.params:
        if each.param_type_name != "option" or each.hidden:
            continue
        value = "" if each.is_flag else rf" \fI{_plain(each.metavar or 'VALUE')}\fR"
        yield f".TP\n\\fB{_plain(', '.join((*each.opts, *each.secondary_opts)))}\\fR{value}\n"
        yield f"{_plain(' '.join((each.help or '').split()))}\n"
    for inner, nested in getattr(command, "commands", {}).items():
        yield from _section(f"{name} {inner}", nested)


def _plain(text: str) -> str:
    """Return text that no macro reads."""
    safe = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{safe}" if safe.startswith((".", "'")) else safe


if __name__ == "__main__":
    sys.stdout.write(page())
