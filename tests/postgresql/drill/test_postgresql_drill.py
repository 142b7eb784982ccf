"""PostgreSQL comes, goes and comes back: what takes minutes, since each newsroom is made from nothing."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import clusters
from postgresql.conftest import python, refused
from postgresql.test_whole_way import PUBLISH
from running import Site, free_port, until

pytestmark = pytest.mark.usefixtures("cluster")

DOCUMENT = Path(__file__).parents[3] / "docs/how-to/use-postgresql.md"

WORK = """
import io
from django.core.files.images import ImageFile
from PIL import Image
from kawaraban.newsroom.models import Person, Photo, StoryPage
body = io.BytesIO()
Image.new("RGB", (900, 600), "#336699").save(body, "JPEG")
photo = Photo.objects.create(title="灯台", file=ImageFile(io.BytesIO(body.getvalue()), name="lighthouse.jpg"), alt_text="灯台")
story = StoryPage.objects.get()
story.lead_photo = photo
story.bylines.create(person=Person.objects.create(slug="sato", name="佐登"))
story.save_revision().publish()
story.headline = story.title = "書きかけの見出し"
story.save_revision()
"""

TOLD = """
import json
from django.contrib.auth import authenticate
from wagtail.models import GroupPagePermission, Page, ReferenceIndex, Revision, WorkflowPage
from kawaraban.newsroom.models import Photo, StoryPage
story = StoryPage.objects.get()
print(json.dumps({
    "pages": sorted(Page.objects.values_list("pk", "path", "url_path", "live")),
    "problems": [len(found) for found in Page.find_problems()],
    "draft": story.get_latest_revision_as_object().title,
    "revisions": Revision.objects.count(),
    "rights": GroupPagePermission.objects.count(),
    "workflows": WorkflowPage.objects.count(),
    "shows": len(ReferenceIndex.get_references_to(Photo.objects.get())),
    "logs_in": authenticate(username="hanako", password="correct horse battery").get_username(),
    "groups": [group.name for group in authenticate(username="hanako", password="correct horse battery").groups.all()],
    "found": [found.story_id == story.story_id for found in StoryPage.objects.search("灯台")],
}))
"""


def test_a_newsroom_moves_over_by_the_lines_of_the_document_with_all_that_it_holds(tmp_path, new_site):
    old = Site(tmp_path / "data", free_port(), free_port())
    old.more["KAWARABAN_DATABASE"] = ""
    old.kawaraban("found", "--name", "港町新聞", "--section", "society=社会", "--chief", "hanako", words="correct horse battery\n" * 2)
    python(old, PUBLISH)
    python(old, WORK)
    old.kawaraban("print")
    before = json.loads(python(old, TOLD))
    (lines,) = re.findall(r"```sh\n(unset .*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    new = Site(old.data, free_port(), free_port())
    new.more["KAWARABAN_DATABASE"] = new_site("moved").more["KAWARABAN_DATABASE"]
    environment = old.environment | {
        "NEW_DATABASE": new.more["KAWARABAN_DATABASE"],
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["sh", "-e", "-c", lines], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    for path in (old.data / "newsroom").glob("newsroom.sqlite3*"):
        path.unlink()
    assert json.loads(python(new, TOLD)) == before
    # New rows get new numbers.
    python(new, PUBLISH)
    new.kawaraban("print")
    assert new.kawaraban("check").returncode == 0


def test_a_backup_is_restored_into_the_kind_of_database_that_it_was_made_from(archive, new_site, tmp_path):
    files = Site(tmp_path / "files" / "data", free_port(), free_port())
    files.more["KAWARABAN_DATABASE"] = ""
    assert "its newsroom is in PostgreSQL" in refused(files, "restore", str(archive))
    assert not files.data.exists()
    files.kawaraban("found", "--name", "港町新聞", "--section", "society=社会")
    files.kawaraban("print")
    files.kawaraban("backup", str(tmp_path / "files.tar"))
    server = new_site("server")
    assert "its newsroom is in SQLite" in refused(server, "restore", str(tmp_path / "files.tar"))
    server.kawaraban("restore", str(archive))
    assert server.kawaraban("check").returncode == 0


def test_readers_are_served_while_the_server_is_away_and_the_newsroom_works_when_it_is_back(tmp_path, archive):
    own = clusters.Cluster()
    site = Site(tmp_path / "data", free_port(), free_port())
    site.more["KAWARABAN_DATABASE"] = own.new_database("away")
    try:
        site.kawaraban("restore", str(archive))
        own.stop()
        # Started while it is away:
        site.start("all", newsroom=False)
        assert httpx.get(f"{site.url}/society").status_code == 200
        own.start()
        until(lambda: httpx.get(f"{site.newsroom_url}/admin/login/").status_code == 200, 60)
        path = python(site, PUBLISH).strip()
        until(lambda: httpx.get(site.url + path).status_code == 200, 30)
        # Away and back while it runs:
        own.stop()
        assert httpx.get(site.url + path).status_code == 200
        own.start()
        until(lambda: httpx.get(f"{site.newsroom_url}/admin/login/").status_code == 200, 60)
        path = python(site, PUBLISH).strip()
        until(lambda: httpx.get(site.url + path).status_code == 200, 30)
        assert site.kawaraban("check").returncode == 0
    finally:
        site.stop()
        own.remove()
