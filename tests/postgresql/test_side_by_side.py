"""Several write at once: what SQLite's one writer makes certain holds in PostgreSQL too."""

import json

import pytest

from postgresql.conftest import python

pytestmark = pytest.mark.servers


def test_writers_take_turns_and_jobs_are_numbered_as_they_are_committed(paper):
    told = python(
        paper,
        """
        import json, threading, time
        from django.db import connection, transaction
        from kawaraban.press.models import PrintJob
        order, began = [], threading.Event()
        def slow():
            with transaction.atomic():
                PrintJob.objects.create(subject="story", key="first")
                began.set(); time.sleep(0.5)
                order.append("slow")
            connection.close()
        def quick():
            began.wait()
            with transaction.atomic():
                order.append("quick")
                PrintJob.objects.create(subject="story", key="second")
            connection.close()
        hands = [threading.Thread(target=each) for each in (slow, quick)]
        for hand in hands: hand.start()
        began.wait()
        seen = PrintJob.objects.filter(key="second").exists()
        for hand in hands: hand.join()
        keys = list(PrintJob.objects.filter(key__in=["first", "second"]).order_by("id").values_list("key", flat=True))
        PrintJob.objects.filter(key__in=["first", "second"]).delete()
        print(json.dumps([order, keys, seen]))
        """,
    )
    assert json.loads(told) == [["slow", "quick"], ["first", "second"], False]


def test_people_who_publish_move_and_rename_at_once_leave_a_tree_that_is_right(paper):
    told = python(
        paper,
        """
        import json, threading
        from django.db import connection, transaction
        from wagtail.models import Page
        from kawaraban.newsroom.actions.publish_story import StoryDraft, publish_new_story
        from kawaraban.newsroom.models import SectionPage, StoryPage
        from kawaraban.press.models import PrintJob
        home = SectionPage.objects.select_related("locale").get(slug="society")
        problems = []
        def work(hand):
            try:
                for number in range(8):
                    with transaction.atomic():
                        section = SectionPage.objects.select_related("locale").get(pk=home.pk)
                        story = publish_new_story(
                            draft=StoryDraft(headline=f"橋{hand}-{number}", section=section, body=[("paragraph", "<p>橋。</p>")]), actor=None
                        )
                    if hand == 0:
                        with transaction.atomic():
                            section = SectionPage.objects.get(pk=home.pk)
                            section.slug = f"society-{number}" if number < 7 else "society"
                            section.save_revision().publish()
            except BaseException as error:
                problems.append(repr(error))
            finally:
                connection.close()
        hands = [threading.Thread(target=work, args=(hand,)) for hand in range(6)]
        for each in hands: each.start()
        for each in hands: each.join()
        section = SectionPage.objects.get(pk=home.pk)
        stories = list(StoryPage.objects.child_of(section))
        print(json.dumps({
            "problems": problems,
            "tree": [len(found) for found in Page.find_problems()],
            "stories": len(stories),
            "children": section.numchild,
            "astray": [story.url_path for story in stories if not story.url_path.startswith(section.url_path)],
            "unasked": len({story.story_id for story in stories} - set(PrintJob.objects.filter(subject="story").values_list("key", flat=True))),
            "found": StoryPage.objects.search("橋").count(),
        }))
        """,
    )
    outcome = json.loads(told)
    assert outcome == {
        "problems": [],
        "tree": [0, 0, 0, 0, 0],
        "stories": 48,
        "children": 48,
        "astray": [],
        "unasked": 0,
        "found": 48,
    }
    paper.kawaraban("print")
    assert paper.kawaraban("check").returncode == 0


def test_a_round_of_the_press_sees_one_moment_and_waits_for_no_writer(paper):
    told = python(
        paper,
        """
        import json, threading
        from django.db import connection, transaction
        from kawaraban.newsroom.models import Topic
        def elsewhere(work):
            hand = threading.Thread(target=lambda: (work(), connection.close()))
            hand.start(); hand.join()
        def look():
            before = Topic.objects.count()
            elsewhere(lambda: Topic.objects.create(slug="harbour", name="港"))
            return before, Topic.objects.count()
        seen = connection.in_one_moment(look)
        holding, done = threading.Event(), threading.Event()
        def hold():
            with transaction.atomic():
                Topic.objects.create(slug="lighthouse", name="灯台")
                holding.set(); done.wait()
            connection.close()
        writer = threading.Thread(target=hold); writer.start(); holding.wait()
        meanwhile = connection.in_one_moment(Topic.objects.count)
        done.set(); writer.join()
        print(json.dumps([seen, meanwhile, Topic.objects.count()]))
        """,
    )
    (before, within), meanwhile, after = json.loads(told)
    assert (within, meanwhile, after) == (before, before + 1, before + 2)


def test_a_round_that_was_overtaken_is_done_again_with_what_is_there_now(paper):
    told = python(
        paper,
        """
        import json, threading
        from django.db import connection
        from kawaraban.newsroom.models import Topic
        topic = Topic.objects.create(slug="market", name="市場")
        names = []
        def look():
            names.append(Topic.objects.get(pk=topic.pk).name)
            if len(names) == 1:
                hand = threading.Thread(target=lambda: (Topic.objects.filter(pk=topic.pk).update(name="朝市"), connection.close()))
                hand.start(); hand.join()
            return Topic.objects.filter(pk=topic.pk).update(name_en="Market")
        print(json.dumps([connection.in_one_moment(look), names]))
        """,
    )
    assert json.loads(told) == [1, ["市場", "朝市"]]
