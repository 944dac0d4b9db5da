"""Html page: one page that needs nothing else, with the entities of every document highlighted.

A legend counts them and switches groups and labels on and off. All of that is style sheets: the page has no
script, and its policy lets a browser neither run one nor load anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from decloak.core.labels import GROUP_OF, LABELS, LabelGroup
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.highlight import marked, safe, style

__all__ = ["HTML"]

_HINT = (
    "Hover over an entity for what it is, how sure that is, and why. "
    "Dashed: for review; dotted: rejected."
)


class _Html:
    """A section per document, the legend behind them, because it counts them."""

    name = "html"
    description = "one page with the entities highlighted, and a legend"
    between = ""
    distinct = ""

    @property
    def head(self) -> str:
        """What comes before the first document."""
        return _head()

    @property
    def tail(self) -> str:
        """The legend and the end of the page."""
        return _tail()

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the section of one document."""
        yield f"<section>\n<h2>{safe(result.id)}</h2>\n<p>{_facts(result, shape)}</p>\n"
        for warning in result.warnings:
            yield f'<p class="warning">{safe(warning)}</p>\n'
        yield "<pre>\n"
        yield from marked(result, shape)
        yield "</pre>\n</section>\n"

    def render_failure(self, failure: Failure) -> str:
        """Return a section that says what went wrong."""
        told = f"{safe(failure.error)}: {safe(failure.message)}"
        return (
            f'<section>\n<h2>{safe(failure.id)}</h2>\n<p class="warning">{told}</p>\n</section>\n'
        )


def _facts(result: Result, shape: Shape) -> str:
    count, records = len(shape.entities(result)), len(result.record_rows)
    parts = [safe(result.source), f"{count:,} {'entity' if count == 1 else 'entities'}"]
    if records:
        parts.append(f"{records:,} {'record' if records == 1 else 'records'}")
    return " · ".join(parts)


@cache
def _head() -> str:
    sheet = _sheet()
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>decloak</title>\n<style>{sheet}</style>\n</head>\n"
        '<body class="decloak">\n<main>\n'
    )


@cache
def _tail() -> str:
    parts = [f"</main>\n<nav>\n<h1>decloak</h1>\n<p>{_HINT}</p>\n"]
    for group in LabelGroup:
        parts.append(
            f'<fieldset class="{group} in-{group}">\n<legend><label><input type="checkbox" id="{group}" checked>'
            f"<span>{group.capitalize()}</span></label></legend>\n"
        )
        for label, spec in LABELS.items():
            if GROUP_OF[label] is group:
                parts.append(
                    f'<label class="of-{label}" title="{safe(spec.description)}">'
                    f'<input type="checkbox" id="{label}" checked><span>{label}</span></label>\n'
                )
        parts.append("</fieldset>\n")
    parts.append("</nav>\n</body>\n</html>\n")
    return "".join(parts)


def _sheet() -> str:
    """Return the whole style sheet: colours, layout, and for each label its count and its switch."""
    layout = (files("decloak.export") / "data" / "page.css").read_text("utf-8")
    off = "{ background: none; border-color: transparent; padding: 0; }\n"
    rules = [f"body {{ counter-reset: {' '.join(f'n-{label}' for label in LABELS)}; }}\n"]
    for label in LABELS:
        mark = f'mark[data-label="{label}"]'
        rules += (
            f"{mark} {{ counter-increment: n-{label}; }}\n",
            f".of-{label}::after {{ content: counter(n-{label}); }}\n",
            f"body:not(:has({mark})) .of-{label} {{ display: none; }}\n",
            f"body:has(#{label}:not(:checked)) {mark} {off}",
            f"body:has(#{label}:not(:checked)) {mark}::after {{ content: none; }}\n",
        )
    for group in LabelGroup:
        rules += (
            f"body:not(:has(mark.{group})) .in-{group} {{ display: none; }}\n",
            f"body:has(#{group}:not(:checked)) mark.{group} {off}",
            f"body:has(#{group}:not(:checked)) mark.{group}::after {{ content: none; }}\n",
        )
    return style() + layout + "".join(rules)


HTML = _Html()
