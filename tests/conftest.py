"""The suite's ground: a data directory of its own, a newspaper, a standing cast, and a running site where one is needed."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

import clusters
from founded import founded
from running import Site, database_of, free_port

# Before Django reads its settings. Which they are is told here too: named in pyproject.toml they would be read before this file, with the data
# directory and the database of whoever runs the tests.
_DATA = Path(tempfile.mkdtemp(prefix="kawaraban-test-"))
os.environ["KAWARABAN_DATA"] = str(_DATA)
os.environ["KAWARABAN_WEATHER"] = "sample"
os.environ["DJANGO_SETTINGS_MODULE"] = "kawaraban.project.settings"
os.environ.pop("KAWARABAN_DATABASE", None)
if clusters.is_asked_for():
    os.environ["KAWARABAN_DATABASE"] = clusters.cluster().new_database("kawaraban")
    os.environ[clusters.SHARED] = str(clusters.cluster().directory)

# What tests make is much, and little of it in cycles: to look through all of it so often would take a seventh of the time.
gc.set_threshold(100_000, 20, 100)

# How long an example takes says more of the machine than of the code.
hypothesis_settings.register_profile("kawaraban", deadline=None)
hypothesis_settings.load_profile("kawaraban")

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
SECTIONS = [("politics", "政治"), ("society", "社会"), ("sports", "スポーツ")]


def pytest_configure() -> None:
    """Let Django read its settings, so that its plugin, which comes after, finds that it may start it."""
    assert settings.INSTALLED_APPS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in the order that serves best.

    First one that needs the newspaper, so that it is made while another process goes through those that do not; then those;
    then the others that need it. Last what drives a browser: as long as one is open, its loop runs in this process, and Django's
    database refuses to be asked.
    """
    if emptying := [item.nodeid for item in items if (mark := item.get_closest_marker("django_db")) and mark.kwargs.get("transaction")]:
        raise pytest.UsageError(f"{emptying[0]} would empty the database of what migrations made, for all tests after it")
    driving = {item.path for item in items if item.get_closest_marker("browser")}
    waiting = {item.path: None for item in items if "newspaper_data" in item.fixturenames and item.path not in driving}  # type: ignore[attr-defined]
    first = next(iter(waiting), None)
    items.sort(key=lambda item: (item.path in driving, item.path in waiting and item.path != first, item.path != first))


def pytest_unconfigure() -> None:
    shutil.rmtree(_DATA, ignore_errors=True)
    clusters.end()


# ------------------------------------------------------------------ in this process


@pytest.fixture
def newspaper(db):
    """A newspaper in Japanese and English, without stories."""
    from kawaraban.newsroom.actions.found_newspaper import EditionDraft, found_newspaper

    editions = [
        EditionDraft(language="ja", nameplate="試験新報", sections=SECTIONS, about_title="新聞社", about_html="<p>港町の新聞です。</p>"),
        EditionDraft(language="en", nameplate="The Test", sections=[("politics", "Politics")]),
    ]
    return founded(lambda: found_newspaper(editions=editions))


@pytest.fixture
def cast(newspaper, settings):
    """The standing cast: a writer, someone of the desk, of the photo desk, and the chief."""
    # A password's hash is slow on purpose; nobody attacks this newspaper.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from kawaraban.newsroom.actions.set_up_roles import CHIEFS, DESK, PHOTO_DESK, WRITERS, group_of
    from kawaraban.newsroom.models import User

    people = {}
    for name, role in (("writer", WRITERS), ("desk", DESK), ("photo", PHOTO_DESK), ("chief", CHIEFS)):
        people[name] = User.objects.create_user(name, password="a good password")
        people[name].groups.add(group_of(role))
    return people


@pytest.fixture
def publish(newspaper):
    """Publishes a story by its headline, and what else is told."""
    from kawaraban.newsroom.actions.publish_story import StoryDraft, publish_new_story
    from kawaraban.newsroom.models import SectionPage

    def one(headline: str, *, section: str = "politics", language: str = "ja", body: str = "本文です。", **fields):
        home = SectionPage.objects.select_related("locale").get(slug=section, locale__language_code=language)
        return publish_new_story(
            draft=StoryDraft(headline=headline, section=home, body=[("paragraph", f"<p>{body}</p>")], **fields), actor=None
        )

    return one


