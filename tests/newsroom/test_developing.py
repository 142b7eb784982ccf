"""Photos are developed: every format from one original, nothing of the camera in it, nothing made twice."""

import io

import pytest
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image, ImageCms

from kawaraban.newsroom.models import Photo, PhotoRendition
from kawaraban.newsroom.photo_facts import PhotoFacts, facts_of
from kawaraban.pages import developing
from kawaraban.pages.developing import FORMATS, QUICK_FORMATS, develop, keep, missing, renditions_of, specification
from kawaraban.pages.errands import withdraw_ended_photos
from kawaraban.pages.photos import ALL_SPECS, CARD_SPECS, STORY_SPECS, picture
from kawaraban.pages.plates.photos import make_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(tmp_path, settings):
    """Takes a photo: puts a picture into the newsroom."""
    settings.MEDIA_ROOT = str(tmp_path)

    def take(image: Image.Image, format_: str = "JPEG", **options) -> Photo:
        file = io.BytesIO()
        image.save(file, format_, **options)
        return Photo.objects.create(title="港", file=ImageFile(file, name=f"port.{format_.lower()}"), credit="橘 圭撮影")

    return take


def opened(photo: Photo, format_: str) -> Image.Image:
    (made,) = develop(photo, [("width-480", format_)])
    return Image.open(io.BytesIO(made.body))


def test_all_files_are_made_once(taken):
    photo = taken(Image.new("RGB", (1600, 1000), "#27405f"))
    make_files(str(photo.pk))
    first = dict(PhotoRendition.objects.values_list("filter_spec", "file"))
    assert len(first) == len(ALL_SPECS) * len(FORMATS)
    make_files(str(photo.pk))
    assert picture(photo, CARD_SPECS).avif.count(".avif ") == 2
    assert dict(PhotoRendition.objects.values_list("filter_spec", "file")) == first


def test_a_print_makes_what_it_shows_and_no_more(taken):
    photo = taken(Image.new("RGB", (1600, 1000), "#27405f"))
    shown = picture(photo, CARD_SPECS)
    assert (shown.fallback.width, shown.fallback.height) == (480, 320)
    assert shown.avif == ""
    assert PhotoRendition.objects.count() == len(CARD_SPECS) * len(QUICK_FORMATS)


def test_files_are_as_wagtail_would_crop_them(taken):
    stripes = Image.new("RGB", (1600, 1000), "#ffffff")
    stripes.paste("#c8371f", (1200, 0, 1600, 1000))
    photo = taken(stripes)
    photo.focal_point_x, photo.focal_point_y, photo.focal_point_width, photo.focal_point_height = 1500, 500, 100, 100
    ours = Image.open(io.BytesIO(develop(photo, [("fill-240x160-c100", "jpeg")])[0].body))
    wagtails = Image.open(photo.get_rendition("fill-240x160-c100|format-jpeg").file)
    assert ours.size == wagtails.size
    assert all(abs(a - b) <= 6 for a, b in zip(ours.resize((1, 1)).getpixel((0, 0)), wagtails.resize((1, 1)).getpixel((0, 0)), strict=True))


def test_a_new_focal_point_makes_new_crops_and_leaves_the_rest(taken):
    photo = taken(Image.new("RGB", (1600, 1000), "#27405f"))
    make_files(str(photo.pk))
    photo.focal_point_x, photo.focal_point_y, photo.focal_point_width, photo.focal_point_height = 100, 100, 50, 50
    photo.save()
    assert {size for size, _ in missing(photo, ALL_SPECS, FORMATS)} == set(ALL_SPECS) - set(STORY_SPECS)


def test_where_a_photo_was_taken_stays_in_the_newsroom(taken):
    written = Image.Exif()
    written[0x010F] = "Camera"
    written.get_ifd(0x8825)[1] = "N"
    photo = taken(Image.new("RGB", (1600, 1000), "#27405f"), exif=written)
    with photo.get_willow_image() as original:
        assert original.get_pillow_image().getexif()
    for name in FORMATS:
        assert not opened(photo, name).getexif()


def test_a_photo_that_was_taken_upright_stands_upright(taken):
    written = Image.Exif()
    written[0x0112] = 6
    assert opened(taken(Image.new("RGB", (1600, 1000), "#27405f"), exif=written), "jpeg").size == (480, 768)


