"""What a reader process tells its operator, on a socket of its own: whether it is ready, and what it counted."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any

from kawaraban.delivery import http as our_http

if TYPE_CHECKING:
    from pathlib import Path

    from kawaraban.delivery.reader import Reader
    from kawaraban.delivery.request import Exchange, Request, Scope
    from kawaraban.delivery.server import Answered, Server

ASK_WITHIN_SECONDS = 2.0


class Vitals:
    """The application behind the operator's door of one reader process."""

    def __init__(self, reader: Reader, server: Server) -> None:
        self.is_late = False
        self._reader = reader
        self._server = server

    def ready(self, target: bytes, headers: dict[bytes, bytes], *, head: bool) -> None:
        """Nothing is answered from here in passing."""
        return

    def hand_on(self, request: Request, client: str, answered: Answered) -> bool:
        """Nothing is handed on from here."""
        return False

    async def __rsgi__(self, scope: Scope, proto: Exchange) -> None:
        """Answer one question."""
        if scope.path == "/readyz":
            answer = self._reader.readiness()
        elif scope.path == "/vitals":
            answer = our_http.Answer(200, json.dumps({**self._server.tell(), **self._reader.tell()}).encode())
        else:
            answer = our_http.text_answer(404, "Nothing stands here.")
        proto.response_bytes(answer.status, answer.headers, answer.body)


def own_socket(processes_dir: Path, process: int) -> Path:
    """Where a process answers its operator."""
    return processes_dir / f"reader-{process}.sock"


def is_ready(processes_dir: Path, process: int) -> bool:
    """Ask a reader process whether it is ready; one that does not answer is not."""
    return ask(processes_dir, process, "/readyz")[0] == http.client.OK


def vitals_of(processes_dir: Path, process: int) -> dict[str, Any] | None:
    """Return what a reader process counted; None if it does not answer."""
    status, body = ask(processes_dir, process, "/vitals")
    if status != http.client.OK:
        return None
    told: dict[str, Any] = json.loads(body)
    return told


def ask(processes_dir: Path, process: int, path: str) -> tuple[int, bytes]:
    """Ask a reader process for something; status 0 if it does not answer."""
    door = _Door(own_socket(processes_dir, process))
    try:
        door.request("GET", path, headers={"Connection": "close"})
        answer = door.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        door.close()


def readiness_answer(reasons: list[str], *, collector: bool) -> our_http.Answer:
    """Say whether a process is ready, and if not, why. Without a collector it is: pages are served, and reads are refused honestly."""
    told = {"ready": not reasons, "collector": "connected" if collector else "away", **({"reason": "; ".join(reasons)} if reasons else {})}
    body = json.dumps(told, ensure_ascii=False).encode()
    return our_http.Answer(503 if reasons else 200, body, [("content-type", "application/json"), ("cache-control", our_http.NOT_KEPT)])


class _Door(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=ASK_WITHIN_SECONDS)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
