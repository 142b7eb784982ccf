"""The house's contract: who may import whom, and that the contract bites."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROOMS = [
    "project",
    "demo",
    "pages",
    "exchange",
    "newsroom",
    "press",
    "delivery",
    "bus",
    "discovery",
    "audience",
    "weather",
    "sheetlog",
    "language",
]
LINT = Path(sys.executable).parent / "lint-imports"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin"}
    return subprocess.run([str(LINT), "--no-cache"], cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.jpg", "__pycache__", "*.egg-info"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_contract(copy):
    found = lint(copy)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("room", "fault"),
    [
        ("language", "import kawaraban.sheetlog"),
        ("audience", "import kawaraban.discovery"),
        ("delivery", "import kawaraban.press"),
        ("delivery", "import django"),
        ("bus", "import django"),
        ("bus", "import kawaraban.delivery"),
        ("audience", "import kawaraban.bus"),
        ("press", "import kawaraban.newsroom"),
        ("newsroom", "import kawaraban.pages"),
        ("exchange", "import kawaraban.pages"),
        ("pages", "import kawaraban.demo"),
    ],
)
def test_a_planted_fault_is_found(copy, room, fault):
    (copy / "src" / "kawaraban" / room / "planted.py").write_text(f"{fault}\n", encoding="ascii")
    found = lint(copy)
    assert found.returncode == 1
    assert "planted" in found.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_at_its_door_what_lives_there(room):
    text = (ROOT / "src" / "kawaraban" / room / "__init__.py").read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert 3 <= text.count("\n") <= 9


def test_no_file_is_longer_than_a_reader_can_hold():
    long = [
        path
        for path in (ROOT / "src").rglob("*.py")
        if "migrations" not in path.parts and path.read_text(encoding="utf-8").count("\n") > 400
    ]
    assert not long


def test_no_room_for_odds_and_ends():
    names = {path.stem for path in (ROOT / "src" / "kawaraban").rglob("*.py")}
    assert not names & {"utils", "common", "helpers", "core", "services", "manager"}


def test_no_two_files_of_tests_bear_one_name():
    # Each alone would run, and the whole suite would not.
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []


def test_the_project_names_no_host_of_a_package_index():
    for path in (ROOT / "requirements").iterdir():
        assert not re.search(r"https?://|--index|find-links", path.read_text(encoding="utf-8"))
