"""The command line. The only room that knows typer and rich."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; see docs/exit-codes.md for what it exits with."""
    from decloak.cli.app import app  # noqa: PLC0415 - `import decloak.cli` costs nothing
    from decloak.cli.exits import ended  # noqa: PLC0415 - likewise

    sys.exit(ended(lambda: app(prog_name="decloak")))
