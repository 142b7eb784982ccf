"""Photos: never without credit, read from the file where it has one, not shown after their rights end."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image

from kawaraban.newsroom.models import Photo
from kawaraban.pages.photos import STORY_SPECS, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    file = io.BytesIO()
    Image.new("RGB", (1600, 1000), "#27405f").save(file, "JPEG")
    return Photo.objects.create(title="港", file=ImageFile(file, name="port.jpg"), credit="橘 圭撮影")


def test_a_photo_without_credit_is_refused(photo):
    photo.credit = ""
    with pytest.raises(ValidationError):
        photo.full_clean()


def test_a_photo_is_shown_in_every_size_with_its_credit(photo):
    shown = picture(photo, STORY_SPECS)
    assert shown is not None
    assert shown.credit == "橘 圭撮影"
    assert "1280w" in shown.jpeg
    assert "480w" in shown.webp


def test_a_photo_whose_rights_ended_is_not_shown(photo):
    photo.rights_end = timezone.now()
    assert picture(photo, STORY_SPECS) is None
