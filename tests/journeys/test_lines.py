"""Where the lines of headlines break, read from the boxes that Chromium lays out."""

import gzip
import json
import random
import re
from itertools import pairwise

import pytest

from kawaraban.demo.stories_reading import stories
from kawaraban.language.phrases import phrase_html

pytestmark = [pytest.mark.browser, pytest.mark.servers]

NEVER_FIRST = "、。，．・：；！？」』）)］】〉》”’ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ%％℃"
NEVER_LAST = "「『（([［【〈《“‘"
# Each headline in the place of a story's own, and of a related story's in a card: the lines in both.
LINES = """(headlines) => headlines.map((headline) => ["h1", ".card.small .head"].map((place) => {
  const element = document.querySelector(place);
  element.innerHTML = headline;
  const lines = [], walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange();
  let bottom = null;
  while (walker.nextNode()) {
    let at = 0;
    for (const letter of walker.currentNode.data) {
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at += letter.length);
      const box = range.getBoundingClientRect();
      if (bottom === null || box.top >= bottom - box.height / 4) { lines.push(""); bottom = box.bottom; }
      lines[lines.length - 1] += letter;
    }
  }
  return lines;
}))"""


def sentences() -> list[str]:
    """Return 200 headlines, and sentences of about a headline's length, from the demo's stories."""
    told = [story for story in stories() if story.language == "ja"]
    texts = [value for story in told for kind, value in story.blocks if kind == "paragraph"]
    found = [re.sub(r"<[^>]+>", "", sentence) for text in texts for sentence in re.findall(r"[^。]{15,45}。", text)]
    return [*(story.fields["headline"] for story in told), *random.Random(6).sample(found, 200)][:200]


@pytest.fixture(scope="module", params=["ours", "real"])
def headlines(request):
    """Headlines that we wrote, and real ones for those who have them."""
    if request.param == "ours":
        return sentences()
    corpus = request.getfixturevalue("shared") / "corpora" / "wikinews-ja.jsonl.gz"
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        return random.Random(6).sample([json.loads(line)["title"] for line in lines], 200)


@pytest.mark.parametrize("width", [360, 390, 1440])
def test_no_line_of_a_headline_begins_or_ends_where_it_must_not(site, shell, paths, headlines, width):
    page = shell.new_page(viewport={"width": width, "height": 900}, locale="ja")
    page.goto(site.url + paths["story", "ja"])
    read = page.evaluate(LINES, [phrase_html(headline, "ja") for headline in headlines])
    page.close()
    assert sum(len(lines) for both in read for lines in both) > 2 * len(headlines), "none breaks: this proves nothing"
    for headline, both in zip(headlines, read, strict=True):
        for lines in both:
            assert "".join(lines) == headline
            told = "|".join(lines)
            for before, after in pairwise(lines):
                assert after[0] not in NEVER_FIRST, told
                assert before[-1] not in NEVER_LAST, told
                assert not (before[-1].isdigit() and re.match(r"[0-9０-９億万円人件%年月日]", after)), told
