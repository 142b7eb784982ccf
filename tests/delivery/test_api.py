"""The read-only API, asked as programs ask it; what it answers is held against its own description."""

import asyncio
import json
import threading
from datetime import UTC, datetime
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from delivery.world import story_facts
from kawaraban.delivery.api import catalogue
from kawaraban.delivery.reader import Reader
from kawaraban.delivery.request import Request, Scope
from kawaraban.delivery.settings import ReaderSettings
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind, Translation

SCHEMAS = {"stories": "Stories", "sections": "Sections", "topics": "Topics", "ranking": "Ranking"}


class _Taken:
    """Takes an answer as a server does."""

    def response_empty(self, status, headers):
        self.response_bytes(status, headers, b"")

    def response_bytes(self, status, headers, body):
        self.status, self.headers, self.body = status, dict(headers), body

    @property
    def told(self):
        return json.loads(self.body)


class Site:
    """A log, and the reader that serves from it."""

    def __init__(self, directory):
        self.log = SheetLog(directory / "sheets.sqlite3", writable=True)
        nowhere = str(directory / "nowhere")
        self._settings = ReaderSettings(
            sheet_log=str(self.log.path),
            media_dir=nowhere,
            related_store=nowhere,
            collector_socket=nowhere,
            search_socket=nowhere,
            base_url="https://paper.example",
        )

    def put(self, *stories):
        for facts in stories:
            words = {"language": facts.language, "title": facts.title, "section": facts.section, "published_at": facts.published_at}
            names = tuple(f"話題{topic}" for topic in facts.topics)
            text = Document(id=facts.id, body="一つ目。\n\n二つ目。", topics=facts.topics, topic_names=names, bylines=("佐登",), **words)
            self.log.append([Change(Kind.STORY, facts.id, facts), Change(Kind.DOCUMENT, facts.id, text)])

    def asked(self, *targets, between=lambda: None, **headers):
        """Ask one reader for one address after the other; return the answers."""

        async def all_of_them():
            reader, answers = Reader(self._settings), []
            reader.__rsgi_init__(asyncio.get_running_loop())
            for target in targets:
                request, taken = Request(), _Taken()
                request.method, request.target = headers.get("method", b"GET"), target.encode()
                request.headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items() if name != "method"}
                await reader.__rsgi__(Scope(request, "127.0.0.1:0"), taken)
                answers.append(taken)
                between()
                await asyncio.sleep(0.06)  # the log is looked at every 20 ms
            await reader.close()
            return answers

        return asyncio.run(all_of_them())

    def told(self, target):
        (answer,) = self.asked(target)
        assert answer.status == 200, answer.body
        return answer.told


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("api"))
    for number in range(25):
        site.put(
            story_facts(
                f"s{number:02}",
                # Three of each moment.
                published_at=1_700_000_000.0 + number // 3 * 86400,
                section="sports" if number % 2 else "politics",
                section_name="スポーツ" if number % 2 else "政治",
                topics=("bridge",) if number % 5 == 0 else ("harbour", "bridge") if number % 7 == 0 else (),
                bylines=("sato",) if number % 3 == 0 else (),
                language="ko" if number == 24 else "ja",
                url=f"/politics/s{number:02}",
                translations=(Translation("ja", "s00", "/politics/s00"),) if number == 24 else (),
                **({"source": "wire", "source_id": f"a:{number}"} if number < 4 else {}),
            )
        )
    return site


@pytest.fixture(scope="module")
def description(site):
    return site.told("/api/openapi.json")


def schema(description, name):
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": description["components"]})


def all_pages(site, target):
    found, pages = [], 0
    while target:
        told = site.told(target)
        found += told["items"]
        target, pages = told["next"], pages + 1
    return found, pages


def test_it_describes_itself_in_openapi(description):
    OpenAPIV31SpecValidator(description).validate()
    assert description["servers"] == [{"url": "https://paper.example"}]
    assert set(description["paths"]) == {*(f"/api/{name}" for name in SCHEMAS), "/api/stories/{id}"}


@pytest.mark.parametrize(
    "target",
    [
        "/api/stories",
        "/api/stories?limit=3&topic=bridge",
        "/api/sections",
        "/api/topics",
        "/api/topics?language=ko&limit=1",
        "/api/ranking",
    ],
)
def test_what_it_answers_is_as_it_is_described(site, description, target):
    name = target.partition("?")[0].removeprefix("/api/")
    schema(description, SCHEMAS[name]).validate(site.told(target))


def test_pages_hold_every_story_once_newest_first(site):
    found, pages = all_pages(site, "/api/stories?limit=4")
    assert [item["id"] for item in found] == [
        f"s{number:02}" for moment in range(8, -1, -1) for number in range(moment * 3, min(25, moment * 3 + 3))
    ]
    assert pages == 7
    published = [datetime.fromisoformat(item["published_at"]) for item in found]
    assert published == sorted(published, reverse=True)


