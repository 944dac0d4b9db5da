"""``decloak serve``: the service and its page; ``decloak serve-token``: who may ask it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decloak.cli.exits import FINE
from decloak.cli.messages import say
from decloak.cli.settings import takes_settings
from decloak.core.extras import need_extra
from decloak.options import Settings

__all__ = ["app"]

app = typer.Typer(name="serving")


@app.command()
@takes_settings(("tagger", "decode", "reading", "link"), shown=())
def serve(  # noqa: PLR0913, PLR0917 - each is an option
    settings: Settings,
    host: Annotated[str, typer.Option(help="Address to listen to.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = 8765,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes.  [default: one per usable core]")
    ] = None,
    queue: Annotated[int, typer.Option(min=1, help="Jobs that may wait; more get 429.")] = 64,
    max_bytes: Annotated[int, typer.Option(min=1, help="Longest body of a request.")] = 64 << 20,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="CPU seconds that one document may take.")
    ] = 60.0,
    body_seconds: Annotated[
        float, typer.Option(min=0.1, help="Seconds that a client has to send its request.")
    ] = 60.0,
    tokens: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Tokens; without them: loopback only.")
    ] = None,
    reviews: Annotated[
        str | None,
        typer.Option(metavar="STORE", help="Review queue: SQLite file, or postgresql://..."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log warnings only.")] = False,
) -> int:
    """Serve the HTTP API and the page (extra `serve`)."""
    with need_extra("serve"):
        from decloak.serve.run import run  # noqa: PLC0415 - FastAPI, only here
        from decloak.serve.settings import ServeSettings  # noqa: PLC0415 - likewise
    from decloak.core.threads import usable_cores  # noqa: PLC0415 - only here

    run(
        ServeSettings(
            host=host,
            port=port,
            workers=workers or usable_cores(),
            queue=queue,
            max_bytes=max_bytes,
            seconds=seconds,
            body_seconds=body_seconds,
            tokens=tokens,
            reviews=reviews,
            defaults=settings,
        ),
        quiet=quiet,
    )
    return FINE


@app.command("serve-token")
def token(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file of tokens; made if need be.")
    ],
    name: Annotated[str, typer.Option(help="Who holds it; stands in logs.")],
    scope: Annotated[str, typer.Option(help="read, review or admin.")] = "read",
) -> None:
    """Make a token, add its digest to FILE and print it: it is shown this once."""
    from decloak.cli.exits import tidy  # noqa: PLC0415 - only here

    with tidy(), need_extra("serve"):
        from decloak.core.errors import SettingsError  # noqa: PLC0415 - only here
        from decloak.serve.auth import Scope, add_token  # noqa: PLC0415 - likewise

        if scope not in list(Scope):
            message = f"there is no scope {scope!r}; {', '.join(Scope)} are"
            raise SettingsError(message)
        typer.echo(add_token(file, name, Scope(scope)))
        say(f"added to {file}; start the service with --tokens {file}")
