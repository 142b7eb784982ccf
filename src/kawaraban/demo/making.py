"""Makes the demo's newspaper through the same actions that every newsroom uses."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress, track

from kawaraban.demo.stories_reading import HERE, DemoStory, newspaper, pictures, stories
from kawaraban.language import registry_csv
from kawaraban.newsroom.actions.found_newspaper import EditionDraft, found_newspaper
from kawaraban.newsroom.actions.publish_story import CorrectionDraft, StoryDraft, publish_new_story
from kawaraban.newsroom.actions.register_names import begin_registry, register_names
from kawaraban.newsroom.actions.set_up_roles import CHIEFS, DESK, PHOTO_DESK, WRITERS, group_of
from kawaraban.newsroom.models import FrontPage, Person, Photo, SectionPage, StoryPage, Topic, User
from kawaraban.newsroom.models.blocks import Body
from kawaraban.pages.developing import QUICK_FORMATS, develop, keep, missing
from kawaraban.pages.photos import CARD_SPECS, LEAD_SPECS, STORY_SPECS
from kawaraban.press.actions import ask_to_print_everything
from kawaraban.press.models import PrintJob
from kawaraban.press.printing import print_round
from kawaraban.sheetlog.log import SheetLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

STAFF = {"chief": CHIEFS, "desk": DESK, "photo": PHOTO_DESK, "writer": WRITERS}
PASSWORD = "kawaraban-demo"  # noqa: S105 - of the demo, which listens on this machine only
ABOUT = {"ja": "この新聞について", "ko": "신문 소개", "en": "About us"}
LANGUAGES = ("ja", "ko", "en")


def make_newspaper(sheet_log: Path) -> None:
    """Make it where there is none yet; where there is one, leave it as it is and print what still waits."""
    console = Console(stderr=True)
    log = SheetLog(sheet_log, writable=True)
    if not FrontPage.objects.exists():
        _write(console)
    jobs = PrintJob.objects.filter(urgent=True).count()
    with Progress(console=console, disable=not jobs) as shown:
        task = shown.add_task("Printing", total=jobs)
        while (done := print_round(log, urgent_only=True)).jobs:
            shown.advance(task, done.jobs)
        # Some were answered by what others printed.
        shown.update(task, completed=jobs)
    log.close()


@transaction.atomic
def _write(console: Console) -> None:
    """Write the newspaper, whole or not at all: killed in the middle, it is begun anew."""
    paper = newspaper()
    fronts = found_newspaper(editions=[_edition(paper, language) for language in LANGUAGES])
    _staff()
    topics, people = _topics(paper), _people(paper)
    begin_registry()
    register_names(entries=registry_csv.read((HERE / "names.csv").read_text(encoding="utf-8"))[0], actor=None)
    written = stories(timezone.localdate())
    photos = {row["id"]: _photo(row) for row in pictures()}
    # Photos are developed on the other cores while the stories are written.
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        files = [(photo, hands.submit(develop, photo, wanted)) for photo, wanted in _files_shown(written, photos)]
        made: dict[str, StoryPage] = {}
        for story in track(written, "Publishing stories", console=console):
            made[story.id] = _publish(story, fronts, topics, people, photos, made)
        for photo, work in track(files, "Developing photos", console=console):
            keep(photo, work.result())
    _place(fronts, made)
    # Everything is printed once, at the end, rather than a story's lists with each story.
    PrintJob.objects.all().delete()
    ask_to_print_everything(urgent=True)


def _files_shown(written: Sequence[DemoStory], photos: Mapping[str, Photo]) -> list[tuple[Photo, list[tuple[str, str]]]]:
    """Return the files that the first print needs, by photo; the printer makes all others afterwards."""
    leads = {story.fields.get("lead_photo") for story in written}
    inside: set[str] = set()
    for kind, value in (block for story in written for block in story.blocks):
        if kind == "photo":
            inside.add(value["id"])
        elif kind == "gallery":
            inside.update(value["ids"])
    found = []
    for name, photo in photos.items():
        sizes = (*(STORY_SPECS if name in inside else ()), *((*CARD_SPECS, *LEAD_SPECS) if name in leads else ()))
        found.append((photo, missing(photo, sizes, QUICK_FORMATS)))
    return found


def _edition(paper: dict[str, Any], language: Any) -> EditionDraft:
    return EditionDraft(
        language=language,
        nameplate=paper["name"][language],
        motto=paper["motto"][language],
        description=paper["about"][language][:200],
        weather_place=paper["place"][language],
        sections=[(section["slug"], section[language]) for section in paper["sections"]],
        about_title=ABOUT[language],
        about_html=f"<p>{paper['about'][language]}</p>",
    )


def _staff() -> None:
    for name, role in STAFF.items():
        user = User.objects.create_user(name, f"{name}@example.com", PASSWORD)
        user.groups.add(group_of(role))


def _topics(paper: dict[str, Any]) -> dict[str, Topic]:
    return {
        row["slug"]: Topic.objects.create(
            slug=row["slug"],
            **{name: row[code] for name, code in (("name", "ja"), ("name_ko", "ko"), ("name_en", "en"))},
            **{name: row[f"about_{code}"] for name, code in (("description", "ja"), ("description_ko", "ko"), ("description_en", "en"))},
        )
        for row in paper["topics"]
    }


def _people(paper: dict[str, Any]) -> dict[str, Person]:
    return {
        row["slug"]: Person.objects.create(slug=row["slug"], name=row["ja"], name_ko=row["ko"], name_en=row["en"], role=row["role"])
        for row in paper["people"]
    }


def _photo(row: dict[str, Any]) -> Photo:
    with (HERE / "pictures" / f"{row['id']}.jpg").open("rb") as file:
        photo = Photo(title=row["title"], file=ImageFile(file, name=f"{row['id']}.jpg"), credit=row["credit"], caption=row["caption"])
        photo.alt_text = row["alt"]["ja"]
        photo.rights_holder = row.get("rights_holder", "")
        x, y = row.get("focal", (0.5, 0.5))
        photo.focal_point_x, photo.focal_point_y = int(x * photo.width), int(y * photo.height)
        photo.focal_point_width = photo.focal_point_height = min(photo.width, photo.height) // 4
        photo.save()
    return photo


def _publish(
    story: DemoStory,
    fronts: Mapping[str, FrontPage],
    topics: dict[str, Topic],
    people: dict[str, Person],
    photos: dict[str, Photo],
    made: dict[str, StoryPage],
) -> StoryPage:
    fields, now = story.fields, timezone.now().replace(microsecond=0)
    section = SectionPage.objects.child_of(fronts[story.language]).select_related("locale").get(slug=fields["section"])
    updated = fields.get("updated_hours_ago")
    draft = StoryDraft(
        headline=fields["headline"],
        section=section,
        body=[block for kind, value in story.blocks if (block := _block(kind, value, story.language, photos, made))],
        short_headline=fields.get("short_headline", ""),
        summary=fields.get("summary", ""),
        standfirst=fields.get("standfirst", ""),
        lead_photo=photos.get(fields.get("lead_photo", "")),
        lead_caption=fields.get("lead_caption", ""),
        lead_alt=fields.get("lead_alt", ""),
        topics=[topics[name] for name in fields.get("topics", [])],
        bylines=[(people[row["person"]], row["role"]) for row in fields.get("bylines", [])],
        corrections=[
            CorrectionDraft(
                made_at=now - timedelta(hours=row["hours_ago"]),
                text=row["text"],
                kind=row.get("kind", "correction"),
                wrong=row.get("wrong", ""),
                right=row.get("right", ""),
            )
            for row in fields.get("corrections", [])
        ],
        source_name=fields.get("source_name", ""),
        source_url=fields.get("source_url", ""),
        published_at=now - timedelta(hours=fields["hours_ago"]),
        updated_at=now - timedelta(hours=updated) if updated is not None else None,
        translation_of=made.get(fields.get("translation_of", "")),
    )
    return publish_new_story(draft=draft, actor=None)


def _block(kind: str, value: Any, language: str, photos: dict[str, Photo], made: dict[str, StoryPage]) -> tuple[str, Any] | None:
    if kind == "photo":
        photo = photos.get(value["id"])
        return ("photo", {"photo": photo, "caption": value["caption"], "alt_text": value["alt"]}) if photo else None
    if kind == "gallery":
        alts = {row["id"]: row["alt"][language] for row in pictures()}
        uses = [{"photo": photos[name], "caption": "", "alt_text": alts[name]} for name in value["ids"] if name in photos]
        return ("gallery", {"photos": uses, "caption": value["caption"]}) if uses else None
    if kind == "table":
        return "table", _table(value)
    if kind == "story":
        return ("story", made[value]) if value in made else None
    return kind, value


def _table(value: dict[str, Any]) -> Any:
    block = Body().child_blocks["table"]
    columns = [{"type": "text", "heading": heading} for heading in value["head"]]
    rows = [{"values": row} for row in value["rows"]]
    return block.to_python({"columns": columns, "rows": rows, "caption": ""})


def _place(fronts: Mapping[str, FrontPage], made: dict[str, StoryPage]) -> None:
    placed = newspaper().get("front", {})
    for language, front in fronts.items():
        page = FrontPage.objects.get(pk=front.pk)
        places = placed.get(language, {})
        for name, relation in (("lead", page.lead), ("seconds", page.seconds), ("topic_strip", page.topic_strip)):
            model = relation.model
            relation.set([model(story=made[story], sort_order=at) for at, story in enumerate(places.get(name, [])) if story in made])
        page.save_revision(log_action=True).publish(log_action=True, skip_permission_checks=True)
