"""How all processes of a site write their logs: JSON, a line an event, for programs; plain lines for who looks at a terminal."""

from __future__ import annotations

import json
import logging
import logging.config
import sys
from datetime import UTC, datetime
from typing import Any

from kawaraban.delivery.asked import REQUEST_ID

PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = ("django.server", "httpx", "wagtail", "django_tasks")


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configuration(format_: str) -> dict[str, Any]:
    """Return the logging configuration: "json", "text", or "auto", which is text on a terminal and JSON elsewhere."""
    as_json = format_ == "json" or (format_ == "auto" and not sys.stderr.isatty())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "kawaraban.project.logs.JsonFormatter"} if as_json else {"format": PLAIN}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            **{name: {"level": "WARNING"} for name in QUIET},
            # The newsroom's server has handlers of its own.
            "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "granian.access": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        },
    }


def set_up_logs(format_: str) -> None:
    """Have this process write its log so."""
    logging.config.dictConfig(configuration(format_))
