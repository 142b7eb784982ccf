"""The audience's screens: what they tell, whom they let settle a ranking, and what they hand out."""

import csv
import io
import json
import time
from datetime import timedelta

import msgspec
import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry
from wagtail.users.models import UserProfile

from audience.cast import PHONE
from kawaraban.audience.collector import REPORT_FILE
from kawaraban.audience.ledger import Ledger
from kawaraban.audience.shapes import Keeping, PageMessage, RawRead
from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.newsroom.actions.rule_ranking import let_rank_as_read, pin_in_rankings, take_out_of_rankings
from kawaraban.newsroom.models import RankingAct
from kawaraban.press.models import PrintJob
from kawaraban.sheetlog.shapes import Kind, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(settings, tmp_path):
    """Readers of a story, counted as the collector does; what it leaves on disk is what the screens show."""
    settings.KAWARABAN_READS_DIR = tmp_path / "reads"
    settings.KAWARABAN_COLLECTOR_SOCKET = tmp_path / "nobody.sock"

    def read(story, count=1, *, agent=PHONE, ago=60.0, left=0):
        now = time.time()
        ledger = Ledger(settings.KAWARABAN_READS_DIR, None)
        ledger.recall(now)
        ledger.shelf.stand(
            Story(
                id=story.story_id,
                url=story.reader_path,
                title=story.title,
                section="politics",
                section_name="",
                language="ja",
                published_at=now - 7200,
                updated_at=0.0,
                topics=("bridge",),
            )
        )
        token = read_token(load_or_make_key(settings.KAWARABAN_READS_DIR / "token.key"), story.story_id)
        for number in range(count):
            known = {"address": f"2001:db8:{number:x}::1", "user_agent": agent}
            page = PageMessage(story=story.story_id, token=token, referrer="https://t.co/x", view="v")
            gone = PageMessage(story=story.story_id, token=token, left=True, engaged_ms=left * 1000, scroll=1.0, view="v")
            reads = [RawRead(page=page, at=now - ago, **known), *([RawRead(page=gone, at=now - 1, **known)] if left else [])]
            batch = ledger.judge(reads)
            ledger.write([batch])
            ledger.enter([batch])
        (settings.KAWARABAN_READS_DIR / REPORT_FILE).write_bytes(msgspec.msgpack.encode(ledger.report(now)))
        ledger.close()

    return read


@pytest.fixture
def seen(client, cast):
    """A screen's text, as somebody of the cast sees it."""

    def screen(address: str, name: str = "desk", language: str = "ja") -> str:
        UserProfile.objects.update_or_create(user=cast[name], defaults={"preferred_language": language})
        client.force_login(cast[name])
        return client.get(address).content.decode()

    return screen


