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
    # In whatever language the newsroom is read, the story is in its own.
    assert editor.evaluate("(editor) => editor.closest('[lang]') !== document.documentElement && editor.closest('[lang]').lang") == "ja"
    assert page.evaluate(marked) == ["をを", "れこと"]
    page.locator("desk-reading [data-mend]").first.click()
    page.wait_for_function(f"{marked}.length === 1")
    assert editor.inner_text().strip() == "市は橋を直す。設備が統合されことで、費用が減る。"
    page.locator("desk-reading [data-mend]").first.click()
    page.wait_for_function(f"{marked}.length === 0")
    assert editor.inner_text().strip() == "市は橋を直す。設備が統合されることで、費用が減る。"


# What programs put on the clipboard: the shape of each, with words of our own.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{mso-style-unhide:no}</style></head><body lang=JA><!--StartFragment-->
<p class=MsoNormal style='text-indent:10.5pt'><ruby><rb>汐見</rb><rp>(</rp><rt>しおみ</rt><rp>)</rp></ruby>市は<b><span lang=EN-US>２０</span>億円</b>の
工費で<span style='mso-spacerun:yes'> </span>橋を直す。<span lang=EN-US><o:p></o:p></span></p>
<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US style='font-family:Wingdings;mso-list:Ignore'>l<span>&nbsp;&nbsp;</span></span><![endif]>歩道を広げる</p>
<div style='mso-element:comment-list'><div style='mso-element:comment'>見出しを確かめること</div></div><!--EndFragment--></body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400;font-style:normal">議長は</span><span style="font-weight:700;font-style:normal">「反対だ」</span><span style="font-weight:400">と話した。</span></p><br /><ol><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><a href="https://www.google.com/url?q=https://example.org/a&amp;sa=D"><span style="font-weight:400">資料</span></a></p></li></ol></b>"""
MAIL = """<div dir="ltr"><div>Dear desk,</div><div><br></div><div>The bridge
will open<br>on Friday.</div><script>alert(1)</script><div><a href="javascript:alert(1)">touch</a> <em>soon</em></div></div>"""
ICHITARO = """<HTML><HEAD><META NAME="GENERATOR" CONTENT="JustSystems Ichitaro"><STYLE TYPE="text/css">P{line-height:1.5}</STYLE></HEAD><BODY LANG="ja">
<P ALIGN="JUSTIFY"><FONT FACE="ＭＳ 明朝" SIZE="3"><RUBY>汐見<RP>（</RP><RT>しおみ</RT><RP>）</RP></RUBY>港は<B>１２</B>日に開く。</FONT></P>
<P ALIGN="JUSTIFY"><BR></P><P ALIGN="RIGHT"><FONT FACE="ＭＳ 明朝" COLOR="#ff0000">次の段落。</FONT></P></BODY></HTML>"""
RUBY = """<p><ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>と<span style="text-emphasis: filled dot">圏点</span></p><table><tr><td>人口</td><td>三万</td></tr></table>"""
PASTE = """(editor, [html, text]) => {
  const clipboard = new DataTransfer();
  if (html) clipboard.setData("text/html", html);
  clipboard.setData("text/plain", text);
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""
KEPT = """(input) => {
  const { blocks, entityMap } = JSON.parse(input.value);
  const over = (block) => (range) => [...block.text].slice(range.offset, range.offset + range.length).join("");
  return blocks.map((block) => [block.type.replace("-list-item", ""), block.text,
    ...block.inlineStyleRanges.map((range) => `${range.style} ${over(block)(range)}`),
    ...block.entityRanges.map((range) => `${over(block)(range)} ${Object.values(entityMap[range.key].data).filter(Boolean).join()}`)]);
}"""


def test_what_is_pasted_keeps_paragraphs_emphasis_links_and_ruby_and_a_button_makes_ruby(log_in, site, paths):
    page = log_in("desk")
    page.goto(f"{site.newsroom_url}/admin/pages/add/newsroom/storypage/{section_of(page, site)}/")
    page.locator("[data-contentpath=body] .c-sf-add-button").first.click()
    page.get_by_role("option", name=re.compile("段落")).first.click()
    editor = page.locator("[data-contentpath=body] .public-DraftEditor-content").first

    def pasted(html: str, text: str = "") -> list[list[str]]:
        editor.click()
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        editor.evaluate(PASTE, [html, text])
        page.wait_for_timeout(400)  # the editor writes into its field a moment later
        return page.locator("[data-contentpath=body] [name^=body-][name$=-value]").first.evaluate(KEPT)

    assert pasted(WORD) == [
        ["unstyled", "汐見市は２０億円の工費で 橋を直す。", "BOLD ２０億円", "汐見 しおみ"],
        ["unordered", "歩道を広げる"],
    ]
    assert pasted(ICHITARO) == [["unstyled", "汐見港は１２日に開く。", "BOLD １２", "汐見 しおみ"], ["unstyled", "次の段落。"]]
    assert pasted(DOCS) == [
        ["unstyled", "議長は「反対だ」と話した。", "BOLD 「反対だ」"],
        ["ordered", "資料", "資料 https://example.org/a"],
    ]
    assert pasted(MAIL) == [
        ["unstyled", "Dear desk,"],
        ["unstyled", "The bridge will open\non Friday."],
        ["unstyled", "touch soon", "ITALIC soon"],
    ]
    assert pasted(RUBY) == [["unstyled", "漢字と圏点", "BOLD 圏点", "漢 かん", "字 じ"], ["unstyled", "人口\u3000三万"]]
    assert pasted("", "一行目。\r\n\r\n｜二行目《にぎょうめ》。") == [
        ["unstyled", "一行目。"],
        ["unstyled", "二行目。", "二行目 にぎょうめ"],
    ]

    # The button: what is selected gets the reading that is asked for.
    page.once("dialog", lambda dialog: dialog.accept("しおみ"))
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("汐見")
    page.keyboard.press("Control+A")
    page.get_by_role("button", name=re.compile("ルビ")).first.click()
    page.wait_for_timeout(400)
    assert page.locator("[data-contentpath=body] [name^=body-][name$=-value]").first.evaluate(KEPT) == [["unstyled", "汐見", "汐見 しおみ"]]


def section_of(page, site) -> str:
    page.goto(f"{site.newsroom_url}/admin/")
    return re.search(r"/add/newsroom/storypage/(\d+)/", page.content())[1]
