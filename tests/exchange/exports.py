"""Exports of old sites, written here with every oddity that a real one may have, and pictures for them."""

from __future__ import annotations

import io
from html import escape

from PIL import Image

SITE = "https://old.example.jp"
_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>潮見日報</title><link>https://old.example.jp</link><language>ja</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://old.example.jp</wp:base_site_url><wp:base_blog_url>https://old.example.jp</wp:base_blog_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[kei]]></wp:author_login><wp:author_display_name><![CDATA[橘 圭]]></wp:author_display_name></wp:author>
<wp:author><wp:author_id>2</wp:author_id><wp:author_login><![CDATA[mio]]></wp:author_login><wp:author_display_name><![CDATA[沖野 みお]]></wp:author_display_name></wp:author>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename><![CDATA[town]]></wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name><![CDATA[まち &amp; 港]]></wp:cat_name></wp:category>
<wp:category><wp:term_id>4</wp:term_id><wp:category_nicename><![CDATA[bridge]]></wp:category_nicename><wp:category_parent><![CDATA[town]]></wp:category_parent><wp:cat_name><![CDATA[橋]]></wp:cat_name></wp:category>
<wp:tag><wp:term_id>5</wp:term_id><wp:tag_slug><![CDATA[%e7%a5%ad]]></wp:tag_slug><wp:tag_name><![CDATA[祭]]></wp:tag_name></wp:tag>
"""
TAIL = "</channel>\n</rss>\n"
BRIDGE = ("category", "bridge", "橋")
TOWN = ("category", "town", "まち &amp; 港")


def item(number: int, title: str, content: str = "", **given: object) -> str:
    """Write an item; ``given`` are its elements, ``terms`` (domain, slug, name) and ``meta`` (key, value)."""
    terms = given.pop("terms", [TOWN])
    meta = given.pop("meta", [])
    comments = given.pop("comments", [])
    fields = {
        "post_date": "2021-05-01 18:00:00",
        "post_date_gmt": "2021-05-01 09:00:00",
        "post_modified": "2021-05-01 18:00:00",
        "post_modified_gmt": "2021-05-01 09:00:00",
        "post_name": f"story-{number}",
        "status": "publish",
        "post_parent": 0,
        "post_type": "post",
        "post_password": "",
        "is_sticky": 0,
        **{name: value for name, value in given.items() if name not in {"link", "excerpt", "creator"}},
    }
    rows = "".join(f"<wp:{name}><![CDATA[{value}]]></wp:{name}>\n" for name, value in fields.items())
    named = "".join(f'<category domain="{domain}" nicename="{slug}"><![CDATA[{name}]]></category>\n' for domain, slug, name in terms)
    kept = "".join(
        f"<wp:postmeta><wp:meta_key><![CDATA[{key}]]></wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>\n"
        for key, value in meta
    )
    said = "".join(
        f"<wp:comment><wp:comment_id>{at}</wp:comment_id><wp:comment_author><![CDATA[読者]]></wp:comment_author>"
        f"<wp:comment_author_IP><![CDATA[192.0.2.7]]></wp:comment_author_IP><wp:comment_content><![CDATA[{words}]]></wp:comment_content>"
        f"<wp:comment_approved><![CDATA[{state}]]></wp:comment_approved></wp:comment>\n"
        for at, words, state in comments
    )
    link = given.get("link", f"{SITE}/town/story-{number}/")
    return (
        f"<item>\n<title><![CDATA[{title}]]></title>\n<link>{escape(str(link))}</link>\n"
        f"<dc:creator><![CDATA[{given.get('creator', 'kei')}]]></dc:creator>\n"
        f'<guid isPermaLink="false">{SITE}/?p={number}</guid>\n'
        f"<content:encoded><![CDATA[{content}]]></content:encoded>\n<excerpt:encoded><![CDATA[{given.get('excerpt', '')}]]></excerpt:encoded>\n"
        f"<wp:post_id>{number}</wp:post_id>\n{rows}{named}{kept}{said}</item>\n"
    )


def attachment(number: int, name: str, *, caption: str = "", alt: str = "") -> str:
    """Write a picture of the library."""
    url = f"{SITE}/wp-content/uploads/2021/05/{name}"
    return item(
        number,
        name,
        excerpt=caption,
        link=f"{SITE}/{number}/",
        post_type="attachment",
        status="inherit",
        attachment_url=url,
        terms=[],
        meta=[("_wp_attached_file", f"2021/05/{name}"), ("_wp_attachment_image_alt", alt)],
    )


def wxr(*items: str) -> str:
    """Write an export."""
    return _HEAD + "".join(items) + TAIL


def picture(colour: str = "navy", size: tuple[int, int] = (120, 80), kind: str = "JPEG") -> bytes:
    """Draw a picture."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()