def test_the_screen_tells_of_now_of_the_week_before_and_of_what_was_dropped(publish, readers, seen):
    story = publish("橋の開通")
    readers(story, 30, left=40)
    readers(story, 1, agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    text = seen(reverse("audience"))
    assert "橋の開通" in text
    assert "この1時間に30回読まれました" in text  # an alert: nothing of it was to be expected
    for words in ("1週間前の24時間", "最後まで読んだ人", "SNS", "携帯電話", "Googlebot/", "表で見る", "100 %"):
        assert words in text, words
    # Behind each chart stands its table, for who cannot see it.
    assert text.count('role="img"') == text.count('aria-labelledby="chart-') == text.count("<details ") - 1
    assert "2001:db8" not in text


@pytest.mark.parametrize(("language", "words"), [("ko", "일주일 전"), ("en", "A week before")])
def test_the_screen_speaks_three_languages(publish, readers, seen, language, words):
    readers(publish("橋の開通"))
    assert words in seen(reverse("audience"), language=language)


def test_what_the_screen_shows_can_be_had_as_a_file(publish, readers, seen, client):
    readers(publish("=SUM(A1)の謎"), 3, left=10)
    seen(reverse("audience"))
    answer = client.get(reverse("audience_file", args=("csv",)))
    assert answer["Content-Disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (story,) = [row for row in rows if row["kind"] == "story"]
    # No spreadsheet takes a headline for a formula.
    assert (story["title"], story["reads_day"], story["engaged_seconds"], story["finished"]) == ("'=SUM(A1)の謎", "3", "10.0", "1.0")
    assert ("sources", "social", "3") in {(row["kind"], row["story"], row["reads_day"]) for row in rows}
    told = json.loads(client.get(reverse("audience_file", args=("json",))).content)
    assert (told["reads_day"], told["topics"], told["sources"]) == (3, {"bridge": 3}, {"social": 3})
    assert (told["stories"][0]["title"], sum(told["stories"][0]["minutes"])) == ("=SUM(A1)の謎", 3)
    assert client.get(reverse("audience_file", args=("xls",))).status_code == 404


def test_a_story_has_its_chart_on_a_page_of_its_own_and_in_its_editor(publish, readers, seen):
    story = publish("橋の開通")
    readers(story, 5, left=30)
    for address in (reverse("audience_story", args=(story.pk,)), reverse("wagtailadmin_pages:edit", args=(story.pk,))):
        text = seen(address)
        assert "1時間ごとの閲覧、48時間" in text
        assert '<td class="newsroom-list__number">5</td>' in text.replace("\n", "")
        assert "30" in text


def test_a_storys_whole_life_stands_in_its_editor(publish, readers, seen, settings):
    story = publish("橋の開通")
    readers(story, 2)
    address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    assert "日ごとの閲覧" not in seen(address)  # the hours of two days say it all
    readers(story, 4, ago=5 * 86400)
    ledger = Ledger(settings.KAWARABAN_READS_DIR, None, keeping=Keeping(0, settings.TIME_ZONE))
    ledger.recall(time.time())
    ledger.upkeep(time.time())
    ledger.close()
    text = " ".join(seen(address).split())
    assert "日ごとの閲覧" in text
    assert "<dt>閲覧、48時間</dt> <dd> 2 </dd>" in text
    assert "<dt>閲覧、通算</dt> <dd> 6 </dd>" in text
    day = f"{timezone.localdate() - timedelta(days=5):%Y-%m-%d}"
    assert f'<td >{day}</td> <td class="newsroom-list__number">4</td>' in text


def test_who_may_publish_settles_a_place_and_the_story_and_its_history_say_so(cast, publish, seen, client):
    story = publish("橋の開通")
    PrintJob.objects.all().delete()
    address = reverse("audience_story", args=(story.pk,))
    seen(address)
    until = timezone.localtime() + timedelta(hours=3)
    wrong = client.post(address, {"act": "pin", "moment": "2020-01-01 10:00", "reason": "特報"})
    assert "これから先の日時" in wrong.content.decode()
    assert client.post(address, {"act": "pin", "moment": f"{until:%Y-%m-%d %H:%M}", "reason": "特報"}).status_code == 302
    act = RankingAct.objects.get(story=story)
    assert (act.actor, act.reason, act.leaves_at) == (cast["desk"], "特報", None)
    assert PrintJob.objects.filter(subject="story", key=story.story_id).exists()
    assert "先頭に固定しています" in seen(reverse("audience"))
    history = seen(reverse("wagtailadmin_pages:history", args=(story.pk,)))
    assert "ランキングの先頭に固定" in history
    assert "特報" in history
    assert client.post(address, {"act": "take-out", "reason": "訃報"}).status_code == 302
    act.refresh_from_db()
    assert act.pinned_until is None
    assert act.leaves_at <= timezone.now()
    assert client.post(address, {"act": "let-rank", "reason": "確認済み"}).status_code == 302
    assert not RankingAct.objects.exists()
    said = PageLogEntry.objects.filter(action__startswith="kawaraban.ranking").order_by("pk").values_list("action", "user", "data__reason")
    desk = cast["desk"].pk
    assert list(said) == [
        ("kawaraban.ranking.pin", desk, "特報"),
        ("kawaraban.ranking.take_out", desk, "訃報"),
        ("kawaraban.ranking.let_rank", desk, "確認済み"),
    ]


@pytest.mark.parametrize("role", ["writer", "photo"])
def test_who_may_not_publish_sees_the_reads_and_settles_nothing(cast, publish, seen, client, role):
    story = publish("橋の開通")
    address = reverse("audience_story", args=(story.pk,))
    assert "<form" not in seen(address, role).split('class="newsroom-home"')[1].split("</main>")[0]
    client.post(address, {"act": "take-out", "reason": "x"})
    assert not RankingAct.objects.exists()


def test_an_act_travels_with_the_story_to_the_reader_plane(cast, publish, press):
    story = publish("橋の開通")

    def printed(one):
        return press().get(Kind.STORY, one.story_id, Story)

    until = timezone.now() + timedelta(hours=1)
    pin_in_rankings(story=story, until=until, reason="特報", actor=cast["desk"])
    assert printed(story).pinned_until == until.timestamp()
    take_out_of_rankings(story=story, at=until, reason="期限", actor=cast["desk"])
    assert (printed(story).pinned_until, printed(story).leaves_ranking_at) == (0.0, until.timestamp())
    assert let_rank_as_read(story=story, reason="", actor=cast["desk"])
    assert not let_rank_as_read(story=story, reason="", actor=cast["desk"])
    assert printed(story).leaves_ranking_at == 0.0


def test_a_pin_whose_time_is_over_stands_on_no_screen(seen, publish, cast):
    running, over = publish("続く話題"), publish("きのうの特報")
    pin_in_rankings(story=running, until=timezone.now() + timedelta(hours=1), reason="投票の日", actor=cast["desk"])
    pin_in_rankings(story=over, until=timezone.now() + timedelta(hours=1), reason="きのうの理由", actor=cast["desk"])
    RankingAct.objects.filter(story=over).update(pinned_until=timezone.now() - timedelta(minutes=1))
    screen = seen(reverse("audience"))
    assert "投票の日" in screen
    assert "きのうの理由" not in screen
    assert "きのうの理由" not in seen(reverse("audience_story", args=[over.pk]))
