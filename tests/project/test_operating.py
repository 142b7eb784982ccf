"""What an operator sees of a running site: readiness, metrics, logs."""

import json
import logging
import sys

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kawaraban.delivery.asked import REQUEST_ID, Asked
from kawaraban.project.logs import JsonFormatter
from running import until


def scraped(plane) -> dict[tuple[str, ...], float]:
    """The site's metrics, by name and the values of their labels but the process's."""
    text = until(
        lambda: (answer := httpx.get(f"http://127.0.0.1:{plane.metrics_port}/metrics", timeout=20)).status_code == 200 and answer.text
    )
    found: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, *[value for label, value in sorted(sample.labels.items()) if label != "process"])
            found[key] = found.get(key, 0.0) + sample.value
    return found


@pytest.mark.servers
def test_metrics_count_what_readers_were_answered(plane):
    until(lambda: httpx.get(f"{plane.url}/readyz").json()["collector"] == "connected")
    before = scraped(plane)
    for _ in range(7):
        assert httpx.get(f"{plane.url}/").status_code == 200
    assert httpx.get(f"{plane.url}/nothing-here").status_code == 404
    assert httpx.post(f"{plane.url}/read", content=b"no read").status_code == 400
    after = scraped(plane)

    def grown(*key: str) -> float:
        return after[key] - before.get(key, 0.0)

    assert grown("kawaraban_answers_total", "page", "200") >= 7
    assert grown("kawaraban_answers_total", "page", "404") == 1
    assert grown("kawaraban_reads_total", "malformed") == 1
    assert grown("kawaraban_connections_opened_total") >= 9
    assert after["kawaraban_log_position",] > 0
    assert after["kawaraban_log_behind",] == 0
    assert after["kawaraban_collector_connected",] == 1
    assert after["kawaraban_reader_up",] == 1
    assert after["kawaraban_process_resident_bytes",] > 50e6
    assert after["kawaraban_process_cpu_seconds_total",] > 0.1


@pytest.mark.servers
def test_a_reader_plane_says_that_it_is_ready(plane):
    until(lambda: httpx.get(f"{plane.url}/readyz").json() == {"ready": True, "collector": "connected"})


@pytest.mark.servers
def test_answers_of_errors_bear_an_id_which_a_proxy_of_ours_may_choose_and_nobody_else(plane):
    def ids(**transport) -> list[str]:
        with httpx.Client(transport=httpx.HTTPTransport(**transport), headers={"X-Request-Id": "mine"}) as client:
            assert "x-request-id" not in client.get(f"{plane.url}/").headers
            return [client.get(f"{plane.url}/nothing-here").headers["x-request-id"] for _ in range(2)]

    assert ids() == ["mine", "mine"]
    # The plane trusts 127.0.0.1; Linux speaks from any address of the loopback.
    if sys.platform == "linux":
        others = ids(local_address="127.0.0.2")
        assert others[0] != others[1]
        assert "mine" not in others


def test_an_id_of_a_proxy_of_ours_is_taken_if_it_is_one():
    assert Asked("GET", "/", "from-the-proxy.1").id == "from-the-proxy.1"
    for wrong in ("", "two words", "x" * 65, "line\nbreak", None):
        assert Asked("GET", "/", wrong).id not in {wrong, ""}


def test_failures_are_logged_with_their_id_and_without_a_query(caplog):
    asked = Asked("GET", "/search", "id-1")
    asked.answered(200)
    assert not caplog.records
    asked.answered(503)
    (record,) = caplog.records
    line = json.loads(JsonFormatter().format(record))
    assert (line["request_id"], line["status"], line["path"], line["level"]) == ("id-1", 503, "/search", "warning")


def test_a_line_of_the_log_is_json_whatever_stands_in_it():
    REQUEST_ID.set("")
    try:
        raise ValueError("line\nbreak “引用”")
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "failed: %s", ("日本\n",), sys.exc_info())
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == "failed: 日本\n"
    assert "ValueError" in line["trace"]
    assert "request_id" not in line
