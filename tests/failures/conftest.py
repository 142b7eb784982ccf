"""A site of its own for what must be broken, made as an operator would make one: a backup, restored elsewhere."""

import pytest

from running import Site, free_port


@pytest.fixture(scope="session")
def archive(site, tmp_path_factory):
    """A backup of the demo's newspaper, taken while it runs."""
    target = tmp_path_factory.mktemp("backup") / "site.tar"
    site.kawaraban("backup", str(target))
    return target


@pytest.fixture(scope="package")
def plane(archive, tmp_path_factory):
    """A running reader plane that tests may hurt, as long as they leave it well."""
    site = restored(archive, tmp_path_factory.mktemp("plane"))
    site.start("reader")
    yield site
    site.stop()


def restored(archive, directory) -> Site:
    site = Site(directory / "data", free_port(), free_port())
    site.kawaraban("restore", str(archive))
    return site
