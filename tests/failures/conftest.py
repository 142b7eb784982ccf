"""A whole site for what must be broken."""

import pytest

from running import Site, free_port


@pytest.fixture(scope="package")
def patient(archive, tmp_path_factory):
    """A whole site, that tests may hurt."""
    patient = Site(tmp_path_factory.mktemp("patient") / "data", free_port(), free_port())
    patient.kawaraban("restore", str(archive))
    patient.start()
    yield patient
    patient.stop()
