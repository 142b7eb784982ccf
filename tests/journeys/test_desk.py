"""The desk's reading in a browser: what is to be looked at is marked while it is written, and mended at one touch."""

import re

import pytest

pytestmark = pytest.mark.browser


def test_a_slip_is_marked_while_it_is_written_and_mended_at_one_touch(log_in, site, paths):
    page = log_in("desk")
    page.goto(f"{site.newsroom_url}/admin/pages/add/newsroom/storypage/{section_of(page, site)}/")
    page.fill("[name=title]", "汐見大橋の記事")
    page.locator("[data-contentpath=body] .c-sf-add-button").first.click()
    page.get_by_role("option", name=re.compile("段落")).first.click()
    editor = page.locator("[data-contentpath=body] .public-DraftEditor-content").first
    editor.click()
    page.keyboard.type("市は橋をを直す。設備が統合されことで、費用が減る。")
    page.click("[data-side-panel-toggle=desk-reading]")
    page.wait_for_selector("desk-reading [data-mend]")
    marked = "[...(CSS.highlights.get('desk-error') || [])].map((range) => range.toString())"
    page.wait_for_function(f"{marked}.length === 2")
    assert page.evaluate(marked) == ["をを", "れこと"]
    page.locator("desk-reading [data-mend]").first.click()
    page.wait_for_function(f"{marked}.length === 1")
    assert editor.inner_text().strip() == "市は橋を直す。設備が統合されことで、費用が減る。"
    page.locator("desk-reading [data-mend]").first.click()
    page.wait_for_function(f"{marked}.length === 0")
    assert editor.inner_text().strip() == "市は橋を直す。設備が統合されることで、費用が減る。"


def section_of(page, site) -> str:
    page.goto(f"{site.newsroom_url}/admin/")
    return re.search(r"/add/newsroom/storypage/(\d+)/", page.content())[1]
