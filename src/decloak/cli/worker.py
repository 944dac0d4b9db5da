"""Worker: what runs in each process of `--jobs`: batches of items in, outcomes out, one by one.

An answer is one message per piece of a large output, one `Outcome` with the last piece, and, when an
item is done, None. The first message is None as well, or the error that ends the run.
"""

from __future__ import annotations

import os
import shutil
import signal
from functools import partial
from multiprocessing.connection import Connection

from decloak.cli.work import Item, Outcome, Task, outcomes
from decloak.core.errors import DecloakError
from decloak.core.processes import end_with_parent
from decloak.core.threads import VARIABLE
from decloak.pipeline import Pipeline

__all__ = ["Message", "serve"]

Message = str | Outcome | DecloakError | None


def serve(channel: Connection, task: Task, folder: str | None) -> None:
    """Process batches until the other end of the channel is closed.

    Args:
        channel: where batches come from and answers go to.
        task: what to do with every item.
        folder: what the parent would remove at its end, and cannot when it is killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.setdefault(VARIABLE, "1")  # the other cores have workers of their own
    end_with_parent(None if folder is None else partial(shutil.rmtree, folder, ignore_errors=True))
    try:
        try:
            pipeline = Pipeline(task.settings)
        except DecloakError as error:
            channel.send(error)
            return
        channel.send(None)
        while True:
            batch: list[Item] = channel.recv()
            for item in batch:
                for outcome in outcomes(task, [item], pipeline):
                    _send(channel, outcome)
                channel.send(None)
    except (EOFError, OSError):  # nobody wants more
        return
    except MemoryError:  # the parent says what that means; a trace would say it again
        os._exit(1)


def _send(channel: Connection, outcome: Outcome) -> None:
    last = ""
    for piece in outcome.pieces:
        if last:
            channel.send(last)
        last = piece
    channel.send(outcome._replace(pieces=(last,) if last else ()))
