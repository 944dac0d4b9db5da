"""``python3 -m lab``: harvest raw runs of the real tools, or print one transcript of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lab.budget import BUDGETS
from lab.daemons import LabError
from lab.transcript import transcript


def main(arguments: list[str] | None = None) -> int:
    """Run the lab; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    shown = commands.add_parser("transcript", help="start a few servers, print nmap, dig and whois")
    shown.add_argument("seed", nargs="?", type=int)
    made = commands.add_parser(
        "harvest", help="serve a world, run the real tools, store what they print"
    )
    made.add_argument(
        "--store", type=Path, required=True, help="folder for the runs; what is there stays"
    )
    made.add_argument(
        "--seed", type=int, default=1, help="of everything that is served (default 1)"
    )
    made.add_argument(
        "--budget", choices=sorted(BUDGETS), default="small", help="how much (default small)"
    )
    counted = commands.add_parser(
        "recognised", help="compare what nmap reported with what was served"
    )
    counted.add_argument("--store", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        if options.command == "harvest":
            from lab.harvest import harvest  # noqa: PLC0415 - needs packages that transcripts do not

            return harvest(options.store, options.seed, options.budget)
        if options.command == "recognised":
            from lab.recognised import report  # noqa: PLC0415 - likewise

            print(report(options.store))
            return 0
        transcript(getattr(options, "seed", None))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
