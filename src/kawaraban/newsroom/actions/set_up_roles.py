"""Sets up the four roles and the workflow between them."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from kawaraban.newsroom.models import FrontPage

WRITERS, DESK, PHOTO_DESK, CHIEFS = "writers", "desk", "photo desk", "chiefs"
# What groups and workflow are called is data, seen by everybody: it is in the language of the paper's first edition.
NAMES = {
    "ja": {
        WRITERS: "記者",
        DESK: "デスク",
        PHOTO_DESK: "写真部",
        CHIEFS: "編集長",
        "workflow": "デスク確認",
        "task": "デスクが読む",
        "collection": "共用",
    },
    "ko": {
        WRITERS: "기자",
        DESK: "데스크",
        PHOTO_DESK: "사진부",
        CHIEFS: "편집장",
        "workflow": "데스크 확인",
        "task": "데스크가 읽음",
        "collection": "공용",
    },
    "en": {
        WRITERS: "Writers",
        DESK: "Desk",
        PHOTO_DESK: "Photo desk",
        CHIEFS: "Chiefs",
        "workflow": "Desk check",
        "task": "Read by the desk",
        "collection": "Shared",
    },
}

# What each role may do with stories. "add" alone lets a writer edit what is the writer's own. These hold from each edition's front
# page down, the chiefs' from the top of the tree; the pages that frame the stories ask for KEEPS_THE_PAPER besides.
PAGE_PERMISSIONS = {
    WRITERS: ("add",),
    DESK: ("add", "change", "publish", "lock", "unlock"),
    PHOTO_DESK: (),
    CHIEFS: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}
PHOTO_PERMISSIONS = {
    WRITERS: ("add_image", "choose_image"),
    DESK: ("add_image", "change_image", "choose_image"),
    PHOTO_DESK: ("add_image", "change_image", "delete_image", "choose_image"),
    CHIEFS: ("add_image", "change_image", "delete_image", "choose_image"),
}
# (app, model) → what may be done with it.
MODEL_PERMISSIONS: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {
    WRITERS: {},
    DESK: {
        ("newsroom", "acceptedwording"): ("add", "change", "delete"),
        ("newsroom", "topic"): ("add", "change"),
        ("newsroom", "person"): ("add", "change"),
        ("newsroom", "name"): ("add", "change"),
        ("simple_translation", "simpletranslation"): ("submit_translation",),
    },
    PHOTO_DESK: {},
    CHIEFS: {
        ("newsroom", "acceptedwording"): ("add", "change", "delete"),
        ("newsroom", "topic"): ("add", "change", "delete"),
        ("newsroom", "person"): ("add", "change", "delete"),
        ("newsroom", "name"): ("add", "change", "delete"),
        ("newsroom", "user"): ("add", "change", "delete"),
        ("newsroom", "newspapersettings"): ("change",),
        ("newsroom", "frontpage"): ("change",),
        ("simple_translation", "simpletranslation"): ("submit_translation",),
        ("wagtailredirects", "redirect"): ("add", "change", "delete"),
    },
}


def group_of(role: str) -> Group:
    """Return a role's group, in whatever language the paper named it; Group.DoesNotExist before roles are set up."""
    return Group.objects.get(name__in=[names[role] for names in NAMES.values()])


def set_up_roles(language: str) -> None:
    """Make groups, permissions and workflow as they should be; what a chief added since is kept."""
    root = Page.get_first_root_node()
    collection = Collection.get_first_root_node()
    # Wagtail calls the collection that all photos are in "Root", in every language.
    Collection.objects.filter(pk=collection.pk, name="Root").update(name=NAMES[language]["collection"])
    fronts = list(FrontPage.objects.all())
    groups = {role: _group(role, language) for role in PAGE_PERMISSIONS}
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for name, group in groups.items():
        group.permissions.add(admin)
        for action in PAGE_PERMISSIONS[name]:
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{action}_page")
            for page in [root] if name == CHIEFS else fronts:
                GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
        for codename in PHOTO_PERMISSIONS[name]:
            # Whatever the image model, Wagtail asks for the permissions of its own.
            permission = Permission.objects.get(content_type__app_label="wagtailimages", codename=codename)
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
        for (app, model), actions in MODEL_PERMISSIONS[name].items():
            for action in actions:
                codename = action if "_" in action else f"{action}_{model}"
                group.permissions.add(Permission.objects.get(content_type__app_label=app, content_type__model=model, codename=codename))
    _set_up_workflow(root, groups, NAMES[language])
    # Wagtail's own two groups would stand beside ours with other powers.
    Group.objects.filter(name__in=["Moderators", "Editors"], user=None).delete()


def _group(role: str, language: str) -> Group:
    try:
        return group_of(role)
    except Group.DoesNotExist:
        return Group.objects.create(name=NAMES[language][role])


def _set_up_workflow(root: Page, groups: dict[str, Group], names: dict[str, str]) -> None:
    # The workflow that Wagtail's own migration made is no newsroom's.
    Workflow.objects.filter(name="Moderators approval").delete()
    GroupApprovalTask.objects.filter(name="Moderators approval", task_states=None).delete()
    if WorkflowPage.objects.filter(page=root).exists():
        return
    task = GroupApprovalTask.objects.create(name=names["task"])
    task.groups.set([groups[DESK], groups[CHIEFS]])
    workflow = Workflow.objects.create(name=names["workflow"])
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page=root, workflow=workflow)
