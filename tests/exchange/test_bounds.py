"""What a report knows of a difference explains as much of it as it accounts for, and not a letter more."""

import json
import time
from types import SimpleNamespace

import pytest
import saved_pages
from exports import SITE, item, wxr

from kawaraban.exchange import formats
from kawaraban.exchange.counting import CountedItem, shown_in
from kawaraban.exchange.importing import Options, bring_in
from kawaraban.exchange.markup.blocks import blocks_of
from kawaraban.exchange.noting import Account, Noted, summed
from kawaraban.exchange.proving import proof
from kawaraban.exchange.proving.asking import Answered
from kawaraban.exchange.proving.proof import CHANGED, EDITED, WITHDRAWN, prove
from kawaraban.exchange.shapes import Quotation
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import StoryPage

pytestmark = pytest.mark.django_db
PARAGRAPH = "<p>港の灯台に新しい明かりがともり、人々が岸に集まった。</p>"


@pytest.fixture
def bring(newspaper, tmp_path):
    """Brings an export over and proves it; ``between`` happens to its stories before they are looked at."""

    def one(content, *, name="wordpress", between=lambda: None, answers=None):
        path = tmp_path / "export"
        path.write_text(content, encoding="utf-8")
        kind, options = formats.format_named(name), Options(source_name="old", base_url=SITE)
        report = bring_in(kind.open([path], options), options=options)
        between()
        return prove(kind.count([path]), source="old", format_name=name, report=report, ask=answers)

    return one


def story(source_id="1"):
    return StoryPage.objects.get(import_source="old", import_id=source_id)


def lose(paragraphs):
    """Take so many paragraphs out of the story, as a fault of the import would."""

    def one(source_id="1"):
        page = story(source_id)
        page.body = [(block.block_type, block.value) for block in page.body][paragraphs:]
        page.save()

    return one


FORM = '[contact-form-7 id="1" title="問い合わせ"]'
SELECT = "<select><option>東の港</option><option>西の港</option></select>"
TWEET = (
    f'<blockquote class="twitter-tweet"><p>{"灯台に明かりがともった" * 12}</p><a href="https://x.com/a/status/1">5月1日</a></blockquote>'
)


@pytest.mark.parametrize(
    ("dropped", "why"),
    [
        (FORM, "shortcode left out: contact-form-7"),
        (SELECT, "taken out: form"),
        (TWEET, "words of posts elsewhere, which are shown themselves"),
    ],
)
def test_a_reason_explains_what_was_left_out_and_nothing_beside_it(bring, dropped, why):
    text = PARAGRAPH * 4 + dropped
    proof = bring(wxr(item(1, "灯台", text)))
    assert ([row.why for row in proof.lengths], proof.is_complete) == ([why], True)
    proof = bring(wxr(item(1, "灯台", text)), between=lose(1))
    (row,) = proof.lengths
    assert (row.why, proof.unexplained, proof.is_complete) == ("", [row], False)
    assert f"of which nothing accounts for 26 (the rest: {why})" in row.said


@pytest.mark.parametrize(
    "taken",
    [
        f"<object>{SELECT}</object>",
        "<select><script>" + "x" * 900 + "</script><option>東の港</option></select>",
        f"<noscript>{SELECT}</noscript>",
        f'<?xml version="1.0" encoding="utf-8"?><p>朝</p>{SELECT}',
        f"{'<div>' * 400}{SELECT}{'</div>' * 400}",
        "<textarea>港</textarea><math><mi>灯</mi></math>",
    ],
)
def test_what_was_taken_out_accounts_for_as_many_letters_as_the_second_reader_saw_there(taken):
    blocks, noted = blocks_of(taken)
    there, here = len(shown_in(taken)[0]), len(shown_in("".join(getattr(block, "html", "") for block in blocks))[0])
    assert summed(noted.accounts.values()) == Account(letters=there - here)


@pytest.mark.parametrize("state", ["draft", "private"])
def test_what_only_says_something_of_a_story_explains_no_loss(bring, state):
    text = PARAGRAPH * 4 + "<script>x()</script><table><tr><td colspan='2'>朝</td></tr></table>"
    assert bring(wxr(item(1, "灯台", text, status=state))).is_complete
    proof = bring(wxr(item(1, "灯台", text, status=state)), between=lose(2))
    assert ([(row.said, row.why) for row in proof.lengths], proof.is_complete) == ([("105 → 53", "")], False)


