"""A newspaper in PostgreSQL, whatever the rest of the suite runs on."""

import subprocess
import sys
import textwrap

import pytest

import clusters
from running import Site, free_port


@pytest.fixture(scope="session")
def cluster():
    if clusters.programs() is None and not clusters.is_asked_for():
        pytest.skip(clusters.MISSING)
    return clusters.cluster()


@pytest.fixture(scope="session")
def new_site(cluster, tmp_path_factory):
    """Makes sites of this name, with a database of their own, that hold nothing."""

    def one(name: str) -> Site:
        site = Site(tmp_path_factory.mktemp(name) / "data", free_port(), free_port())
        site.more["KAWARABAN_DATABASE"] = cluster.new_database(f"{name}_{site.port}")
        return site

    return one


@pytest.fixture(scope="session")
def paper(new_site):
    """A newspaper with one section and a chief, that nobody serves."""
    site = new_site("paper")
    site.kawaraban("found", "--name", "港町新聞", "--section", "society=社会", "--chief", "hanako", words="correct horse battery\n" * 2)
    site.kawaraban("print")
    return site


@pytest.fixture(scope="session")
def archive(paper, tmp_path_factory):
    """A backup of it."""
    archive = tmp_path_factory.mktemp("archive") / "site.tar"
    paper.kawaraban("backup", str(archive))
    return archive


def refused(site: Site, *words: str) -> str:
    """Run a command that has to fail in a sentence, and return what it said."""
    done = site.kawaraban(*words, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def python(site: Site, words: str) -> str:
    """Run lines of Python in a process of their own with the site's Django, and return what they print."""
    begin = "import sys; from kawaraban.project.django import start_django; start_django()\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + textwrap.dedent(words)],
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
