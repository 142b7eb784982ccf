"""The documents are contracts: what is not documented is not there, and what is documented is."""

import re
from pathlib import Path

import click
import pytest

from kawaraban.audience.shapes import REASONS
from kawaraban.project.cli import cli

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "docs" / "reference"


def said(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def test_every_setting_is_documented():
    used = set(re.findall(r'"(KAWARABAN_[A-Z_]+)"', (ROOT / "src/kawaraban/project/env.py").read_text(encoding="utf-8")))
    documented = set(re.findall(r"`(KAWARABAN_[A-Z_]+)`", said("settings.md")))
    assert used == {name for name in documented if not name.endswith("_FILE")}


@pytest.mark.parametrize("name", sorted(name for name, command in cli.commands.items() if not command.hidden))
def test_every_command_and_option_is_documented(name):
    text = said("commands.md")
    assert f"## `kawaraban {name}" in text
    section = text.split(f"## `kawaraban {name}", 1)[1].split("\n## ", 1)[0]
    for parameter in cli.commands[name].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert any(f"`{option}" in section for option in parameter.opts), parameter.opts


def test_every_slot_is_documented():
    code = (ROOT / "src/kawaraban/pages/slots.py").read_text(encoding="utf-8") + (
        ROOT / "src/kawaraban/pages/plates/editions.py"
    ).read_text(encoding="utf-8")
    names = set(re.findall(r'name="([a-z]+)"', code)) | set(re.findall(r'_placed\("([a-z]+)"', code))
    text = said("slots.md")
    assert not [name for name in names if f"`{name}`" not in text]


def test_every_address_of_the_reader_plane_is_documented():
    text = said("addresses.md")
    for address in (
        "/healthz",
        "/readyz",
        "/read",
        "/live/ranking.json",
        "/live/page.json",
        "/search",
        "/search.json",
        "/feed.xml",
        "/atom.xml",
        "/feed.json",
        "/llms.txt",
        "/ads.txt",
        "/trust.txt",
        "/sitemap.xml",
        "/news-sitemap.xml",
        "/robots.txt",
        "/corrections",
        "/archive",
        "/topics",
        "/offline",
        "/worker.js",
        "/media/",
        "/assets/",
    ):
        assert f"`{address}" in text, address


def test_every_metric_is_documented():
    metrics = set(re.findall(r'"(kawaraban_[a-z_]+)"', (ROOT / "src/kawaraban/project/metrics.py").read_text(encoding="utf-8")))
    documented = {name.removesuffix("_total") for name in re.findall(r"`(kawaraban_[a-z_]+)`", said("metrics.md"))}
    assert metrics == documented


def test_every_reason_for_not_counting_is_explained():
    text = (ROOT / "docs/explanation/what-is-a-read.md").read_text(encoding="utf-8")
    assert not [reason for reason in REASONS if f"`{reason}`" not in text]


def test_every_link_between_the_documents_leads_somewhere():
    for path in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"
