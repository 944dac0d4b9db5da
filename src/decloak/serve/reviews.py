"""Reviews: whether the service has a review queue, and its routes where it has (they need the extra `review`)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, Field

from decloak.core.extras import need_extra
from decloak.serve.auth import Scope, Token, needs

__all__ = ["add_reviews"]

_router = APIRouter(prefix="/v1/review", tags=["review"])


class ReviewState(BaseModel):
    """Whether there is a review store, and who asks."""

    enabled: bool
    reviewer: str
    named: bool = Field(description="whether only the token's holder can decide")
    may_review: bool
    may_export: bool


@_router.get("", summary="Whether there is a review queue, and who asks")
def state(request: Request, token: Annotated[Token, needs(Scope.READ)]) -> ReviewState:
    """Return it."""
    return ReviewState(
        enabled=request.app.state.reviews is not None,
        reviewer=token.name,
        named=request.app.state.tokens.are_needed,
        may_review=token.allows(Scope.REVIEW),
        may_export=token.allows(Scope.ADMIN),
    )


def add_reviews(app: FastAPI, place: str | None) -> None:
    """Add the routes.

    Args:
        app: to add to.
        place: the store of `decloak.review`; None: there is no queue.

    Raises:
        StoreError: when the store cannot be used.
    """
    app.state.reviews = None
    app.include_router(_router)
    if place is not None:
        with need_extra("review"):
            from decloak.review import ReviewStore  # noqa: PLC0415 - SQLAlchemy is an extra
            from decloak.serve.review_routes import router  # noqa: PLC0415 - likewise

        app.state.reviews = ReviewStore(place)
        app.include_router(router)
