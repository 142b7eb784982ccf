"""The typed environment: every setting that comes from outside, read in one place.

A wrong value stops the start with a sentence that says what to set. A secret may also be given as a file (``…_FILE``).
``docs/reference/settings.md`` documents each; a test holds it to that.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})
# A Unix socket's path may be about 108 bytes long; beyond this the sockets lie in a short directory of their own.
_SOCKET_DIRECTORY_LIMIT = 80


class WrongSettingError(Exception):
    """A setting cannot be used; the message says which, why, and what to set."""


@dataclass(frozen=True)
class Environment:
    """What the environment says, checked and typed."""

    data: Path
    database: str
    base_url: str
    newsroom_url: str
    debug: bool
    secret_key: str
    allowed_hosts: tuple[str, ...]
    timezone: str
    trusted_proxies: tuple[str, ...]
    staff_networks: tuple[str, ...]
    read_opt_out: tuple[str, ...]
    bot_header: str
    reads_days: int
    read_together: float
    reader_workers: int
    reader_server: str
    reader_cache_mb: int
    hot_files: Path | None
    hsts_seconds: int
    purge: str
    purge_token: str
    weather: str
    metrics_port: int
    log_format: str
    access_log: bool
    bus: str
    bus_ca: str
    bus_certificate: str
    bus_key: str

    @property
    def newsroom_dir(self) -> Path:
        """Private: original photos, the newsroom's key, and the editorial database if it is SQLite."""
        return self.data / "newsroom"

    @property
    def public_dir(self) -> Path:
        """What the reader plane serves from."""
        return self.data / "public"

    @property
    def reads_dir(self) -> Path:
        """What the collector keeps: reads, salts, the key of the read tokens."""
        return self.data / "reads"

    @property
    def token_key(self) -> Path:
        """The key of the read tokens: made where pages are printed, and carried to where reads come in."""
        return self.reads_dir / "token.key"

    @property
    def sheet_log(self) -> Path:
        """The sheet log's file."""
        return self.public_dir / "sheets.sqlite3"

    @property
    def media_dir(self) -> Path:
        """Photos as readers get them."""
        return self.public_dir / "media"

    @property
    def discovery_dir(self) -> Path:
        """The search index and the related stories."""
        return self.public_dir / "discovery"

    @property
    def socket_dir(self) -> Path:
        """Where the processes' sockets lie."""
        own = self.data / "run"
        if len(str(own)) <= _SOCKET_DIRECTORY_LIMIT:
            return own
        name = hashlib.blake2b(str(self.data).encode(), digest_size=6).hexdigest()
        return Path(tempfile.gettempdir()) / f"kawaraban-{name}"

    @property
    def collector_socket(self) -> Path:
        """The collector's door."""
        return self.socket_dir / "collector.sock"

    @property
    def search_socket(self) -> Path:
        """The search process's door."""
        return self.socket_dir / "search.sock"

    @property
    def printer_socket(self) -> Path:
        """Where the printer is woken."""
        return self.socket_dir / "printer.sock"

    def make_directories(self) -> None:
        """Make what is missing; private directories are closed to others."""
        for private in (self.data, self.newsroom_dir, self.reads_dir):
            private.mkdir(parents=True, exist_ok=True)
        for private in (self.newsroom_dir, self.reads_dir):
            private.chmod(0o700)
        for open_ in (self.public_dir, self.media_dir, self.discovery_dir, self.socket_dir):
            open_.mkdir(parents=True, exist_ok=True)


def read_environment(source: Mapping[str, str] | None = None) -> Environment:
    """Read the process's environment (or ``source``); WrongSettingError for what cannot be used."""
    env = os.environ if source is None else source
    data = Path(env.get("KAWARABAN_DATA", "data")).expanduser().resolve()
    return Environment(
        data=data,
        database=_database(env),
        base_url=_url(env, "KAWARABAN_BASE_URL", "http://127.0.0.1:8000"),
        newsroom_url=_url(env, "KAWARABAN_NEWSROOM_URL", "http://127.0.0.1:8001"),
        debug=_boolean(env, "KAWARABAN_DEBUG"),
        secret_key=_secret(env, "KAWARABAN_SECRET_KEY"),
        allowed_hosts=_words(env, "KAWARABAN_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]"),
        timezone=_timezone(env, "KAWARABAN_TIMEZONE", "Asia/Tokyo"),
        trusted_proxies=_networks(env, "KAWARABAN_TRUSTED_PROXIES"),
        staff_networks=_networks(env, "KAWARABAN_STAFF_NETWORKS"),
        read_opt_out=_opt_out(env, "KAWARABAN_READ_OPT_OUT"),
        bot_header=_header(env, "KAWARABAN_BOT_HEADER"),
        reads_days=_count(env, "KAWARABAN_READS_DAYS", 400, least=2),
        read_together=_share(env, "KAWARABAN_READ_TOGETHER", 0.0),
        reader_workers=_count(env, "KAWARABAN_READER_WORKERS", 1),
        reader_server=_choice(env, "KAWARABAN_READER_SERVER", "own", ("own", "granian")),
        reader_cache_mb=_count(env, "KAWARABAN_READER_CACHE_MB", 64),
        hot_files=_hot_files(env),
        hsts_seconds=_count(env, "KAWARABAN_HSTS_SECONDS", 0, least=0),
        purge=_purge(env),
        purge_token=_secret(env, "KAWARABAN_PURGE_TOKEN"),
        weather=_choice(env, "KAWARABAN_WEATHER", "open-meteo", ("open-meteo", "jma", "sample", "none")),
        metrics_port=_port(env, "KAWARABAN_METRICS_PORT"),
        log_format=_choice(env, "KAWARABAN_LOG_FORMAT", "auto", ("auto", "json", "text")),
        access_log=_boolean(env, "KAWARABAN_ACCESS_LOG"),
        bus=bus_address(_secret(env, "KAWARABAN_BUS")),
        bus_ca=_file(env, "KAWARABAN_BUS_CA"),
        bus_certificate=_file(env, "KAWARABAN_BUS_CERTIFICATE"),
        bus_key=_file(env, "KAWARABAN_BUS_KEY"),
    )


