"""The newsroom's tables. Fields, constraints and what can be derived from one row; writes are actions, reads are queries."""

from kawaraban.newsroom.models.editions import AboutPage, FrontPage, LeadPlacement, SecondPlacement, SectionPage, TopicStripPlacement
from kawaraban.newsroom.models.names import Name, NameInStory, NameTitle
from kawaraban.newsroom.models.people import Person
from kawaraban.newsroom.models.photos import Photo, PhotoRendition
from kawaraban.newsroom.models.rankings import RankingAct
from kawaraban.newsroom.models.settings import NewspaperSettings
from kawaraban.newsroom.models.staff import User
from kawaraban.newsroom.models.stories import Correction, CourseEntry, StoryByline, StoryPage
from kawaraban.newsroom.models.topics import StoryGathered, StoryPutIn, StoryTakenOut, Topic
from kawaraban.newsroom.models.wording import AcceptedWording

__all__ = [
    "AboutPage",
    "AcceptedWording",
    "Correction",
    "CourseEntry",
    "FrontPage",
    "LeadPlacement",
    "Name",
    "NameInStory",
    "NameTitle",
    "NewspaperSettings",
    "Person",
    "Photo",
    "PhotoRendition",
    "RankingAct",
    "SecondPlacement",
    "SectionPage",
    "StoryByline",
    "StoryGathered",
    "StoryPage",
    "StoryPutIn",
    "StoryTakenOut",
    "Topic",
    "TopicStripPlacement",
    "User",
]
