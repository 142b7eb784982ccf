"""What stories are about: topics, which gather stories by a rule and by hand. One row serves all editions."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, MultipleChooserPanel
from wagtail.models import Orderable
from wagtail.search import index

from kawaraban.newsroom.models.addresses import topic_path
from kawaraban.newsroom.models.people import NamedInEditions
from kawaraban.newsroom.search_fields import WordsAutocompleteField, WordsField
from kawaraban.newsroom.topic_form import GatheredPanel, TopicForm

# A rule of more words than these is none that somebody could look over.
MOST_WORDS, LONGEST_WORD = 100, 60


def words_in(lines: str) -> list[str]:
    """Return the words of a field that takes one a line, each once."""
    return list(dict.fromkeys(word for line in lines.splitlines() if (word := " ".join(line.split()))))


def look_through_words(lines: str) -> None:
    """Refuse words that nobody could mean: too many, too long, or single letters of an alphabet."""
    words = words_in(lines)
    if len(words) > MOST_WORDS:
        raise ValidationError(_("At most %(most)d words, one a line.") % {"most": MOST_WORDS})
    for word in words:
        if len(word) > LONGEST_WORD:
            raise ValidationError(_("“%(word)s…” is longer than %(longest)d letters.") % {"word": word[:20], "longest": LONGEST_WORD})
        if not any(letter.isalnum() for letter in word) or (len(word) == 1 and (word.isascii() or "ぁ" <= word <= "ヿ")):
            raise ValidationError(_("“%(word)s” stands in nearly every story, or in none.") % {"word": word})


class Topic(NamedInEditions, index.Indexed, ClusterableModel):
    """A matter that several stories follow: its page gathers them."""

    description = models.TextField(_("description"), blank=True, help_text=_("One or two sentences for the head of the topic's page."))
    description_ko = models.TextField(_("description in Korean"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    any_words = models.TextField(
        _("stories with any of these names or words"),
        blank=True,
        validators=[look_through_words],
        help_text=_("One a line, in any language. A name of the registry stands for all its forms. Empty: the topic has no rule."),
    )
    not_words = models.TextField(
        _("but with none of these"), blank=True, validators=[look_through_words], help_text=_("One a line. A story that has one stays out.")
    )
    sections = models.JSONField(
        _("in these sections"), default=list, blank=True, help_text=_("In every edition. None chosen: in all of them.")
    )  # slugs
    changed_at = models.DateTimeField(auto_now=True)

    path_of = staticmethod(topic_path)
    base_form_class = TopicForm

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("description"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("any_words"), FieldPanel("not_words")]),
                FieldPanel("sections"),
                GatheredPanel(),
            ],
            heading=_("Gathers by rule"),
            help_text=_(
                "Beside the stories that name the topic themselves. Readers see the change as soon as the stories are looked through."
            ),
        ),
        MultipleChooserPanel("put_in", chooser_field_name="story", heading=_("Put in by hand"), label=_("story")),
        MultipleChooserPanel("taken_out", chooser_field_name="story", heading=_("Taken out by hand"), label=_("story")),
        MultiFieldPanel([FieldPanel("name_ko"), FieldPanel("description_ko")], heading=_("Korean edition")),
        MultiFieldPanel([FieldPanel("name_en"), FieldPanel("description_en")], heading=_("English edition")),
    ]
    search_fields = [WordsField("name"), WordsAutocompleteField("name"), WordsField("name_ko"), WordsField("name_en")]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def description_in(self, language: str) -> str:
        """Return the description in an edition's language, or nothing where it has none."""
        return str({"ko": self.description_ko, "en": self.description_en}.get(language, self.description))

    def clean(self) -> None:
        """Refuse a rule that says only what is not wanted, or the same word twice."""
        super().clean()
        wanted, unwanted = words_in(self.any_words), words_in(self.not_words)
        if unwanted and not wanted:
            raise ValidationError({"any_words": _("The rule says what stories must not have, and not what they must have.")})
        if both := set(wanted) & set(unwanted):
            raise ValidationError({"not_words": _("“%(word)s” cannot be wanted and unwanted at once.") % {"word": min(both)}})


class _ByHand(Orderable):
    panels = [FieldPanel("story")]

    class Meta(Orderable.Meta):
        abstract = True


class StoryPutIn(_ByHand):
    """A story that belongs to a topic whatever its rule says."""

    topic = ParentalKey(Topic, on_delete=models.CASCADE, related_name="put_in")
    story = models.ForeignKey("newsroom.StoryPage", verbose_name=_("story"), on_delete=models.CASCADE, related_name="put_into")

    class Meta(_ByHand.Meta):
        verbose_name = _("story put in")
        verbose_name_plural = _("stories put in")


class StoryTakenOut(_ByHand):
    """A story that a topic's rule would gather, and that does not belong to it."""

    topic = ParentalKey(Topic, on_delete=models.CASCADE, related_name="taken_out")
    story = models.ForeignKey("newsroom.StoryPage", verbose_name=_("story"), on_delete=models.CASCADE, related_name="taken_out_of")

    class Meta(_ByHand.Meta):
        verbose_name = _("story taken out")
        verbose_name_plural = _("stories taken out")


class StoryGathered(models.Model):
    """A story that a topic gathered: by its rule, if it was not taken out, or because it was put in.

    Made when the story is published, and when the topic changes.
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="gathered")
    story = models.ForeignKey("newsroom.StoryPage", on_delete=models.CASCADE, related_name="gathered_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "topic"], name="a_topic_gathers_a_story_once")]

    def __str__(self) -> str:
        return f"{self.topic} – {self.story}"