def _database(env: Mapping[str, str]) -> str:
    """Return PostgreSQL's address; "" where the database is SQLite's file. What is told of a wrong one holds no password."""
    value = _secret(env, "KAWARABAN_DATABASE")
    if value:
        # Reader nodes have no editorial database, and need not load its client.
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        try:
            known = conninfo_to_dict(value) if value.startswith(("postgresql://", "postgres://")) else {}
        except ProgrammingError:
            known = {}
        if not known.get("dbname"):
            told = value.split(":", 1)[0] + "://…" if "://" in value else "no address"
            raise WrongSettingError(
                f"KAWARABAN_DATABASE is {told!r}: set it to an address such as postgresql://kawaraban:password@db.example.com/kawaraban,"
                " or to nothing for SQLite."
            )
    return value


def bus_address(value: str) -> str:
    """Check the addresses of the bus; WrongSettingError if they are none. What is told then holds no password."""
    for one in value.split(",") if value else ():
        try:
            parts = urlsplit(one.strip())
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"nats", "tls"} or not parts.hostname or parts.path.strip("/"):
            told = f"{parts.scheme}://{parts.hostname}" if parts.hostname else "no address"
            raise WrongSettingError(f"KAWARABAN_BUS is {told!r}: set it to an address such as nats://reader:password@bus.example.com:4222.")
    return value


def _boolean(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise WrongSettingError(f"{name} is {value!r}: set it to 1 or 0.")


def _url(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.port == 0
    except ValueError:
        # A bracket without its other half, or a port that is none.
        wrong = True
    if wrong:
        raise WrongSettingError(f"{name} is {value!r}: set it to an address such as https://news.example.com, without a path.")
    return value


def _secret(env: Mapping[str, str], name: str) -> str:
    file = env.get(f"{name}_FILE")
    if not file:
        return env.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise WrongSettingError(f"{name}_FILE is {file!r}, which cannot be read ({reason}): set it to a readable file.") from error


def _file(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if value and not Path(value).is_file():
        raise WrongSettingError(f"{name} is {value!r}, which is no file: set it to a readable file in PEM format.")
    return value


def _words(env: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in env.get(name, default).split(",") if word.strip())


def _networks(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    networks = _words(env, name, "")
    for network in networks:
        try:
            ip_network(network, strict=False)
        except ValueError as error:
            raise WrongSettingError(f"{name} is {network!r}: set it to networks such as 10.0.0.0/8,2001:db8::/32.") from error
    return networks


def _opt_out(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    value = env.get(name, "none").strip().lower() or "none"
    signs = tuple(sign.strip() for sign in value.split(",")) if value != "none" else ()
    if not set(signs) <= {"gpc", "dnt"}:
        raise WrongSettingError(f"{name} is {value!r}: set it to gpc, dnt, gpc,dnt or none.")
    return signs


def _header(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip().lower()
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in value):
        raise WrongSettingError(f"{name} is {value!r}: set it to the name of a header such as x-bot.")
    return value


def _hot_files(env: Mapping[str, str]) -> Path | None:
    from kawaraban.delivery.hotfiles import is_ours

    value = env.get("KAWARABAN_HOT_FILES", "")
    if not value:
        return None
    directory = Path(value).expanduser().resolve()
    if not is_ours(directory):
        raise WrongSettingError(f"KAWARABAN_HOT_FILES is {value!r}, where other files lie: set it to a directory that may be emptied.")
    return directory


def _purge(env: Mapping[str, str]) -> str:
    value = env.get("KAWARABAN_PURGE", "").strip()
    if value:
        import httpx

        from kawaraban.delivery.purging import cache_of

        try:
            with httpx.Client() as client:
                cache_of(value, _secret(env, "KAWARABAN_PURGE_TOKEN"), "http://localhost", client)
        except ValueError as error:
            raise WrongSettingError(f"KAWARABAN_PURGE is {value!r}: {error}.") from error
    return value


def _timezone(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, default)
    if value not in available_timezones():
        raise WrongSettingError(f"{name} is {value!r}: set it to a zone such as Asia/Tokyo.")
    return str(ZoneInfo(value))


def _share(env: Mapping[str, str], name: str, default: float) -> float:
    value = env.get(name, "").strip()
    try:
        share = float(value) if value else default
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise WrongSettingError(f"{name} is {value!r}: set it to a number from 0 to 1, such as 0.2.")
    return share


def _count(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    value = env.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise WrongSettingError(f"{name} is {value!r}: set it to a whole number from {least}.")
    return int(value)


def _port(env: Mapping[str, str], name: str) -> int:
    """Return a port; 0 where none is set."""
    value = env.get(name, "") or "0"
    if not value.isdigit() or int(value) > 65535:  # noqa: PLR2004 - the largest port
        raise WrongSettingError(f"{name} is {value!r}: set it to a port from 1 to 65535.")
    return int(value)


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.get(name, default)
    if value not in choices:
        raise WrongSettingError(f"{name} is {value!r}: set it to one of {', '.join(choices)}.")
    return value
