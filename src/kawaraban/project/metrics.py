"""Tells Prometheus how a site does: asks each reader process for what it counted, and the machine for the rest.

A scrape is the only work that metrics cause: reader processes count in passing and are asked on a socket of their own. Each
process has its own series, so that one which starts again begins its own counters anew and no sum jumps.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from kawaraban.delivery.vitals import vitals_of
from kawaraban.project.supervision import NOTICES, Notice
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

    from kawaraban.project.env import Environment

M = TypeVar("M", CounterMetricFamily, GaugeMetricFamily)

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def serve_metrics(environment: Environment, host: str, port: int) -> None:
    """Answer scrapes until the process ends; OSError if the port is taken."""
    registry = CollectorRegistry()
    registry.register(SiteCollector(environment))
    start_http_server(port, host, registry)
    threading.Event().wait()


class SiteCollector(Collector):
    """Makes the metrics of a site anew for each scrape."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def describe(self) -> list[Metric]:
        """Nothing is asked of anybody before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield everything, as it is now."""
        processes = self._processes()
        yield from _of_processes(processes)
        position = self._log_position()
        if position is not None:
            yield GaugeMetricFamily("kawaraban_log_position", "Number of the newest entry of the sheet log.", position)
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(self._environment.data).free
            yield GaugeMetricFamily("kawaraban_data_free_bytes", "Free space where KAWARABAN_DATA lies.", free)
        told = {name: vitals_of(self._environment.socket_dir, process["pid"]) for name, process in processes if name.startswith("reader-")}
        up = GaugeMetricFamily("kawaraban_reader_up", "Whether a reader process answers its operator.", labels=["process"])
        for name, vitals in told.items():
            up.add_metric([name], 0 if vitals is None else 1)
        yield up
        yield from _of_readers({name: vitals for name, vitals in told.items() if vitals is not None}, position)

    def _processes(self) -> list[tuple[str, dict[str, Any]]]:
        notices = [Notice.of(self._environment.socket_dir, role) for role in NOTICES]
        told = [notice.read() for notice in notices if notice.holds()]
        return [each for notice in told if notice is not None for each in notice["processes"].items()]

    def _log_position(self) -> int | None:
        try:
            with contextlib.closing(SheetLog(self._environment.sheet_log)) as log:
                return log.last_seq()
        except sqlite3.Error:
            return None


def _of_processes(processes: list[tuple[str, dict[str, Any]]]) -> Iterator[Metric]:
    starts = CounterMetricFamily("kawaraban_process_starts", "How often a process was started.", labels=["process"])
    cpu = CounterMetricFamily("kawaraban_process_cpu_seconds", "CPU time of a process and its children.", labels=["process"])
    memory = GaugeMetricFamily("kawaraban_process_resident_bytes", "Memory of a process and its children.", labels=["process"])
    used = _used_by_sessions()
    for name, process in processes:
        starts.add_metric([name], process["starts"])
        if process["pid"] in used:
            seconds, resident = used[process["pid"]]
            cpu.add_metric([name], seconds)
            memory.add_metric([name], resident)
    yield from (starts, cpu, memory)


def _used_by_sessions() -> dict[int, tuple[float, int]]:
    """Return CPU seconds and resident bytes by session: the supervisor starts each process in one of its own."""
    used: dict[int, tuple[float, int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # Behind the name, which may hold anything: state, parent, group, session, … as in proc(5).
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            session, seconds, resident = int(fields[3]), (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE
            known = used.get(session, (0.0, 0))
            used[session] = (known[0] + seconds, known[1] + resident)
    return used


def _of_readers(told: dict[str, dict[str, Any]], position: int | None) -> Iterator[Metric]:
    answers = CounterMetricFamily("kawaraban_answers", "Answers, by kind and status.", labels=["process", "kind", "status"])
    for name, vitals in told.items():
        for kind, status, count in vitals["answers"]:
            answers.add_metric([name, kind, str(status)], count)
    yield answers
    for metric, key, label, what in _LABELLED:
        counter = CounterMetricFamily(metric, what, labels=["process", label])
        for name, vitals in told.items():
            for value, count in vitals[key].items():
                counter.add_metric([name, value], count)
        yield counter
    for metric, key, what in _COUNTERS:
        yield _filled(CounterMetricFamily(metric, what, labels=["process"]), {name: vitals[key] for name, vitals in told.items()})
    for metric, key, what in _GAUGES:
        yield _filled(GaugeMetricFamily(metric, what, labels=["process"]), {name: vitals[key] for name, vitals in told.items()})
    if position is not None:
        behind = GaugeMetricFamily("kawaraban_log_behind", "Numbers by which a reader process is behind the sheet log.", labels=["process"])
        # The reader may have gone on since the position was asked for.
        yield _filled(behind, {name: max(0, position - vitals["log_position"]) for name, vitals in told.items()})


def _filled(family: M, values: dict[str, float]) -> M:
    for name, value in values.items():
        family.add_metric([name], float(value))
    return family


_LABELLED = (
    ("kawaraban_refused", "refused", "status", "What was no request of ours, by status."),
    ("kawaraban_connections_closed", "connections_closed", "reason", "Connections that had to give way."),
    ("kawaraban_reads", "reads", "outcome", "What became of reads."),
)
_COUNTERS = (
    ("kawaraban_shed", "shed", "Requests that were told to come back later."),
    ("kawaraban_connections_opened", "connections_opened", "Connections that were taken in."),
    ("kawaraban_compositions", "compositions", "Pages that were composed; all other answers with a page came from memory."),
)
_GAUGES = (
    ("kawaraban_connections", "connections", "Connections that are open."),
    ("kawaraban_loop_lag_seconds", "lag_seconds", "How late a reader process was at its last look at the clock."),
    ("kawaraban_bodies", "bodies", "Composed pages that are kept."),
    ("kawaraban_bodies_bytes", "bodies_bytes", "Memory that they take, about."),
    ("kawaraban_rankings_age_seconds", "rankings_age_seconds", "Time since the rankings changed last."),
    ("kawaraban_log_followed_age_seconds", "followed_age_seconds", "Time since a reader process looked at the sheet log."),
    ("kawaraban_collector_connected", "collector_connected", "Whether a reader process reaches the collector."),
)
