"""The other end of the pool: a process that makes an engine and works on what it is sent until its input ends."""

from __future__ import annotations

import gc
import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from typing import IO, cast

from popliteal.errors import PoplitealError
from popliteal.running.faults import describe
from popliteal.running.items import Item
from popliteal.running.pool import READY, Factory, receive, send
from popliteal.running.tables import step


def main() -> None:
    """Run a worker on standard input and output.

    Ends quietly when the other side goes away. Ctrl-C is left to the process that started this one. Exceptions end
    the process without a traceback, which could quote a note; the pool then tries the notes one by one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whatever prints must not spoil the replies
    try:
        _serve(sys.stdin.buffer, replies)
    except (EOFError, BrokenPipeError):
        os._exit(0)
    except BaseException:
        os._exit(1)


def _serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    pickled, text = cast(tuple[bytes, bool], receive(requests))
    try:
        factory = cast(Factory, pickle.loads(pickled))  # noqa: S301 - from the process that started this one
        engine = factory()
    except PoplitealError as error:
        send(replies, str(error))
        return
    except Exception as error:
        kind, message = describe(error)
        send(replies, f"the engine cannot be made: {kind}, {message}")
        return
    gc.freeze()  # the engine is there to stay: to look through it for garbage took a thirtieth of the time
    send(replies, READY)
    for tables in step(engine, _requests(requests), text=text):
        send(replies, tables)


def _requests(stream: IO[bytes]) -> Iterator[tuple[Item, ...]]:
    """What is asked for; the next request is taken in while the one before is worked on."""
    inbox: queue.SimpleQueue[tuple[Item, ...]] = queue.SimpleQueue()
    threading.Thread(target=_take_in, args=(stream, inbox), daemon=True).start()
    while True:
        yield inbox.get()


def _take_in(stream: IO[bytes], inbox: queue.SimpleQueue[tuple[Item, ...]]) -> None:
    """Wait for requests; where the other side is gone, nobody waits for the reply to what is worked on."""
    try:
        while True:
            inbox.put(cast(tuple[Item, ...], receive(stream)))
    except BaseException:
        os._exit(0)
