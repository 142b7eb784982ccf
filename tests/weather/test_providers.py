"""The weather's providers, on answers of the shape that they document, and on answers that they should not give."""

import httpx
import pytest

from kawaraban.weather.door import observe
from kawaraban.weather.shapes import Place, WeatherUnavailableError
from kawaraban.weather.words import WORDS, word_for

PLACE = Place(35.69, 139.75, "44132", "130000")
METEO = {
    "latitude": 35.7,
    "current_units": {"temperature_2m": "°C"},
    "current": {"time": 1_765_300_000, "interval": 900, "temperature_2m": 9.66, "weather_code": 2},
}
LATEST = "2025-12-10T09:40:00+09:00"
STATIONS = {"44132": {"temp": [9.7, 0], "humidity": [41, 0], "wind": [2.6, 0]}, "44166": {"snow": [None, None]}}
FORECAST = [
    {
        "publishingOffice": "気象庁",
        "reportDatetime": "2025-12-10T05:00:00+09:00",
        "timeSeries": [
            {
                "timeDefines": ["2025-12-10T05:00:00+09:00"],
                "areas": [{"area": {"name": "東京地方", "code": "130010"}, "weatherCodes": ["101"], "weathers": ["晴れ　時々　くもり"]}],
            }
        ],
    },
    {"timeSeries": [{"areas": [{"weatherCodes": ["300"]}]}]},
]


def answering(**answers):
    """A transport that answers by the last part of the path."""

    def handle(request: httpx.Request) -> httpx.Response:
        for part, answer in answers.items():
            if part in request.url.path:
                return (
                    answer
                    if isinstance(answer, httpx.Response)
                    else httpx.Response(200, **({"text": answer} if isinstance(answer, str) else {"json": answer}))
                )
        return httpx.Response(404)

    return httpx.MockTransport(handle)


def test_open_meteo_tells_temperature_and_sign():
    seen = observe("open-meteo", PLACE, answering(forecast=METEO))
    assert (seen.celsius, seen.sign, seen.observed_at, seen.sample) == (9.7, "partly", 1_765_300_000.0, False)


def test_the_agency_tells_temperature_and_sign():
    seen = observe("jma", PLACE, answering(latest_time=LATEST, map=STATIONS, forecast=FORECAST))
    assert (seen.celsius, seen.sign) == (9.7, "partly")


def test_a_value_of_poor_quality_is_not_told():
    stations = {"44132": {"temp": [9.7, 5]}}
    assert observe("jma", PLACE, answering(latest_time=LATEST, map=stations, forecast=FORECAST)).celsius is None


@pytest.mark.parametrize(
    ("name", "transport"),
    [
        ("open-meteo", answering()),
        ("open-meteo", answering(forecast="no json")),
        ("open-meteo", answering(forecast={"current": {"time": "now"}})),
        ("open-meteo", answering(forecast={"current": {"time": 1, "temperature_2m": 5}})),
        ("open-meteo", answering(forecast=httpx.Response(200, content=b" " * 5_000_000))),
        ("jma", answering(latest_time="soon")),
        ("jma", answering(latest_time=LATEST, map={}, forecast=FORECAST)),
        ("jma", answering(latest_time=LATEST, map=STATIONS, forecast=[])),
        ("jma", answering(latest_time=LATEST, map=STATIONS, forecast={"error": 1})),
        ("jma", answering(latest_time=LATEST, map=[1], forecast=FORECAST)),
    ],
)
def test_an_answer_that_is_none_is_told_and_crashes_nothing(name, transport):
    with pytest.raises(WeatherUnavailableError):
        observe(name, PLACE, transport)


def test_a_sample_says_that_it_is_one():
    assert observe("sample", PLACE).sample


def test_every_sign_has_its_word_in_every_edition():
    assert all(word_for(sign, language) for sign in WORDS for language in ("ja", "ko", "en"))
