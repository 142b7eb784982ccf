"""What Wagtail's scripts put into the editor, in a real browser: it is Japanese too."""

import re
import subprocess
import sys

import pytest

from newsroom.screens import english_in

pytestmark = [pytest.mark.browser, pytest.mark.servers]

# Texts that can be seen, and what is read out of what can be seen.
SHOWN = """() => {
  const found = new Set();
  const visible = node => node.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement;
      if (node.data.trim() && !["SCRIPT", "STYLE", "NOSCRIPT"].includes(parent.tagName) && visible(parent)) found.add(node.data.trim());
    } else if (visible(node)) {
      for (const name of ["aria-label", "title", "placeholder", "alt"]) if (node.getAttribute(name)) found.add(node.getAttribute(name));
    }
  }
  return [...found];
}"""
NAMES = frozenset({"desk"})


def section_id(site) -> str:
    words = "from kawaraban.project.django import start_django; start_django();"
    words += (
        "from kawaraban.newsroom.models import SectionPage; print(SectionPage.objects.get(slug='society', locale__language_code='ja').pk)"
    )
    return subprocess.run([sys.executable, "-c", words], env=site.environment, capture_output=True, text=True, check=True).stdout.strip()


def test_the_editor_speaks_japanese_in_everything_its_scripts_show(site, log_in):
    page = log_in("desk")
    english: dict[str, str] = {}
    seen: set[str] = set()

    def look(where: str) -> None:
        page.wait_for_timeout(300)
        texts = page.evaluate(SHOWN)
        seen.update(texts)
        for text in english_in(texts, NAMES):
            english.setdefault(text, where)

    page.goto(f"{site.newsroom_url}/admin/pages/add/newsroom/storypage/{section_id(site)}/")
    page.wait_for_load_state("networkidle")
    look("the empty form")
    for panel in page.locator("[data-side-panel-toggle]").all():
        panel.click()
        look("a side panel")
    page.locator("[data-side-panel-toggle][aria-expanded=true]").click()
    # The body's blocks.
    page.locator(".c-sf-add-button").first.click()
    look("the choice of blocks")
    page.get_by_role("option", name="段落").first.click()
    editor = page.locator(".public-DraftEditor-content").last
    editor.click()
    page.keyboard.type("港の灯台")
    look("a paragraph")
    page.keyboard.press("Shift+Home")
    look("the tools of a selection")
    page.keyboard.press("End")
    page.keyboard.type(" /")
    look("the commands of a paragraph")
    page.keyboard.press("Escape")
    # Choosers.
    page.get_by_role("button", name=re.compile("画像を選択|写真を選択")).first.click()
    page.locator(".modal-body").wait_for()
    look("the choice of a photo")
    page.keyboard.press("Escape")
    page.locator(".modal-body").wait_for(state="hidden")
    # Times.
    page.get_by_role("tab").nth(1).click()
    page.locator("#id_published_at").click()
    look("the calendar")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    look("the keys")
    assert english == {}
    assert len(seen) > 100
