"""What is done in the newsroom is done whole or not at all, and what it asks of the press is not lost."""

import pytest
from django.urls import reverse
from screens import forms_of
from wagtail.contrib.redirects.models import Redirect as RedirectRow

from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import SectionPage, StoryPage
from kawaraban.pages import documents
from kawaraban.press import receivers
from kawaraban.press.models import PrintJob
from kawaraban.sheetlog.shapes import Document, Gone, Kind, Sheet

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}


def test_a_publication_that_nobody_could_be_asked_to_print_is_none(cast, client, publish, monkeypatch):
    story = publish("港の橋")
    revisions = story.revisions.count()
    client.force_login(cast["desk"])
    address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    form = next(form for form in forms_of(client.get(address).content.decode(), address) if "title" in form.values)
    values = {name: value for name, value in form.values.items() if "__prefix__" not in name} | BY_SCRIPT
    with monkeypatch.context() as broken:
        broken.setattr(receivers, "ask_to_print", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client.post(address, values | {"title": "山の橋", "action-publish": "1"})
    story.refresh_from_db()
    assert (story.title, story.revisions.count()) == ("港の橋", revisions)
    client.post(address, values | {"title": "山の橋", "action-publish": "1"})
    story.refresh_from_db()
    assert story.title == "山の橋"


def test_what_is_asked_for_while_documents_are_handed_over_is_printed_later(publish, sheet_log, monkeypatch):
    publish("港の橋")
    changes = documents._changes

    def meanwhile(ids, editions):
        publish("山の橋")
        return changes(ids, editions)

    monkeypatch.setattr(documents, "_changes", meanwhile)
    assert documents.hand_over_documents(sheet_log) == 1
    waiting = PrintJob.objects.filter(subject="story").values_list("key", flat=True)
    assert list(waiting) == [StoryPage.objects.get(title="山の橋").story_id]


def test_what_waits_for_others_stays_when_documents_are_handed_over(publish, press):
    withdrawn, moved = publish("消える記事"), publish("移る記事")
    old = moved.reader_path
    log = press()
    withdraw_story(story=withdrawn, actor=None)
    moved.move(SectionPage.objects.get(slug="society"), pos="last-child")
    RedirectRow.objects.create(old_path="/campaign", redirect_link="/topics")
    new = publish("新しい記事")
    assert documents.hand_over_documents(log) == 1
    assert log.get(Kind.DOCUMENT, new.story_id, Document) is not None
    assert not PrintJob.objects.filter(key=new.story_id).exists()
    waiting = set(PrintJob.objects.values_list("subject", "key"))
    assert {("story", withdrawn.story_id), ("story", moved.story_id), ("redirect", "/campaign")} <= waiting
    press()
    moved.refresh_from_db()
    assert log.get(Kind.GONE, withdrawn.reader_path, Gone) is not None
    assert log.get(Kind.SHEET, old, Sheet) is None
    assert log.get(Kind.SHEET, moved.reader_path, Sheet) is not None
    # Its page is made when everything is printed.
    assert log.get(Kind.SHEET, new.reader_path, Sheet) is None
