"""Page: the files of the page, as they lie in the package; no other file is served."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse

__all__ = ["add_page"]

_STATIC = Path(__file__).with_name("static")
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def add_page(app: FastAPI) -> None:
    """Add a route for each file of the page."""
    files = {f"/{each.name}": each for each in sorted(_STATIC.iterdir()) if each.suffix in _TYPES}
    files["/"] = files.pop("/index.html")

    async def page(request: Request) -> Response:
        path = files[request.scope["route"].path]
        return FileResponse(path, media_type=_TYPES[path.suffix])

    for route in files:
        app.add_api_route(route, page, include_in_schema=False)
