"""One command to Redis over a unix socket, without a client: for the few that need no more.

The protocol is RESP (https://redis.io/docs/latest/develop/reference/protocol-spec/): a command
goes as an array of strings that carry their lengths.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path


def send_command(path: Path, *words: str, timeout: float) -> bytes:
    """Send one command to the server at a socket; the first line of its answer (`+PONG`, `:1`).

    Args:
        path: the socket.
        words: the command and its arguments.
        timeout: of each step, in seconds.

    Raises:
        OSError: nobody listens (`FileNotFoundError`, `ConnectionRefusedError`), or no answer came
            in time (`TimeoutError`); `ConnectionError` if the server hung up.
    """
    request = b"*%d\r\n" % len(words)
    for word in words:
        data = word.encode()
        request += b"$%d\r\n%b\r\n" % (len(data), data)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        connection.connect(os.fspath(path))
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"\r\n"):
            received = connection.recv(4096)
            if not received:
                raise ConnectionResetError("The server hung up.")
            answer += received
    return answer.split(b"\r\n", 1)[0]
