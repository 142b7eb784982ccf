"""Ruby survives the way from the editor to the page, to search and to plain text."""

import re

import pytest
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from kawaraban.newsroom.models.blocks import INLINE
from kawaraban.newsroom.queries.texts import body_text
from kawaraban.sheetlog.shapes import Document, Kind, PressedSheet

pytestmark = pytest.mark.django_db
RUBY = "<ruby>薨去<rp>(</rp><rt>こうきょ</rt><rp>)</rp></ruby>"


@pytest.fixture
def there_and_back():
    """Reads kept text into the editor, and writes what the editor has."""
    converter = ContentstateConverter(INLINE)
    return lambda text: re.sub(r' data-block-key="\w+"', "", converter.to_database_format(converter.from_database_format(text)))


def test_ruby_comes_back_from_the_editor_as_it_was(there_and_back):
    text = f"<p>親王が{RUBY}した。<b>太字</b></p>"
    assert there_and_back(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<p><ruby>薨<rt>こう</rt>去<rt>きょ</rt></ruby></p>", f"<p>{RUBY}</p>"),
        ("<p><ruby><rb>薨去</rb><rp>（</rp><rt>こうきょ</rt><rp>）</rp></ruby></p>", f"<p>{RUBY}</p>"),
        ("<p><ruby>薨去</ruby>した。</p>", "<p><span>薨去</span>した。</p>"),
        ("<p>前<rt>読み</rt>後</p>", "<p>前後</p>"),
    ],
)
def test_other_ways_to_write_it_are_brought_into_one(there_and_back, text, kept):
    assert there_and_back(text) == kept


def test_readers_see_ruby_and_plain_text_has_the_reading_in_brackets(publish, press):
    story = publish("訃報", body=f"親王が{RUBY}した。")
    assert body_text(story) == "親王が薨去(こうきょ)した。"
    log = press()
    page = "".join(text.plain.decode() for text in log.get(Kind.SHEET, story.reader_path, PressedSheet).texts)
    assert RUBY in page
    assert "薨去(こうきょ)" in log.get(Kind.DOCUMENT, story.story_id, Document).body
