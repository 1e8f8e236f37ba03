"""Serves the application on this machine alone, until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from popliteal.cohort.review.app import application
from popliteal.cohort.review.desk import Desk
from popliteal.cohort.review.security import Session
from popliteal.errors import OutputError

HOST = "127.0.0.1"


def listen(port: int = 0) -> socket.socket:
    """A socket on this machine's own address; port 0 takes a free one.

    Raises:
        OutputError: the port is taken or not ours to take.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()  # whoever opens the address before the server is up waits, and is not turned away
    except OSError as error:
        listening.close()
        raise OutputError(f"--port {port}: cannot be used ({error.strerror}); name another, or none") from error
    return listening


def server(desk: Desk, listening: socket.socket, ready: Callable[[str], None]) -> uvicorn.Server:
    """A server that is ready to run; ``ready`` is called with the address to open.

    It writes no access log: addresses and answers of a chart review are nobody's business.
    """
    session = Session(listening.getsockname()[1])
    config = uvicorn.Config(
        application(desk, session),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    made = uvicorn.Server(config)
    ready(session.address)
    return made


def serve(desk: Desk, listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C, which is how a review ends and no failure."""
    with suppress(KeyboardInterrupt):
        server(desk, listening, ready).run(sockets=[listening])
