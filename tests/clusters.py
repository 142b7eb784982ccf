"""PostgreSQL for tests: a cluster of our own, in a temporary directory, on a Unix socket, gone with the tests."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from urllib.parse import quote

USER = "kawaraban"
VARIABLE = "KAWARABAN_TEST_DATABASE"
SHARED = "KAWARABAN_TEST_CLUSTER"
# Whom to be where we are root, whom the server refuses to be.
_OTHERS = ("postgres", "nobody")


class Cluster:
    """A running server."""

    def __init__(self, running: str = "", *, durable: bool = False) -> None:
        self._programs = programs()
        assert self._programs is not None, MISSING
        self._words: list[str] = []
        # What a test writes need not outlive the machine; what a bench measures must.
        self._hurry = [] if durable else ["fsync=off", "full_page_writes=off"]
        self._process: subprocess.Popen[bytes] | None = None
        if running:
            self.directory = Path(running)
            return
        self.directory = Path(tempfile.mkdtemp(prefix="kw-pg-"))
        if os.getuid() == 0:
            other = next(name for name in _OTHERS if _is_known(name))
            shutil.chown(self.directory, other)
            self._words = ["setpriv", f"--reuid={other}", f"--regid={pwd.getpwnam(other).pw_gid}", "--clear-groups"]
        self._run("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    @property
    def is_ours(self) -> bool:
        """Whether this process started it."""
        return self._process is not None

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        # Ends with the tests, even if those are killed.
        last = ["--pdeathsig=INT"] if shutil.which("setpriv") else []
        first = self._words or (["setpriv"] if last else [])
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self.directory}",
            "max_connections=200",
            *self._hurry,
        ]
        words = [*first, *last, self._program("postgres"), "-D", str(self._data), *[word for each in options for word in ("-c", each)]]
        with (self.directory.parent / f"{self.directory.name}.log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, cwd="/")
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, "the PostgreSQL server ended"
            assert time.monotonic() < deadline, "the PostgreSQL server did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.with_name(f"{self.directory.name}.log").unlink(missing_ok=True)

    def address(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={quote(str(self.directory), safe='')}"

    def new_database(self, database: str, *, like: str = "template0") -> str:
        """Make a database, unless it is there, that holds what another one does, and return its address."""
        import psycopg

        with (
            contextlib.suppress(psycopg.errors.DuplicateDatabase),
            psycopg.connect(self.address("postgres"), autocommit=True) as connection,
        ):
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{like}"')
        return self.address(database)

    def drop_database(self, database: str) -> None:
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.address("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _program(self, name: str) -> str:
        assert self._programs is not None
        return str(self._programs / name)

    def _run(self, name: str, *words: str) -> None:
        subprocess.run([*self._words, self._program(name), *words], check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=120)


MISSING = "PostgreSQL's server is not installed (initdb, postgres): sh tests/servers.sh"


def programs() -> Path | None:
    """Where the server's programs lie: Debian keeps them out of the way, a directory a version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    return versions[-1].parent if versions else None


@cache
def cluster() -> Cluster:
    """The one cluster of this run, or of this process of it: what all need is started by the first, and the others find it."""
    return Cluster(os.environ.get(SHARED, ""))


def is_asked_for() -> bool:
    """Whether the whole suite is to run on PostgreSQL."""
    asked = os.environ.get(VARIABLE, "sqlite")
    assert asked in {"sqlite", "postgresql"}, f"{VARIABLE} is {asked!r}: set it to sqlite or postgresql."
    return asked == "postgresql"


def end() -> None:
    """Take the cluster away, if there is one."""
    if cluster.cache_info().currsize and cluster().is_ours:
        cluster().remove()


def _is_known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