def test_what_is_published_meanwhile_moves_no_page(site, tmp_path):
    own = Site(tmp_path)
    own.put(*(story_facts(f"s{number}", published_at=1000.0 + number) for number in range(6)))
    first = own.told("/api/stories?limit=2")

    def publish_and_withdraw():
        own.put(story_facts("new", published_at=5000.0))
        own.log.append([Change(Kind.STORY, "s4", None)])

    _, second, newest = own.asked("/api/stories?limit=1", first["next"], "/api/stories?limit=1", between=publish_and_withdraw)
    assert [item["id"] for item in first["items"]] == ["s5", "s4"]
    assert [item["id"] for item in second.told["items"]] == ["s3", "s2"]
    assert [item["id"] for item in newest.told["items"]] == ["new"]


@pytest.fixture
def reads(monkeypatch):
    """Holds up each reading of all stories until it is let go; returns what lets them go, in their order."""
    held, read = [], catalogue._read

    def read_and_wait(path):
        made, go_on = read(path), threading.Event()
        held.append(go_on)
        assert go_on.wait(5)
        return made

    monkeypatch.setattr(catalogue, "_read", read_and_wait)
    return held


async def _held(reads, number):
    async with asyncio.timeout(5):
        while len(reads) < number:
            await asyncio.sleep(0.001)


MANY = [(Kind.STORY, f"s{number}") for number in range(2000)]


def test_many_changes_are_not_looked_up_one_by_one_while_others_wait(tmp_path):
    own, looked_up = Site(tmp_path), []
    own.put(story_facts("old"))

    async def asked():
        made = catalogue.Catalogue(own.log.path, looked_up.append)
        await made.made()
        own.put(story_facts("new"))
        made.changed([*MANY, (Kind.STORY, "new")])
        return (await made.made()).id_of("new")

    assert asyncio.run(asked()) == "new"
    assert looked_up == []


def test_many_changes_while_all_is_read_begin_no_second_reading_beside_it(tmp_path, reads):
    own, looked_up = Site(tmp_path), []
    own.put(story_facts("old"))

    async def asked():
        made = catalogue.Catalogue(own.log.path, looked_up.append)
        first = asyncio.create_task(made.made())
        await _held(reads, 1)
        own.put(story_facts("new"))
        made.changed([*MANY, (Kind.STORY, "new")])
        second = asyncio.create_task(made.made())
        await asyncio.sleep(0.05)
        assert len(reads) == 1
        reads[0].set()
        assert [(await question).id_of("old") for question in (first, second)] == ["old", "old"]
        third = asyncio.create_task(made.made())
        await _held(reads, 2)
        reads[1].set()
        return (await third).id_of("new")

    assert asyncio.run(asked()) == "new"
    assert looked_up == []


def test_who_waits_for_what_was_given_up_takes_no_change_from_what_is_read_anew(tmp_path, reads):
    own = Site(tmp_path)
    own.put(story_facts("old"))

    async def asked():
        made = catalogue.Catalogue(own.log.path, {"new": story_facts("new")}.get)
        first = asyncio.create_task(made.made())
        await _held(reads, 1)
        made.changed(None)
        second = asyncio.create_task(made.made())
        await _held(reads, 2)
        made.changed([(Kind.STORY, "new")])
        reads[0].set()
        await first
        reads[1].set()
        return (await second).id_of("new")

    assert asyncio.run(asked()) == "new"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("section=sports", {f"s{n:02}" for n in range(25) if n % 2}),
        ("topic=bridge", {f"s{n:02}" for n in range(25) if n % 5 == 0 or n % 7 == 0}),
        ("topic=harbour", {f"s{n:02}" for n in range(25) if n % 7 == 0 and n % 5}),
        ("byline=sato", {f"s{n:02}" for n in range(0, 25, 3)}),
        ("language=ko", {"s24"}),
        ("source=wire", {"s00", "s01", "s02", "s03"}),
        ("section=sports&byline=sato", {f"s{n:02}" for n in range(25) if n % 2 and n % 3 == 0}),
        ("section=nowhere", set()),
        ("since=2023-11-20&until=2023-11-20", {"s18", "s19", "s20"}),
        ("until=2023-11-14T22:13:20Z", {"s00", "s01", "s02"}),
        ("since=2023-11-22T22:13:20Z", {"s24"}),
    ],
)
def test_it_is_bounded_by_what_is_asked(site, query, expected):
    found, _ = all_pages(site, f"/api/stories?limit=3&{query}")
    assert {item["id"] for item in found} == expected
    assert len(found) == len(expected)


