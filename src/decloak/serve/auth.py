"""Auth: tokens with scopes. The file holds digests; a token itself is shown once, when it is made.

A token is 32 random bytes: its SHA-256 needs no salt and no slow hash, nobody can guess it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from decloak.core.errors import OutputError, SettingsError
from decloak.serve.errors import ForbiddenError, UnauthorizedError

__all__ = ["Scope", "Token", "Tokens", "add_token", "needs"]

_PREFIX = "decloak_"


class Scope(StrEnum):
    """What a token allows: `admin` everything, `review` also what `read` does."""

    READ = "read"
    REVIEW = "review"
    ADMIN = "admin"


_INCLUDED = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.REVIEW: frozenset({Scope.READ, Scope.REVIEW}),
    Scope.ADMIN: frozenset(Scope),
}


class Token(BaseModel):
    """One line of the file.

    Attributes:
        name: who holds it; stands in logs and in the history of reviews.
        scope: what it allows.
        sha256: of the token, in hex.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    scope: Scope
    sha256: str

    def allows(self, scope: Scope) -> bool:
        """Whether it has a scope, or one that includes it."""
        return scope in _INCLUDED[self.scope]


LOCAL = Token(name="local", scope=Scope.ADMIN, sha256="")
"""Whoever asks a service without tokens: it listens to loopback only."""


class Tokens:
    """The tokens of a service.

    Args:
        known: what the file holds; None for a service without tokens.
    """

    def __init__(self, known: Sequence[Token] | None) -> None:
        self._known = known

    @property
    def are_needed(self) -> bool:
        """Whether a request needs one."""
        return self._known is not None

    @classmethod
    def load(cls, path: Path | None) -> Tokens:
        """Read the file; None: no tokens.

        Raises:
            SettingsError: when it is not there, damaged or empty.
        """
        if path is None:
            return cls(None)
        try:
            lines = path.read_text("utf-8").splitlines()
            known = [Token.model_validate_json(line) for line in lines if line.strip()]
        except OSError as error:
            message = (
                f"{path}: {(error.strerror or '').lower()}; make it with `decloak serve-token`"
            )
            raise SettingsError(message) from error
        except (ValidationError, UnicodeDecodeError) as error:
            message = (
                f"{path}: this is no file of tokens; make a new one with `decloak serve-token`"
            )
            raise SettingsError(message) from error
        if not known:
            message = f"{path}: no token in it; add one with `decloak serve-token`"
            raise SettingsError(message)
        return cls(known)

    def check(self, header: str | None, needed: Scope) -> Token:
        """Return the token of a request. Takes the same time whichever token is wrong where.

        Args:
            header: ``Authorization``; None where there is none.
            needed: the scope that is needed.

        Raises:
            UnauthorizedError: when there is no token, or one that nobody gave out.
            ForbiddenError: when its scope is another.
        """
        if self._known is None:
            return LOCAL
        scheme, _, given = (header or "").partition(" ")
        digest = hashlib.sha256(given.strip().encode("utf-8", "surrogatepass")).hexdigest()
        found = None
        for token in self._known:
            if hmac.compare_digest(token.sha256, digest):
                found = token
        if scheme.lower() != "bearer" or found is None:
            message = "a token is needed: Authorization: Bearer TOKEN"
            raise UnauthorizedError(message)
        if not found.allows(needed):
            message = f"the token allows {found.scope}, and {needed} is needed"
            raise ForbiddenError(message)
        return found


def add_token(path: Path, name: str, scope: Scope) -> str:
    """Make a token, append its digest to the file (readable by its owner alone) and return it.

    Raises:
        OutputError: when the file cannot be written.
    """
    token = _PREFIX + secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    line = json.dumps({"name": name, "scope": scope.value, "sha256": digest}) + "\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(line)
    except OSError as error:
        message = f"{path}: {(error.strerror or '').lower()}; choose another file"
        raise OutputError(message) from error
    return token


def needs(scope: Scope) -> Any:
    """Return a dependency: the token of a request that has this scope."""

    async def check(request: Request) -> Token:
        tokens: Tokens = request.app.state.tokens
        return tokens.check(request.headers.get("authorization"), scope)

    return Depends(check)
