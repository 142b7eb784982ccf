"""Stories are placed on a front page by hand: its edition's own, published, once."""

import json

import pytest
from django.urls import reverse
from screens import forms_of

from kawaraban.newsroom.models import FrontPage, SectionPage

pytestmark = pytest.mark.django_db
PREFIXES = ("lead", "seconds", "topic_strip")


@pytest.fixture
def place(cast, newspaper, client):
    """Sends the front page's form with stories in its places; returns the screen if something was wrong, or nothing."""
    client.force_login(cast["chief"])
    address = reverse("wagtailadmin_pages:edit", args=(newspaper["ja"].pk,))

    def send(**places: list) -> str:
        form = next(form for form in forms_of(client.get(address).content.decode(), address) if "nameplate" in form.values)
        data = {name: value for name, value in form.values.items() if "__prefix__" not in name and not name.startswith(PREFIXES)}
        breaking = places.pop("breaking", None)
        for prefix in PREFIXES:
            stories = places.get(prefix, [])
            data |= {f"{prefix}-TOTAL_FORMS": str(len(stories)), f"{prefix}-INITIAL_FORMS": "0"}
            for number, story in enumerate(stories):
                data |= {
                    f"{prefix}-{number}-story": str(story.pk),
                    f"{prefix}-{number}-ORDER": str(number + 1),
                    f"{prefix}-{number}-id": "",
                }
        data |= {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "1"}
        if breaking is not None:
            data |= {"breaking_text": "速報", "breaking_story": str(breaking.pk)}
        answer = client.post(address, data)
        return "" if answer.status_code == 302 else answer.content.decode()

    return send


def test_stories_of_the_edition_are_placed(place, publish, newspaper):
    stories = [publish(f"記事{number}") for number in range(4)]
    assert place(lead=stories[:1], seconds=stories[1:3], topic_strip=stories[3:], breaking=stories[0]) == ""
    front = FrontPage.objects.get(pk=newspaper["ja"].pk)
    assert [placed.story.title for placed in (*front.lead.all(), *front.seconds.all(), *front.topic_strip.all())] == [
        story.title for story in stories
    ]


@pytest.mark.parametrize("places", [("lead", "seconds"), ("seconds", "seconds"), ("lead", "topic_strip")])
def test_a_story_placed_twice_is_told_with_its_place(place, publish, newspaper, places):
    story, wanted = publish("二度の記事"), {}
    for name in places:
        wanted.setdefault(name, []).append(story)
    names = {"lead": "トップ", "seconds": "準トップ"}
    assert f"「二度の記事」は二度は置けません。すでに「{names[places[0]]}」にあります。" in place(**wanted)
    assert not FrontPage.objects.get(pk=newspaper["ja"].pk).lead.exists()


def test_a_story_of_another_edition_is_told(place, publish):
    story = publish("Elsewhere", language="en")
    words = "「Elsewhere」は別の版(English)の記事です。"
    assert words in place(seconds=[story])
    assert words in place(breaking=story)


def test_a_story_that_is_not_published_is_told_unless_it_stood_there_before(place, publish, newspaper):
    story = publish("引いた記事")
    story.unpublish()
    assert "「引いた記事」は公開されていないため、読者には表示されません。" in place(lead=[story])


def test_a_withdrawn_story_does_not_stop_the_breaking_news(place, publish, newspaper, client):
    story = publish("引かれる記事")
    assert place(lead=[story]) == ""
    story.unpublish()
    address = reverse("wagtailadmin_pages:edit", args=(newspaper["ja"].pk,))
    form = next(form for form in forms_of(client.get(address).content.decode(), address) if "nameplate" in form.values)
    data = {name: value for name, value in form.values.items() if "__prefix__" not in name}
    data |= {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "1", "breaking_text": "速報です"}
    assert client.post(address, data).status_code == 302
    assert FrontPage.objects.get(pk=newspaper["ja"].pk).breaking_text == "速報です"


def test_choosing_offers_published_stories_of_the_edition(place, publish, newspaper, client):
    here, there, gone = publish("橋の記事"), publish("橋 elsewhere", language="en"), publish("橋の下書き")
    gone.unpublish()
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    edition = {"page_type": "newsroom.storypage", "user_perms": f"edition-{newspaper['ja'].pk}"}

    def offered(name: str, *args, **asked) -> set[int]:
        answer = client.get(reverse(name, args=args), asked)
        page = json.loads(answer.content)["html"] if "json" in answer["content-type"] else answer.content.decode()
        return {story.pk for story in (here, there, gone) if f'data-id="{story.pk}"' in page}

    assert offered("wagtailadmin_choose_page_child", section.pk, **edition) == {here.pk}
    assert offered("wagtailadmin_choose_page_search", q="橋", **edition) == {here.pk}
    assert offered("wagtailadmin_choose_page_search", q="橋", page_type="newsroom.storypage") == {here.pk, there.pk}
    assert offered("wagtailadmin_choose_page_search", q="橋") == {here.pk, there.pk, gone.pk}
    # The form asks so.
    form = client.get(reverse("wagtailadmin_pages:edit", args=(newspaper["ja"].pk,))).content.decode()
    assert form.count(f"edition-{newspaper['ja'].pk}") >= 4
    assert reverse("wagtailadmin_choose_page_child", args=(newspaper["ja"].pk,)) in form


def test_there_is_one_front_page_a_language(place, newspaper, client):
    address = reverse("wagtailadmin_pages:add", args=("newsroom", "frontpage", newspaper["ja"].get_parent().pk))
    data = {"title": "二つ目", "nameplate": "二つ目", "action-publish": "1", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    data |= {f"{prefix}-{name}_FORMS": "0" for prefix in PREFIXES for name in ("TOTAL", "INITIAL")}
    assert "この言語の版はすでにあります:「試験新報」" in client.post(address, data).content.decode()
    assert FrontPage.objects.count() == 2