def test_a_story_is_told_by_its_id_and_by_that_of_its_source(site, description):
    by_id, by_source = site.told("/api/stories/s03"), site.told("/api/stories/wire:a:3")
    assert by_id == by_source
    schema(description, "Story").validate(by_id)
    assert (by_id["source"], by_id["source_id"], by_id["text"]) == ("wire", "a:3", "一つ目。\n\n二つ目。")
    translation = site.told("/api/stories/s24")
    schema(description, "Story").validate(translation)
    assert translation["translations"] == [{"id": "s00", "language": "ja", "url": "/politics/s00"}]


def test_sections_and_topics_are_counted(site):
    assert site.told("/api/sections")["items"] == [
        {"id": "politics", "name": "政治", "language": "ja", "url": "/politics", "stories": 12},
        {"id": "sports", "name": "スポーツ", "language": "ja", "url": "/sports", "stories": 12},
        {"id": "politics", "name": "政治", "language": "ko", "url": "/ko/politics", "stories": 1},
    ]
    topics, pages = all_pages(site, "/api/topics?limit=1")
    assert [(topic["id"], topic["name"], topic["stories"]) for topic in topics] == [
        ("bridge", "話題bridge", 8),
        ("harbour", "話題harbour", 3),
    ]
    assert pages == 2


def test_a_withdrawn_story_is_nowhere(tmp_path):
    own = Site(tmp_path)
    own.put(story_facts("a", topics=("bridge",), source="wire", source_id="1"), story_facts("b", topics=("bridge",)))

    def withdraw():
        own.log.append([Change(Kind.STORY, "b", None)])

    _, one, stories, topics = own.asked("/api/topics", "/api/stories/b", "/api/stories", "/api/topics", between=withdraw)
    assert one.status == 404
    assert [item["id"] for item in stories.told["items"]] == ["a"]
    assert topics.told["items"][0]["stories"] == 1
    assert topics.told["items"][0]["name"] == "話題bridge"


def test_who_has_it_already_is_told_so(site):
    (answer,) = site.asked("/api/stories?limit=2")
    (again,) = site.asked("/api/stories?limit=2", if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert answer.headers["link"] == f'<{answer.told["next"]}>; rel="next"'


def test_a_page_of_another_site_may_read_it(site):
    for target, status in (("/api/stories", 200), ("/api/stories/none", 404), ("/api/stories?limit=x", 400)):
        (answer,) = site.asked(target, origin="https://elsewhere.example")
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, "*")
    (answer,) = site.asked("/api/stories", method=b"OPTIONS", origin="https://elsewhere.example")
    assert answer.status == 204
    assert "if-none-match" in answer.headers["access-control-allow-headers"]
    (answer,) = site.asked("/api/stories", method=b"POST")
    assert answer.status == 405


@pytest.mark.parametrize(
    ("target", "status", "said"),
    [
        ("/api/stories?limit=0", 400, "limit is '0': it must be a whole number from 1 to 100."),
        ("/api/stories?limt=3", 400, "'limt' is no field of this address: those are language, section"),
        ("/api/stories?cursor=%21", 400, "cursor is none that was given out here"),
        ("/api/stories?cursor=YWJjCmRlZg", 400, "cursor is none that was given out here"),
        ("/api/stories?since=yesterday", 400, "since is 'yesterday': it must be a day such as"),
        ("/api/stories/s00?fields=all", 400, "'fields' is no field of this address: it has none."),
        ("/api/ranking?window=2h", 400, "window is '2h'"),
        ("/api/stories/nothing", 404, "No published story has this id."),
        ("/api/nothing", 404, "Nothing stands here: /api/openapi.json says what does."),
        ("/api/", 404, "Nothing stands here"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(site, description, target, status, said):
    (answer,) = site.asked(target)
    assert answer.status == status
    assert answer.told["error"].startswith(said)
    schema(description, "Problem").validate(answer.told)


def test_where_nothing_is_printed_yet_it_says_so(tmp_path):
    own = Site(tmp_path)
    own.log.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (answer,) = own.asked("/api/stories")
    assert (answer.status, answer.told) == (503, {"error": "Nothing is printed here yet."})


@given(name=st.sampled_from(["cursor", "limit", "since", "until", "section", "topic"]), value=st.text(max_size=40))
def test_no_value_breaks_it(name, value):
    from urllib.parse import quote

    from kawaraban.delivery.api.answers import _fields, _limit, _place
    from kawaraban.delivery.found import WrongFieldError, moment_asked

    try:
        asked = _fields(f"{name}={quote(value)}", [name])
        _limit(asked)
        place = _place(asked)
        moments = [moment_asked(asked, "since"), moment_asked(asked, "until", whole_day=True)]
    except WrongFieldError:
        return
    assert place is None or isfinite(place[0])
    assert all(datetime.fromtimestamp(max(0, min(moment, 2e9)), UTC) for moment in moments)
