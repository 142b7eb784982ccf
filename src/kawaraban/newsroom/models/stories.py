"""A story: what the newsroom is for."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from django.db import models
from django.forms import CheckboxSelectMultiple, TextInput
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from kawaraban.newsroom.course_form import FoundCoursePanel, StoryForm
from kawaraban.newsroom.models.addresses import ReaderAddress
from kawaraban.newsroom.models.blocks import Body
from kawaraban.newsroom.models.people import Person
from kawaraban.newsroom.reads_panel import ReadsPanel
from kawaraban.newsroom.search_fields import WordsAutocompleteField, WordsField, page_search_fields

if TYPE_CHECKING:
    from kawaraban.newsroom.models.topics import Topic

# Without vowels (no words by chance) and without what is mistaken for another letter when read out: 0 o, 1 l i.
ID_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
ID_LENGTH = 8
# An address that nobody chose: an id, or what Wagtail makes of another story's for a copy or a translation.
GIVEN_ADDRESS = re.compile(f"[{ID_ALPHABET}]{{{ID_LENGTH}}}(-[a-z0-9-]+)?")


def new_story_id() -> str:
    """Return a fresh opaque id, 28^8 of them: it is also the story's address under its section."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


class StoryPage(ReaderAddress):
    """A news story in one edition. ``title`` is its headline."""

    story_id = models.CharField(max_length=20, unique=True, editable=False, default=new_story_id)
    short_headline = models.CharField(_("short headline"), max_length=80, blank=True, help_text=_("For cards and lists."))
    summary = models.CharField(_("one-line summary"), max_length=200, blank=True)
    standfirst = models.TextField(_("standfirst"), blank=True, help_text=_("One or two sentences under the headline."))
    lead_photo = models.ForeignKey(
        "newsroom.Photo", verbose_name=_("lead photo"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lead_caption = models.CharField(_("caption"), max_length=300, blank=True, help_text=_("Empty: the photo's own."))
    lead_alt = models.CharField(_("alternative text"), max_length=300, blank=True)
    body = StreamField(Body(required=False), verbose_name=_("body"), blank=True, use_json_field=True)
    topics = ParentalManyToManyField("newsroom.Topic", verbose_name=_("topics"), blank=True, related_name="stories")
    source_name = models.CharField(
        _("source"), max_length=120, blank=True, help_text=_("The agency or paper that a translated or agency story comes from.")
    )
    source_url = models.URLField(_("original address"), max_length=500, blank=True)
    course_by_hand = models.BooleanField(
        _("choose by hand"),
        default=False,
        help_text=_("Readers then see the stories that stand below, in that order, and none if none stands there."),
    )
    published_at = models.DateTimeField(_("published, as shown"), null=True, blank=True, help_text=_("Empty: when it went out first."))
    # The moment that an import gave a story of which nobody had told one: as long as that is shown, nothing may go by it.
    assumed_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(_("updated, as shown"), null=True, blank=True, help_text=_("Empty: no update is shown."))
    # Where an imported story comes from, and its id there: an import finds its own stories again by these.
    import_source = models.CharField(max_length=60, blank=True, editable=False)
    import_id = models.CharField(max_length=200, blank=True, editable=False)
    import_digest = models.CharField(max_length=32, blank=True, editable=False)

    # While it is being written for the first time: nothing else names it yet, and nobody need be asked.
    is_being_born = False

    parent_page_types = ["newsroom.SectionPage"]
    subpage_types: list[str] = []
    base_form_class = StoryForm
    # Readers have no accounts: what is not for all of them is not published.
    private_page_options: list[str] = []
    # A copy, also one for translation, is a story of its own with a history of its own.
    exclude_fields_in_copy = [
        *("story_id", "published_at", "assumed_at", "updated_at", "corrections", "course_by_hand", "course"),
        *("import_source", "import_id", "import_digest"),
    ]

    content_panels = [
        # Wagtail draws its title without a label or a frame: empty, only the placeholder says that there is a field.
        FieldPanel(
            "title",
            heading=_("Headline"),
            help_text=_("As readers see it."),
            classname="title",
            widget=TextInput(attrs={"placeholder": format_lazy("{}*", _("Headline"))}),
        ),
        FieldPanel("short_headline"),
        FieldPanel("summary", help_text=_("For search engines, feeds and what is shared.")),
        FieldPanel("standfirst"),
        MultiFieldPanel(
            [
                FieldPanel("lead_photo", heading=_("Photo")),
                FieldPanel("lead_caption"),
                FieldPanel("lead_alt", help_text=_("Empty: the photo's own.")),
            ],
            heading=_("Lead photo"),
        ),
        FieldPanel("body"),
        InlinePanel("bylines", heading=_("Bylines"), label=_("byline")),
        # Of a list, one click without Ctrl would take all others off.
        FieldPanel("topics", widget=CheckboxSelectMultiple),
        InlinePanel("corrections", heading=_("Corrections"), label=_("correction"), classname="collapsed"),
        MultiFieldPanel(
            [FoundCoursePanel(), FieldPanel("course_by_hand"), InlinePanel("course", label=_("story"))],
            heading=_("How it came to this"),
            classname="collapsed",
        ),
        MultiFieldPanel([FieldPanel("source_name"), FieldPanel("source_url")], heading=_("Source"), classname="collapsed"),
    ]
    promote_panels = [
        ReadsPanel(heading=_("Reads")),
        FieldPanel("slug"),
        FieldPanel("published_at"),
        FieldPanel("updated_at"),
    ]

    search_auto_update = False  # ``newsroom.indexing`` does it, once a change
    search_fields = [
        *page_search_fields(ReaderAddress),
        WordsField("short_headline", boost=3),
        WordsField("summary", boost=2),
        WordsField("standfirst"),
        WordsField("body"),
        # Wagtail's screens ask for what begins so, and of a page that is its title alone.
        *(WordsAutocompleteField(name) for name in ("short_headline", "summary", "standfirst", "body")),
        index.FilterField("story_id"),
        index.FilterField("published_at"),
    ]

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        constraints = [
            models.UniqueConstraint(
                fields=["import_source", "import_id"], condition=~models.Q(import_source=""), name="an_imported_story_comes_once"
            ),
        ]
        indexes = [models.Index(fields=["published_at"], name="story_by_time")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A new story's address is its id: a Japanese headline makes no ASCII one. Drafts and forms need it from the start.
        if self.__dict__.get("slug") == "":
            self.slug = self.story_id

    def __str__(self) -> str:
        return str(self.title)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Look whether all fields can stand so."""
        self._take_own_address()
        super().full_clean(*args, **kwargs)

    @staticmethod
    def is_given(address: str) -> bool:
        """Whether nobody chose that address."""
        return GIVEN_ADDRESS.fullmatch(address) is not None

    @property
    def is_dated(self) -> bool:
        """Whether somebody has told when it was published."""
        return self.published_at is None or self.published_at != self.assumed_at

    @property
    def all_topics(self) -> list[Topic]:
        """The topics that the story names, and those that gathered it, by name."""
        gathered = [row.topic for row in self.gathered_by.all()] if self.pk else []
        return sorted({topic.pk: topic for topic in (*self.topics.all(), *gathered)}.values(), key=lambda topic: topic.name)

    @property
    def card_headline(self) -> str:
        """The headline for cards and lists."""
        return str(self.short_headline or self.title)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Note when it went out, so that every list can be put in order by one indexed column."""
        self._take_own_address()
        if self.live and self.published_at is None:
            self.published_at = self.first_published_at or timezone.now()
        return super().save(*args, **kwargs)

    def with_content_json(self, content: Any) -> Any:
        """Return the story as a revision has it. Id and given address are the story's, whatever story the revision was copied from."""
        story = super().with_content_json(_without_gone_people(content))
        story.story_id = self.story_id
        if self.is_given(story.slug):
            story.slug = self.slug
            story.set_url_path(self.get_parent())
        return story

    def _take_own_address(self) -> None:
        """Give a new story the address of its own id: a form or a copy was made with another's, and an import tells the id later."""
        if self._state.adding and self.is_given(self.slug or ""):
            self.slug = self.story_id


def _without_gone_people(content: dict[str, Any]) -> dict[str, Any]:
    # A revision is not refused for one byline: of a row that protects what it names, modelcluster raises for what is gone.
    bylines = content.get("bylines") or []
    named = {byline["person"] for byline in bylines}
    gone = named - {None, *Person.objects.filter(pk__in=named - {None}).values_list("pk", flat=True)} if named else set()
    return {**content, "bylines": [byline for byline in bylines if byline["person"] not in gone]} if gone else content


class StoryByline(Orderable):
    """Who did what for a story."""

    TEXT, PHOTO, TRANSLATION = "text", "photo", "translation"
    ROLES = [(TEXT, _("text")), (PHOTO, _("photo")), (TRANSLATION, _("translation"))]

    story = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="bylines")
    person = models.ForeignKey("newsroom.Person", verbose_name=_("person"), on_delete=models.PROTECT, related_name="bylines")
    role = models.CharField(_("role"), max_length=12, choices=ROLES, default=TEXT)

    panels = [FieldRowPanel([FieldPanel("person"), FieldPanel("role")])]

    class Meta(Orderable.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")


class CourseEntry(Orderable):
    """A story that the desk puts into what led to another."""

    story = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="course")
    entry = models.ForeignKey(StoryPage, verbose_name=_("story"), on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("entry")]

    class Meta(Orderable.Meta):
        verbose_name = _("story of its course")
        verbose_name_plural = _("stories of its course")


class Correction(Orderable):
    """A mistake that was put right in the open."""

    CORRECTION, APOLOGY = "correction", "apology"
    KINDS = [(CORRECTION, _("correction")), (APOLOGY, _("apology"))]

    story = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="corrections")
    made_at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS, default=CORRECTION)
    text = models.TextField(_("what readers are told"))
    wrong = models.CharField(_("what stood there"), max_length=300, blank=True)
    right = models.CharField(_("what stands there now"), max_length=300, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("made_at"), FieldPanel("kind")]),
        FieldPanel("text"),
        FieldPanel("wrong"),
        FieldPanel("right"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