def test_what_was_set_in_explains_that_a_text_is_longer_and_makes_no_loss_unseen(bring):
    shared = item(7, "部品", "<!-- wp:paragraph -->" + PARAGRAPH * 2 + "<!-- /wp:paragraph -->", post_type="wp_block")
    export = wxr(item(1, "灯台", PARAGRAPH * 4 + '<!-- wp:block {"ref":7} /-->'), shared)
    proof = bring(export)
    assert [(row.said, row.why) for row in proof.lengths] == [("104 → 156", "shared text set in where it was shown")]
    assert proof.is_complete
    # As long as it was, for two paragraphs came and two are gone.
    proof = bring(export, between=lose(2))
    assert ([row.why for row in proof.lengths], proof.is_complete) == ([""], False)


def test_a_headline_that_became_a_paragraph_is_no_loss_and_hides_none(bring):
    export = wxr(item(1, "灯" * 300, PARAGRAPH * 4))
    assert bring(export).is_complete
    assert not bring(export, between=lose(1)).is_complete


def test_of_pictures_a_reason_explains_as_many_as_it_left_out(bring):
    dots = f'<img src="{SITE}/count.gif" width="1" height="1"><img class="wp-smiley" src="{SITE}/smile.png">'
    proof = bring(wxr(item(1, "灯台", f'{PARAGRAPH}{dots}<img src="{SITE}/port.jpg">')))
    assert [(row.said, row.why) for row in proof.fewer_pictures] == [("3 → 0", "counters' dots and smileys left out")]
    assert proof.is_complete

    def one_gap_less():
        page = story()
        page.body = [(block.block_type, block.value) for block in page.body if block.block_type != "missing_photo"]
        page.save()

    proof = bring(wxr(item(1, "灯台", f'{PARAGRAPH}{dots}<img src="{SITE}/port.jpg">')), between=one_gap_less)
    assert ([row.why for row in proof.fewer_pictures], proof.is_complete) == ([""], False)


def test_cards_that_only_ghost_shows_account_for_their_own_words(bring):
    def export(*cards):
        words = "港の灯台に新しい明かりがともり、人々が岸に集まった。"
        paragraph = {"type": "paragraph", "children": [{"type": "text", "text": words}]}
        html = f"<p>{words}</p>" * 4 + "".join(f"<div>{words}</div>" for _ in cards)
        document = {"root": {"children": [*[paragraph] * 4, *cards]}}
        post = {"id": "1", "title": "灯台", "status": "published", "slug": "a", "lexical": json.dumps(document), "html": html}
        return json.dumps({"db": [{"data": {"posts": [post]}}]})

    told = "港の灯台に新しい明かりがともり、人々が岸に集まった。"
    own = {"type": "signup", "header": told, "image": "https://ghost.example/a-picture-of-a-long-name.jpg"}
    bookmark = {"type": "bookmark", "url": f"{SITE}/b", "metadata": {"title": "灯", "description": told}}
    for card in (own, bookmark):
        proof = bring(export(card), name="ghost")
        assert (len(proof.lengths), proof.is_complete) == (1, True)
    # Of two that show as much, one says so.
    proof = bring(export(own, {"type": "signup"}), name="ghost")
    assert ([row.why for row in proof.lengths], proof.is_complete) == ([""], False)


def test_what_somebody_edited_or_withdrew_here_is_no_loss(bring, cast):
    def edit():
        page = story()
        page.body = [(block.block_type, block.value) for block in page.body][:1]
        page.save_revision(user=cast["desk"]).publish()
        withdraw_story(story=story("2"), actor=cast["desk"])

    proof = bring(
        wxr(item(1, "灯台", PARAGRAPH * 4), item(2, "港", PARAGRAPH)),
        between=edit,
        answers=lambda paths: {path: Answered(410 if path.endswith(("2", "p=2")) else 200, path, 0) for path in paths},
    )
    assert [(row.source_id, row.why) for row in proof.lengths] == [("1", EDITED)]
    assert [(row.source_id, row.said) for row in proof.explained if row.path] == [("2", WITHDRAWN)]
    assert {row.why for row in proof.addresses if row.source_id == "2"} == {WITHDRAWN}
    assert (proof.lost, proof.kinds["story"].lost, proof.is_complete) == ([], 0, all(row.why for row in proof.addresses))
    assert proof.is_complete


