"""What the journeys share: a path of every kind of page."""

import pytest

from kinds import paths_of_kinds


@pytest.fixture(scope="session")
def paths(site):
    """Paths by kind and language."""
    return paths_of_kinds(site)
