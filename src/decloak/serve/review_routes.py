"""Review routes: the queue over HTTP. The store and its rules are `decloak.review`'s own.

Scopes: `read` sees counts, `review` decides, `admin` takes the labelled texts, which are whole documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from decloak.export.json_text import dumps
from decloak.review import Action, Change, Found, ReviewStore, conll_lines, labelled_rows
from decloak.serve.auth import Scope, Token, needs
from decloak.serve.errors import ErrorBody, ForbiddenError
from decloak.serve.review_schemas import (
    AgreementOut,
    DecisionIn,
    DocumentIn,
    DocumentOut,
    ItemOut,
    MissedIn,
    NumbersOut,
    StatsOut,
    UndoIn,
    item_out,
)

__all__ = ["router"]


class Labelled(StrEnum):
    """A form of labelled text."""

    JSONL = "jsonl"
    CONLL = "conll"


_MEDIA = {Labelled.JSONL: "application/x-ndjson", Labelled.CONLL: "text/plain; charset=utf-8"}
_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "No such item or document"},
    507: {"model": ErrorBody, "description": "The store cannot be written: its disk is full"},
}
router = APIRouter(prefix="/v1/review", tags=["review"], responses=_ERRORS)


def _store(request: Request) -> ReviewStore:
    store: ReviewStore = request.app.state.reviews
    return store


Store = Annotated[ReviewStore, Depends(_store)]
Holder = Annotated[Token, needs(Scope.REVIEW)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Who = Annotated[str | None, Query(min_length=1, max_length=64, description="whose queue")]
Most = Annotated[int, Query(ge=1, le=500, description="items, at most")]


def _named(request: Request, token: Token, given: str | None) -> str:
    """Return who decides: the token's holder, or without tokens whoever is named.

    Raises:
        ForbiddenError: when a token's holder names another.
    """
    if not request.app.state.tokens.are_needed:
        return given or token.name
    if given not in {None, token.name}:
        message = f"the token is that of {token.name}, who cannot decide for others"
        raise ForbiddenError(message)
    return token.name


def _told(store: ReviewStore, who: str, numbers: list[int]) -> NumbersOut:
    progress = store.progress(who)
    return NumbersOut(items=numbers, decided=progress.decided, left=progress.left)


@router.get("/next", summary="What is left to decide, what teaches most first")
def next_items(
    request: Request,
    store: Store,
    token: Holder,
    reviewer: Who = None,
    most: Most = 20,
    skip: Annotated[list[int] | None, Query(max_length=1_000)] = None,
) -> list[ItemOut]:
    """Return items of a reviewer's queue."""
    return [
        item_out(each) for each in store.queue(_named(request, token, reviewer), most, skip or ())
    ]


@router.get("/decided", summary="What a reviewer decided, the last first")
def decided(
    request: Request, store: Store, token: Holder, reviewer: Who = None, most: Most = 50
) -> list[ItemOut]:
    """Return items that a reviewer decided."""
    return [item_out(each) for each in store.decided(_named(request, token, reviewer), most)]


@router.get(
    "/conflicts", summary="About what reviewers disagree", dependencies=[needs(Scope.REVIEW)]
)
def conflicts(store: Store, most: Most = 50) -> list[ItemOut]:
    """Return the items that are decided in more than one way."""
    return [item_out(each) for each in store.conflicts(most)]


@router.get("/items/{number}", summary="One item, with all that was ever decided about it",
            dependencies=[needs(Scope.REVIEW)])  # fmt: skip
def item(store: Store, number: Number) -> ItemOut:
    """Return an item with its history."""
    shown = item_out(store.item(number))
    return shown.model_copy(update={"history": store.history(number)})


@router.post("/items/{number}/decisions", summary="Decide: it is on the disk when the answer comes")
def decide(
    request: Request, store: Store, token: Holder, number: Number, asked: DecisionIn
) -> NumbersOut:
    """Append a decision."""
    who = _named(request, token, asked.reviewer)
    change = Change(asked.start, asked.end, asked.label, asked.value)
    numbers = store.decide(number, who, Action(asked.action), change, alike=asked.alike)
    return _told(store, who, numbers)


@router.post("/undo", summary="Take back the last decision, all that were made at once")
def undo(request: Request, store: Store, token: Holder, asked: UndoIn) -> NumbersOut:
    """Append what takes a decision back."""
    who = _named(request, token, asked.reviewer)
    return _told(store, who, store.undo(who))


@router.post(
    "/documents", summary="Add a document with what was found in it, and flag what is doubted"
)
def add_document(request: Request, store: Store, token: Holder, asked: DocumentIn) -> DocumentOut:
    """Add a document; one with the same text is added to."""
    who = _named(request, token, asked.reviewer)
    found = [
        Found(
            each.start,
            each.end,
            each.label,
            each.value,
            each.confidence,
            each.status,
            tuple(each.evidence),
        )
        for each in asked.entities
    ]
    document, fresh = store.add_document(asked.id, asked.source, asked.text, found)
    flagged = {(each.start, each.end, each.label) for each in asked.entities if each.flagged}
    if flagged:
        for number, place in store.places(document):
            if place in flagged:
                store.decide(number, who, Action.FLAG)
    return DocumentOut(document=document, new=len(fresh), flagged=len(flagged))


@router.post("/documents/{number}/missed", summary="Add what was not found")
def add_missed(
    request: Request, store: Store, token: Holder, number: Number, asked: MissedIn
) -> NumbersOut:
    """Add an entity, as decided."""
    who = _named(request, token, asked.reviewer)
    made = store.add_missed(number, who, asked.start, asked.end, asked.label, asked.value)
    return _told(store, who, [made])


@router.get("/stats", summary="Counts, progress and agreement")
def stats(
    request: Request, store: Store, token: Annotated[Token, needs(Scope.READ)], reviewer: Who = None
) -> StatsOut:
    """Return how far everybody is, and how far they agree."""
    who = _named(request, token, reviewer)
    progress = store.progress(who)
    agreements = [
        AgreementOut(first=first, second=second, both=made.both, same=made.same, kappa=made.kappa)
        for (first, second), made in store.agreements().items()
    ]
    return StatsOut(
        **store.counts(), reviewer=who, mine=progress.decided, left=progress.left,
        reviewers=store.reviewers(), agreements=agreements,
    )  # fmt: skip


@router.get("/export", summary="What was reviewed, as labelled text", response_class=StreamingResponse,
            dependencies=[needs(Scope.ADMIN)])  # fmt: skip
def export(
    store: Store,
    form: Annotated[Labelled, Query(alias="format")] = Labelled.JSONL,
    *,
    whole: Annotated[bool, Query(description="only documents in which all is decided")] = False,
) -> StreamingResponse:
    """Return labelled text, document by document."""

    def lines() -> Iterator[str]:
        rows = labelled_rows(store, whole=whole)
        if form is Labelled.CONLL:
            yield from conll_lines(rows)
        else:
            for row in rows:
                yield dumps(row) + "\n"

    return StreamingResponse(lines(), media_type=_MEDIA[form])
