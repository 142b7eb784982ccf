"""What shows a thing that changed in the newsroom is printed again."""

import pytest

from kawaraban.newsroom.models import AboutPage
from kawaraban.sheetlog.shapes import Gone, Kind, Redirect, Sheet

pytestmark = pytest.mark.django_db


def text(log, path: str) -> str:
    sheet = log.get(Kind.SHEET, path, Sheet)
    return "" if sheet is None else "".join(piece for piece in sheet.pieces if isinstance(piece, str)).replace("<wbr>", "")


@pytest.fixture
def change(django_capture_on_commit_callbacks):
    """Publishes a page with these fields changed. Wagtail tells of a new address after the commit."""

    def one(page, **fields):
        for name, value in fields.items():
            setattr(page, name, value)
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()

    return one


# ------------------------------------------------------------------ pages about the paper


@pytest.fixture
def about(newspaper):
    return AboutPage.objects.get(locale__language_code="ja")


def test_an_unpublished_page_about_the_paper_is_gone(about, press, change):
    assert "港町の新聞です。" in text(press(), "/about")
    about.unpublish()
    log = press()
    assert text(log, "/about") == ""
    assert log.get(Kind.GONE, "/about", Gone) == Gone("ja")
    change(about)
    log = press()
    assert "港町の新聞です。" in text(log, "/about")
    assert log.get(Kind.GONE, "/about", Gone) is None


def test_a_deleted_page_about_the_paper_is_gone(about, press):
    press()
    about.delete()
    log = press()
    assert text(log, "/about") == ""
    assert log.get(Kind.GONE, "/about", Gone) == Gone("ja")


def test_a_renamed_page_about_the_paper_leads_to_its_new_address(about, press, change):
    press()
    change(about, slug="who-we-are")
    log = press()
    assert "港町の新聞です。" in text(log, "/who-we-are")
    assert text(log, "/about") == ""
    assert log.get(Kind.REDIRECT, "/about", Redirect) == Redirect("/who-we-are")
    change(about, slug="about")
    log = press()
    assert "港町の新聞です。" in text(log, "/about")
    assert log.get(Kind.REDIRECT, "/who-we-are", Redirect) == Redirect("/about")


def test_a_page_about_the_paper_leaves_alone_what_took_its_address_over(about, press, change):
    from kawaraban.newsroom.models import SectionPage
    from kawaraban.press.models import PrintJob

    press()
    about.unpublish()
    change(about, slug="who-we-are")
    change(SectionPage.objects.get(slug="society"), slug="about")
    press()
    # Tried again late.
    PrintJob.objects.create(subject="about", key="ja/about")
    assert "社会" in text(press(), "/about")
