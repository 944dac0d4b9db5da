"""`decloak identify`: each document in plain English, or the prompts that would ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from decloak.cli.each import tell_each
from decloak.cli.messages import say
from decloak.core.document import Document
from decloak.export.json_text import dumps
from decloak.export.sanitise import sanitise
from decloak.identify import Identifier, known_places, name_all, verbalise
from decloak.identify.verbalise import value_of
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["describe_each"]

Story = dict[str, Any]
_CONTEXT = 8192
"""Tokens that a model is taken to have where none is named."""


def describe_each(
    paths: tuple[str, ...], form: str, settings: Settings, *, show_prompt: bool, quiet: bool
) -> int:
    """Write the story of every document and return the exit code."""
    pipeline = Pipeline(settings.updated(llm_mode="narrative", llm_samples=0, llm_trace=True))
    make = _teller(pipeline, show_prompt=show_prompt)

    def told(document: Document) -> tuple[Iterator[str], tuple[str, ...]]:
        story, warnings = make(document)
        if form == "jsonl":
            return iter((dumps({"id": document.id, **story}), "\n")), warnings
        return _text(document.id, story), warnings

    code = tell_each(paths, form, told, settings.reading, quiet=quiet)
    if pipeline.account is not None and not quiet and not show_prompt:
        for line in pipeline.account.summary().lines():
            say(line)
    return code


Made = tuple[Story, tuple[str, ...]]


def _teller(pipeline: Pipeline, *, show_prompt: bool) -> Callable[[Document], Made]:
    if show_prompt:
        return lambda document: (_prompts(pipeline, document), document.warnings)
    if pipeline.account is None:
        return lambda document: (_facts(pipeline, document), document.warnings)

    def told(document: Document) -> Made:
        result = pipeline.run(document)
        story = result.identification or {}
        return {"source": result.source, **story}, result.warnings

    return told


def _prompts(pipeline: Pipeline, document: Document) -> Story:
    """Return every prompt of the first round."""
    decoded, segments, facts, source = pipeline.read(document)
    plain = Pipeline(Settings(decode=pipeline.settings.decode))
    known = known_places(decoded, plain.run(document).entities)
    identifier = pipeline.identifier
    if identifier is None:
        from decloak.llm import Scripted  # noqa: PLC0415 - only here: it counts, and is not asked

        identifier = Identifier(Scripted(context=_CONTEXT), _nothing)
    prompts = [
        {
            "template": ready.talk.template.name,
            "category": ready.talk.context.category,
            "labels": list(ready.talk.labels),
            "disguises": list(ready.talk.context.disguises),
            "tokens": ready.size,
            "messages": [
                {"role": each.role, "content": each.content} for each in ready.talk.narrate()
            ],
        }
        for ready in identifier.prepare(decoded, segments, facts, known)
        if not ready.chunk.too_long
    ]
    return {"source": source, "prompts": prompts}


def _nothing(_: str) -> tuple[()]:
    return ()


def _facts(pipeline: Pipeline, document: Document) -> Story:
    """Tell the facts, and name what was found outside of them, without a model."""
    decoded, _, facts, source = pipeline.read(document)
    sentences = verbalise(decoded.text, facts.span(0, len(facts)), facts)
    told = {value_of(decoded.text, fact) for sentence in sentences for fact in sentence.facts}
    rest = name_all(
        (entity.label, entity.decoded)
        for entity in pipeline.run(document).entities
        if " ".join(entity.decoded.split()) not in told
    )
    lines = [sentence.text for sentence in sentences]
    return {
        "source": source,
        "template": "",
        "rounds": [],
        "added": [*lines, rest] if rest else lines,
    }


def _text(name: str, story: Story) -> Iterator[str]:
    """Yield a story for people; a plus stands before what was added without the model."""
    yield f"{sanitise(name)}: {story['source']}"
    if "prompts" in story:
        yield "\n"
        for prompt in story["prompts"]:
            yield f"\n# {prompt['template']}, about {prompt['tokens']} tokens of data\n"
            for message in prompt["messages"]:
                yield f"\n## {message['role']}\n{sanitise(message['content'], lines=True)}\n"
        return
    yield f", {story['template']}\n" if story["template"] else "\n"
    last = story["rounds"][-1]["narrative"] if story["rounds"] else ""
    if last:
        yield sanitise(last, lines=True) + "\n"
    for sentence in story["added"]:
        yield f"+ {sanitise(sentence)}\n"
