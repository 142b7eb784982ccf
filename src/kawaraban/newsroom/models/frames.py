"""Pages that frame the stories. Wagtail's permissions are inherited from the top down, and would give them to whoever edits stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.models.pages import PagePermissionTester

from kawaraban.newsroom.models.addresses import ReaderAddress

if TYPE_CHECKING:
    from wagtail.models import Workflow

    from kawaraban.newsroom.models.staff import User

KEEPS_THE_PAPER = "newsroom.change_frontpage"


class FramePermissions(PagePermissionTester):
    """What somebody may do with a page of the paper's frame: everything Wagtail allows, or, who does not keep the paper, nothing."""

    def __init__(self, user: User, page: Frame) -> None:
        super().__init__(user, page)
        self.keeps_the_paper = user.has_perm(KEEPS_THE_PAPER)
        if not self.keeps_the_paper and not page.takes_stories:
            # Nothing is added, published or moved below it either.
            self.permissions: set[str] = set()

    def can_edit(self) -> bool:
        """Whether the page can be changed; also asked for before it is copied, compared and translated."""
        return self.keeps_the_paper and super().can_edit()

    def can_delete(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the page can be deleted or moved."""
        return self.keeps_the_paper and super().can_delete(*args, **kwargs)

    def can_publish(self) -> bool:
        """Whether the page can be published, scheduled, or closed to the public."""
        return self.keeps_the_paper and super().can_publish()

    def can_unpublish(self) -> bool:
        """Whether the page can be taken from readers."""
        return self.keeps_the_paper and super().can_unpublish()

    def can_lock(self) -> bool:
        """Whether the page can be locked."""
        return self.keeps_the_paper and super().can_lock()

    def can_unlock(self) -> bool:
        """Whether the page can be unlocked."""
        return self.keeps_the_paper and super().can_unlock()

    def can_reorder_children(self) -> bool:
        """Whether what stands below it can be put in another order."""
        return self.keeps_the_paper and super().can_reorder_children()


class Frame(ReaderAddress):
    """A page of the paper's frame: the chief's alone."""

    takes_stories = False
    # Set on a page while a story is begun below it.
    lends_its_workflow = False
    private_page_options: list[str] = []

    class Meta:
        abstract = True

    @property
    def has_workflow(self) -> bool:
        """Whether there is a workflow for what is begun below. Its own changes are not handed in: whoever of the desk approved them would change it."""
        return self.lends_its_workflow and bool(super().has_workflow)

    def get_workflow(self) -> Workflow | None:
        """Return the workflow of what is begun below; none of its own."""
        return super().get_workflow() if self.lends_its_workflow else None

    def permissions_for_user(self, user: User) -> FramePermissions:
        """Return what somebody may do with this page; every screen of Wagtail asks this."""
        return FramePermissions(user, self)
