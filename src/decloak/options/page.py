"""Page: the options as a page of the docs and as JSON Schema."""

from __future__ import annotations

from typing import Any

from decloak.options.leaves import leaves
from decloak.options.model import Settings

__all__ = ["options_page", "options_schema"]

_HEAD = """# Options

Made from `decloak.options` by `scripts/generated`; a test compares.

Each option has one name, `GROUP.NAME`, and is given in any of these ways; the first that names it wins:

1. on the command line: `--set llm.rounds=2`, as often as needed, or by a flag of its own where there is one
2. in the environment: `DECLOAK_LLM_ROUNDS=2`
3. in a TOML file, `--config decloak.toml`, with a table for each group:

   ```toml
   [llm]
   rounds = 2
   ```

In Python, `decloak.Settings(llm={"rounds": 2})`, or flat, in `decloak.extract` as well: the name where no other
group has it (`nested=True`), `GROUP_NAME` always (`llm_rounds=2`), and the group for its main option
(`tagger="off"` is `tagger.mode`, `llm="gguf:PATH"` is `llm.uri`). Only commands read the environment and files.

Several values have commas between them on the command line and in the environment, and are a list in TOML and
Python; nothing between the quotes (`--set llm.cache=`) is none. Paths are relative to where the command runs.
"""


def options_page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for group, field in Settings.model_fields.items():
        parts.append(
            f"\n## {group}: {field.description}\n\n| option | default | allowed | what | flag |\n"
        )
        parts.append("|---|---|---|---|---|\n")
        for each in leaves():
            if each.group == group:
                flags = ", ".join(f"`{flag}`" for flag in each.cli.flags)
                cells = (
                    f"`{each.key}`",
                    each.default(),
                    each.allowed(),
                    each.field.description or "",
                    flags,
                )
                parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


def options_schema() -> dict[str, Any]:
    """Return the JSON Schema of `Settings`."""
    return Settings.model_json_schema()