def test_who_is_named_last_in_a_quotation_speaks_and_the_others_stay_in_its_words():
    for end in ("<footer>― 市長</footer>", "<footer>― <cite>市長</cite></footer>", "<cite>市長</cite>"):
        (quotation,), _ = blocks_of(f"<blockquote><p>私は<cite>「港の歌」</cite>が好きだ。</p>{end}</blockquote>")
        assert quotation == Quotation("私は「港の歌」が好きだ。", "市長")


def test_accounts_of_the_same_kind_add_up():
    noted, other = Noted(), Noted()
    noted.note("a", letters=3)
    other.note("a", letters=4, pictures=1)
    other.note("b")
    noted.take(other)
    assert (noted, noted.accounts) == ({"a": 2, "b": 1}, {"a": Account(letters=7, pictures=1)})
    assert (summed(noted.accounts.values()), summed([])) == (Account(7, 0, 1), Account())


def mend_the_headline(user):
    page = story()
    page.title = f"{page.title}、港に"
    page.save_revision(user=user, log_action=True).publish()


def lose_when_it_comes():
    """Have the story come over as a fault of the import would have it: the version that nobody here wrote lacks most of it."""
    page = story()
    page.body = [(block.block_type, block.value) for block in page.body][:1]
    page.save_revision().publish()


TEN = PARAGRAPH * 10 + f'<img src="{SITE}/1.jpg"><img src="{SITE}/2.jpg">'


@pytest.mark.parametrize("is_gone", [False, True])
def test_what_was_lost_when_it_came_over_no_later_edit_explains(bring, django_user_model, is_gone):
    editor = django_user_model.objects.create_user("e")

    def between():
        lose_when_it_comes()
        mend_the_headline(editor)
        if is_gone:
            editor.delete()

    proof = bring(wxr(item(1, "灯台", TEN)), between=between)
    said = [(row.said, row.why) for row in (*proof.lengths, *proof.fewer_pictures)]
    assert said == [(f"{now}; edited here since, but it had come over as {now}", "") for now in ("260 → 26", "2 → 0")]
    assert not proof.is_complete


def test_what_a_saved_page_lost_is_told_by_its_sentences(bring):
    (row,) = bring(saved_pages.LEADING_ON, name="page", between=lambda: lose(1)("export")).unexplained
    assert (row.said, row.why) == ("165 → 110", "")
    assert not bring(saved_pages.MEMBERS, name="page", between=lambda: lose(2)("export")).is_complete


def test_where_the_version_that_came_is_not_kept_nothing_is_taken_for_whole(bring, cast):
    def between():
        lose_when_it_comes()
        mend_the_headline(cast["desk"])
        story().revisions.filter(user=None).delete()

    (row,) = bring(wxr(item(1, "灯台", PARAGRAPH * 10)), between=between).unexplained
    assert row.said == "260 → 26; edited here since, and the version that came over is not kept: it may have been whole"


def test_what_has_changed_there_and_here_since_is_no_loss(bring, cast):
    bring(wxr(item(1, "灯台", PARAGRAPH)), between=lambda: mend_the_headline(cast["desk"]))
    proof = bring(wxr(item(1, "灯台", PARAGRAPH * 3)))
    assert ([(row.said, row.why) for row in proof.lengths], proof.is_complete) == ([("78 → 26", CHANGED)], True)


def test_sentences_are_looked_for_in_time_by_the_length_of_a_text(monkeypatch):
    sentences = tuple(f"港の灯台が{number:06}番に灯った。" for number in range(40_000))
    item = CountedItem(source_id="1", passages=(*sentences[:20_000], "ここにない一つめの文である。", *sentences[20_000:], sentences[0]))
    here = SimpleNamespace(title="", shown="".join(sentences), lead_caption="", path="", pk=1)
    monkeypatch.setattr(proof, "CHANGED_BY", 0.0)
    began = time.process_time()
    row = proof._missing_passages(item, here, {})
    assert row.said == f"{sum(map(len, item.passages))} → {sum(map(len, item.passages)) - 14}"
    assert time.process_time() - began < 2
