"""What a photo's file says of itself is read when it comes in."""

import io
import struct

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kawaraban.newsroom.models import Photo
from kawaraban.newsroom.photo_facts import PhotoFacts, facts_of

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" photoshop:Credit="ハンムル通信">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">港を出る船。</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>橘 圭</rdf:li></rdf:Seq></dc:creator>
<Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">白い船と灯台</rdf:li></rdf:Alt></Iptc4xmpCore:AltTextAccessibility>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def jpeg(xmp: str = "", iim: dict[int, bytes] | None = None) -> bytes:
    """A small picture with these texts in it."""
    file = io.BytesIO()
    Image.new("RGB", (160, 100), "#27405f").save(file, "JPEG", **({"xmp": xmp.encode()} if xmp else {}))
    data = file.getvalue()
    if iim:
        records = b"".join(b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(text)) + text for number, text in iim.items())
        resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(records)) + records + (b"\0" if len(records) % 2 else b"")
        payload = b"Photoshop 3.0\0" + resource
        data = data[:2] + b"\xff\xed" + struct.pack(">H", len(payload) + 2) + payload + data[2:]
    return data


def test_xmp_is_read_with_its_default_language():
    assert facts_of(io.BytesIO(jpeg(XMP))) == PhotoFacts(credit="ハンムル通信", caption="港を出る船。", alt_text="白い船と灯台")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_iim_is_read_also_from_old_japanese_files(encoding):
    raw = {105: "灯台に列".encode(encoding), 80: "橘 圭".encode(encoding), 120: "公開された灯台。".encode(encoding), 116: b"Shioji"}
    assert facts_of(io.BytesIO(jpeg(iim=raw))) == PhotoFacts("灯台に列", "橘 圭", "公開された灯台。", "", "Shioji")


def test_xmp_is_believed_before_iim():
    assert facts_of(io.BytesIO(jpeg(XMP, {110: b"Old Agency", 116: b"Shioji"}))).credit == "ハンムル通信"


@given(st.binary(max_size=400))
def test_no_file_makes_it_fail(data):
    assert isinstance(facts_of(io.BytesIO(data)), PhotoFacts)
    assert isinstance(facts_of(io.BytesIO(jpeg(iim={120: data}))), PhotoFacts)


def test_a_bomb_in_the_texts_is_not_set_off():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + XMP.replace("港を出る船。", "&b;")
    assert facts_of(io.BytesIO(jpeg(bomb))) == PhotoFacts()


@pytest.fixture
def upload(cast, client, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client.force_login(cast["photo"])

    def one(data: bytes):
        file = SimpleUploadedFile("port.jpg", data, "image/jpeg")
        return client.post(reverse("wagtailimages:add_multiple"), {"title": "port", "files[]": file}).json()

    return one


@pytest.mark.django_db
def test_a_photo_with_its_texts_needs_no_typing(upload):
    assert "image_id" in upload(jpeg(XMP))
    photo = Photo.objects.get()
    assert (photo.credit, photo.caption, photo.alt_text) == ("ハンムル通信", "港を出る船。", "白い船と灯台")


@pytest.mark.django_db
def test_a_photo_without_credit_is_kept_and_asks_for_it(upload):
    assert "uploaded_file_id" in upload(jpeg())
    assert not Photo.objects.exists()