@pytest.fixture
def sheet_log(tmp_path):
    """A writable sheet log, empty."""
    from kawaraban.sheetlog.log import SheetLog

    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    yield log
    log.close()


@pytest.fixture
def press(sheet_log, settings):
    """Prints all that was asked for and returns the log."""
    from kawaraban.press.printing import print_everything_asked

    settings.KAWARABAN_SHEET_LOG = sheet_log.path

    def run():
        print_everything_asked(sheet_log)
        return sheet_log

    return run


# ------------------------------------------------------------------ as processes of its own


@pytest.fixture(scope="session")
def newspaper_data(tmp_path_factory, worker_id):
    """The demo's newspaper in a data directory, made once for all processes that share the tests; not to be written into."""
    base = tmp_path_factory.getbasetemp()
    made = (base if worker_id == "master" else base.parent) / "newspaper"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = made.with_suffix(".making")
            words = "import django; from kawaraban.project.django import start_django, migrate; start_django(); migrate();"
            words += "from kawaraban.demo.making import make_newspaper; from kawaraban.project.env import read_environment;"
            # The slow formats of some photos: of all, they would take a minute, and every site's printer would make them beside the tests.
            words += "from kawaraban.press import printing, registry; from kawaraban.press.models import PrintJob;"
            words += (
                "from kawaraban.sheetlog.log import SheetLog; e = read_environment(); e.make_directories(); make_newspaper(e.sheet_log);"
            )
            words += "[printing.work_slowly() for _ in range(8)];"
            words += "PrintJob.objects.filter(subject__in=registry.slow_subjects()).delete();"
            words += "printing.print_everything_asked(SheetLog(e.sheet_log, writable=True))"
            subprocess.run([sys.executable, "-c", words], env=Site(making, free_port(), free_port()).environment, check=True, timeout=300)
            if clusters.is_asked_for():
                clusters.cluster().new_database(database_of(made), like=database_of(making))
            making.rename(made)
    return made


@pytest.fixture(scope="session")
def site(newspaper_data, tmp_path_factory):
    """The demo's newspaper, running, without simulated readers."""
    site = Site.copy_of(newspaper_data, tmp_path_factory.mktemp("site") / "data")
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def archive(site, tmp_path_factory):
    """A backup of the demo's newspaper, taken while it runs."""
    target = tmp_path_factory.mktemp("backup") / "site.tar"
    site.kawaraban("backup", str(target))
    return target


@pytest.fixture(scope="package")
def plane(archive, tmp_path_factory):
    """A running reader plane of its own, with metrics, that tests may hurt, as long as they leave it well."""
    plane = Site(tmp_path_factory.mktemp("plane") / "data", free_port(), free_port(), metrics_port=free_port())
    plane.more["KAWARABAN_TRUSTED_PROXIES"] = "127.0.0.1"
    plane.kawaraban("restore", str(archive))
    plane.start("reader")
    yield plane
    plane.stop()


@pytest.fixture(scope="session")
def launch():
    """Starts the first of these browsers that is installed; Playwright's own, if none is."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:

        def one(names, **more):
            found = next((path for name in names if (path := shutil.which(name))), None)
            options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
            return playwright.chromium.launch(executable_path=found, args=options, **more)

        yield one


@pytest.fixture(scope="session")
def browser(launch):
    """The browser that readers have, for what it does around a page."""
    browser = launch(BROWSERS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def shell(launch):
    """The same Chromium without windows of its own, which take more time than our pages: for what is in a page."""
    shell = launch(["chromium-headless-shell", *BROWSERS])
    yield shell
    shell.close()


@pytest.fixture(scope="session")
def shared():
    """Real texts beside the checkout, for those who have them."""
    path = Path(os.environ.get("KAWARABAN_SHARED", Path(__file__).parent.parent.parent / "shared"))
    if not (path / "corpora").exists():
        pytest.skip("the real texts are not on this machine")
    return path
