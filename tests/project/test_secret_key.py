"""The newsroom's own key, which processes that start together make once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from kawaraban.project import settings


def test_whoever_starts_at_the_same_moment_has_the_whole_key(tmp_path, monkeypatch):
    together = Barrier(4)

    def key(_number: int) -> str:
        together.wait()
        return settings._secret_key()

    with ThreadPoolExecutor(4) as threads:
        for number in range(100):
            monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, data=tmp_path / str(number), secret_key=""))
            keys = set(threads.map(key, range(4)))
            assert len(keys) == 1
            assert len(keys.pop()) >= 64
            (kept,) = (tmp_path / str(number) / "newsroom").glob("*secret*")
            assert kept.stat().st_mode & 0o777 == 0o600
