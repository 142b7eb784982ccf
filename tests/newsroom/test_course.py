"""What led to a story is what the search finds, until the desk chooses it by hand."""

import pytest
from django.urls import reverse
from screens import forms_of
from wagtail.models import PageLogEntry

from kawaraban.discovery.related_store import RelatedWriter, event_key
from kawaraban.newsroom.models import StoryPage
from kawaraban.sheetlog.shapes import Kind, Sheet, Slot

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}


@pytest.fixture
def arrange(cast, client):
    """Sends a story's form with others in its course; returns the screen if something was wrong, or nothing."""
    client.force_login(cast["desk"])

    def send(story: StoryPage, entries: list[StoryPage]) -> str:
        address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
        form = next(form for form in forms_of(client.get(address).content.decode(), address) if "title" in form.values)
        data = {name: value for name, value in form.values.items() if "__prefix__" not in name and not name.startswith("course-")}
        # What stood there is taken away, as the form's buttons do it.
        stood = list(story.course.all())
        rows = [(row.entry, str(row.pk), "1") for row in stood] + [(entry, "", "") for entry in entries]
        data |= BY_SCRIPT | {"course_by_hand": "on", "course-TOTAL_FORMS": str(len(rows)), "course-INITIAL_FORMS": str(len(stood))}
        for number, (entry, known, gone) in enumerate(rows):
            row = {"entry": str(entry.pk), "ORDER": str(number + 1), "id": known, "DELETE": gone}
            data |= {f"course-{number}-{name}": value for name, value in row.items()}
        answer = client.post(address, data | {"action-publish": "1"})
        return "" if answer.status_code == 302 else answer.content.decode()

    return send


def timeline(log, story):
    sheet = log.get(Kind.SHEET, story.reader_path, Sheet)
    return next((piece.sources, piece.stories) for piece in sheet.pieces if isinstance(piece, Slot) and piece.name == "timeline")


def test_the_desk_adds_orders_and_takes_away_and_the_page_follows(arrange, publish, press, cast):
    story, first, second = publish("大橋が開通"), publish("大橋の着工"), publish("大橋の設計案")
    assert timeline(press(), story) == ((f"related:event:{story.story_id}",), ())
    assert arrange(story, [second, first]) == ""
    assert timeline(press(), story) == (("ids",), (second.story_id, first.story_id))
    assert PageLogEntry.objects.filter(page=story.pk, action="wagtail.publish", user=cast["desk"]).exists()
    # Chosen by hand, and nothing chosen: nothing is shown.
    assert arrange(StoryPage.objects.get(pk=story.pk), []) == ""
    assert timeline(press(), story) == (("ids",), ())


def test_what_cannot_stand_there_is_told_and_the_page_stays(arrange, publish, press):
    story, other, english = publish("大橋が開通"), publish("大橋の着工"), publish("The bridge", language="en")
    assert "「大橋の着工」が二度並びます。" in arrange(story, [other, other])
    assert "「大橋が開通」はこの記事そのものです。" in arrange(story, [story])
    assert "「The bridge」は別の版(English)の記事です。" in arrange(story, [english])
    assert timeline(press(), story) == ((f"related:event:{story.story_id}",), ())


def test_the_editor_shows_what_was_found(cast, client, publish, settings, tmp_path):
    settings.KAWARABAN_DISCOVERY_DIR = tmp_path
    story, first, gone = publish("大橋が開通"), publish("大橋の着工"), publish("引いた記事")
    client.force_login(cast["desk"])
    address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    assert "同じ出来事の記事は見つかっていません。" in client.get(address).content.decode()
    found = RelatedWriter(tmp_path / "related.sqlite3")
    found.write({event_key(story.story_id): [first.story_id, gone.story_id]})
    gone.unpublish()
    screen = client.get(address).content.decode()
    panel = screen[screen.index('<div class="newsroom-found">') :].split("</div>")[0]
    assert "自動で見つかった記事です。" in panel
    assert "大橋の着工" in panel
    assert "引いた記事" not in panel
    assert "手で選ぶ" in screen
