"""What the journeys share: a path of every kind of page."""

import re

import pytest

from kinds import paths_of_kinds


@pytest.fixture(scope="session")
def paths(site):
    """Paths by kind and language."""
    return paths_of_kinds(site)


@pytest.fixture
def log_in(site, shell):
    """Opens a browser in which somebody of the newsroom is logged in."""
    contexts = []

    def one(name: str):
        context = shell.new_context(viewport={"width": 1280, "height": 900}, locale="ja")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.newsroom_url}/admin/login/")
        page.fill("#id_username", name)
        page.fill("#id_password", "kawaraban-demo")
        page.locator("button[type=submit]").first.click()
        page.wait_for_url(re.compile("/admin/$"))
        return page

    yield one
    for context in contexts:
        context.close()
