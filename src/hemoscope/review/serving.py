"""`serve`: the application on a port of this machine, until it is interrupted."""

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from hemoscope.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def names_of(host: str, port: int) -> tuple[str, ...]:
    """What a browser may call a server that listens there."""
    names = LOOPBACK if host in (*LOOPBACK, "0.0.0.0", "::") else ()  # noqa: S104 (only named)
    bare = dict.fromkeys((host, *names))
    return tuple(f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in bare)


def listen(host: str, port: int) -> socket.socket:
    """The port, taken.

    Args:
        host: Whose port.
        port: 0: one that is free.

    Raises:
        UsageError: It is taken, or may not be.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise UsageError(
            f"port {port} of {host} cannot be had ({error.strerror}). Is another review open "
            "there? Name another with --port, or 0 for one that is free."
        ) from error
    return taken


def serve(app: FastAPI, taken: socket.socket, ready: Callable[[], None]) -> None:
    """Answers until Ctrl-C.

    Args:
        app: What to serve.
        taken: Where, from `listen`.
        ready: Called when the first request can come.
    """
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    taken.listen()
    ready()
    with suppress(KeyboardInterrupt):  # uvicorn hands it on when it has ended what it was doing
        server.run(sockets=[taken])
