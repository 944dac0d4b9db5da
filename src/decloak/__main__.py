"""Run the command line as ``python -m decloak``."""

from __future__ import annotations

from decloak.cli import main

if __name__ == "__main__":
    main()
