"""Pictures come from directories, archives and named hosts, and nothing else comes with them."""

import contextlib
import gzip
import http.server
import io
import tarfile
import threading
import zipfile

import pytest
from django.core.exceptions import ValidationError
from exports import picture

from kawaraban.exchange.media.files import open_files
from kawaraban.exchange.media.shapes import NotHadError
from kawaraban.exchange.media.web import Web, is_public
from kawaraban.newsroom.actions.take_in_photo import PhotoDraft, take_in_photo

ADDRESS = "https://old.example.jp/wp-content/uploads/2021/05/%E6%A9%8B%20%E4%B8%80.jpg"


@pytest.fixture
def directory(tmp_path):
    for folder, colour in (("2020/01", "red"), ("2021/05", "navy")):
        (tmp_path / "uploads" / folder).mkdir(parents=True)
        # As macOS writes が: two letters.
        (tmp_path / "uploads" / folder / "橋 一.JPG").write_bytes(picture(colour))
    (tmp_path / "uploads/2021/05/か\u3099く.png").write_bytes(picture(kind="PNG"))
    return tmp_path / "uploads"


def packed(directory, path):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in directory.rglob("*.*"):
                archive.write(file, file.relative_to(directory.parent))
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
            archive.add(directory, "uploads")
    return path


@pytest.mark.parametrize("name", ["", "media.tar", "media.tar.gz", "media.zip"])
def test_a_picture_is_found_by_the_end_of_its_address(directory, tmp_path, name):
    files = open_files(packed(directory, tmp_path / name) if name else directory)
    assert files.get(ADDRESS).content == picture("navy")
    assert files.has("https://old.example.jp/wp-content/uploads/2021/05/がく.png")
    assert not files.has("https://old.example.jp/wp-content/uploads/2021/05/other.jpg")
    with pytest.raises(NotHadError, match="no file of this name"):
        files.get("https://old.example.jp/x.jpg")
    files.close()


def test_a_link_out_of_the_directory_is_not_followed(directory, tmp_path):
    (tmp_path / "secret.jpg").write_bytes(picture())
    (directory / "linked.jpg").symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(NotHadError, match="link to somewhere else"):
        open_files(directory).get("/linked.jpg")


def test_what_is_no_archive_is_told(tmp_path):
    (tmp_path / "media.tar").write_bytes(gzip.compress(b"no tar"))
    with pytest.raises(NotHadError, match="no directory, tar or zip"):
        open_files(tmp_path / "media.tar")


class Machine(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        moved = {"/moved.jpg": "/fine.jpg", "/out.jpg": "http://other.example/x.jpg", "/round.jpg": "/round.jpg"}.get(self.path)
        if moved or self.path == "/gone.jpg":
            self.send_response(302 if moved else 404)
            if moved:
                self.send_header("Location", moved)
            self.end_headers()
            return
        body = b"\0" * (61 * 1024 * 1024) if self.path == "/huge.jpg" else picture()
        self.send_response(200)
        if self.path == "/packed.jpg" or self.headers.get("Accept-Encoding") != "identity":
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def machine():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Machine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def test_a_named_host_is_asked(machine):
    web = Web(["localhost"], may_ask=lambda _: True)
    assert web.get(f"{machine}/fine.jpg").content == picture()
    assert web.get(f"{machine}/moved.jpg").name == "fine.jpg"
    web.close()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/gone.jpg", "answers 404"),
        ("/out.jpg", "not among the hosts"),
        ("/round.jpg", "leads on more than"),
        ("/huge.jpg", "larger than 60 MB"),
        ("/packed.jpg", r"comes packed \(gzip\)"),
    ],
)
def test_what_goes_beyond_the_bounds_is_refused(machine, path, why):
    web = Web(["localhost"], may_ask=lambda _: True)
    with pytest.raises(NotHadError, match=why):
        web.get(machine + path)


def test_a_machine_that_is_not_public_is_not_asked(machine):
    with pytest.raises(NotHadError, match="none of the public internet"):
        Web(["localhost"]).get(f"{machine}/fine.jpg")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fe80::1", "0.0.0.1", "224.0.0.1"]
)
def test_private_addresses_are_known(address):
    assert not is_public(address)
    assert is_public("93.184.216.34")


@pytest.mark.django_db
def test_a_file_is_a_picture_or_is_not_taken(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    photo = take_in_photo(content=picture(kind="PNG"), name="../../evil.php", draft=PhotoDraft(credit="海辺通信"), actor=None)
    assert (photo.file.name.rpartition("/")[2].startswith("evil"), photo.file.name.endswith(".png"), photo.credit) == (
        True,
        True,
        "海辺通信",
    )
    for content in (b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:200], b"GIF89a"):
        with pytest.raises(ValidationError, match="no picture"):
            take_in_photo(content=content, name="x.jpg", draft=PhotoDraft(), actor=None)
    large = io.BytesIO()
    from PIL import Image

    Image.new("1", (20_000, 5_000)).save(large, "PNG")
    with pytest.raises(ValidationError, match="million"):
        take_in_photo(content=large.getvalue(), name="x.png", draft=PhotoDraft(), actor=None)