@pytest.mark.parametrize(
    ("mode", "format_", "colour"),
    [("L", "JPEG", 90), ("CMYK", "JPEG", (60, 60, 60, 0)), ("P", "GIF", 3), ("I;16", "PNG", 30000), ("RGBA", "PNG", (40, 90, 40, 255))],
)
def test_every_kind_of_picture_can_be_shown(taken, mode, format_, colour):
    photo = taken(Image.new(mode, (800, 500), colour), format_)
    for name in FORMATS:
        assert opened(photo, name).convert("RGB").size == (480, 300)


def test_what_lets_the_paper_through_stands_on_white(taken):
    photo = taken(Image.new("RGBA", (800, 500), (0, 0, 0, 0)), "PNG")
    assert opened(photo, "jpeg").getpixel((9, 9)) == (255, 255, 255)
    assert opened(photo, "webp").convert("RGBA").getpixel((9, 9))[3] == 0


def test_the_colour_profile_goes_along(taken):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = taken(Image.new("RGB", (800, 500), "#27405f"), icc_profile=profile)
    for name in FORMATS:
        assert opened(photo, name).info["icc_profile"] == profile


def test_files_that_another_process_made_meanwhile_stay(taken):
    photo = taken(Image.new("RGB", (1600, 1000), "#27405f"))
    wanted = missing(photo, CARD_SPECS, QUICK_FORMATS)
    late = develop(photo, wanted)
    keep(photo, develop(photo, wanted))
    before = {name: row.file.name for name, row in renditions_of(photo).items()}
    keep(photo, late)
    assert {name: row.file.name for name, row in renditions_of(photo).items()} == before


def test_files_are_not_made_of_a_photo_whose_rights_ended(taken):
    from django.utils import timezone

    photo = taken(Image.new("RGB", (1600, 1000), "#27405f"))
    photo.rights_end = timezone.now()
    photo.save()
    make_files(str(photo.pk))
    assert not PhotoRendition.objects.exists()


def test_several_photos_are_developed_together(taken):
    photos = [taken(Image.new("RGB", (900, 600), colour)) for colour in ("#27405f", "#c8371f", "#335533")]
    developing.develop_all((photo, missing(photo, CARD_SPECS, QUICK_FORMATS)) for photo in photos)
    assert [len(renditions_of(photo)) for photo in photos] == [4, 4, 4]


def test_every_file_bears_what_it_shows_and_whose_it_is(taken):
    photo = taken(Image.new("RGB", (900, 600), "#27405f"))
    photo.caption, photo.alt_text, photo.rights_holder = "港 <朝> & 船", "船が並ぶ港", "汐見新聞社"
    expected = PhotoFacts(title="", credit="橘 圭撮影", caption="港 <朝> & 船", alt_text="船が並ぶ港", rights_holder="汐見新聞社")
    for name in FORMATS:
        (made,) = develop(photo, [("width-480", name)])
        assert facts_of(io.BytesIO(made.body)) == expected, name


def test_files_are_made_anew_when_a_credit_is_told_otherwise(taken, newspaper, django_capture_on_commit_callbacks):
    photo = taken(Image.new("RGB", (900, 600), "#27405f"))
    before = picture(photo, CARD_SPECS)
    photo.title = "港の朝"
    photo.save()
    assert picture(Photo.objects.get(), CARD_SPECS).jpeg == before.jpeg
    photo.credit = "沖野みお撮影"
    with django_capture_on_commit_callbacks(execute=True):
        photo.save()
    after = picture(Photo.objects.get(), CARD_SPECS)
    assert after.fallback.url != before.fallback.url
    (row,) = (row for row in PhotoRendition.objects.filter(filter_spec=specification(CARD_SPECS[0], "jpeg")) if not row.is_old)
    assert facts_of(row.file.open()).credit == "沖野みお撮影"
    # The old files stand as long as a page may name them, and end with the photo's rights.
    files = [row.file.name for row in PhotoRendition.objects.all()]
    assert len(files) == 2 * len(CARD_SPECS) * len(QUICK_FORMATS)
    assert all(row.file.storage.exists(name) for name in files)
    Photo.objects.update(rights_end=timezone.now())
    withdraw_ended_photos(None)
    assert not any(row.file.storage.exists(name) for name in files)
