"""Who may do what with photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy, CollectionPermissionPolicy

from kawaraban.newsroom.models import Photo, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from wagtail.models import Collection

DELETE = {"delete"}
# Whatever the image model, the permissions are those of Wagtail's own.
PERMISSIONS_OF = "wagtailimages.Image"


class PhotoPermissionPolicy(CollectionOwnershipPermissionPolicy):
    """Wagtail's policy for images, but that deleting asks for the permission to delete.

    Wagtail's own lets whoever may change a photo delete it too, and everybody those they brought in, whatever stories they stand in.
    """

    def __init__(self) -> None:
        super().__init__(Photo, auth_model=PERMISSIONS_OF, owner_field_name="uploaded_by_user")
        self._deleting = CollectionPermissionPolicy(Photo, auth_model=PERMISSIONS_OF)

    def user_has_permission(self, user: User, action: str) -> bool:
        """Whether somebody may do this with some photos."""
        if action in DELETE:
            return bool(self._deleting.user_has_permission(user, action))
        return bool(super().user_has_permission(user, action))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        """Return those who may do any of this with some photos."""
        others = super().users_with_any_permission(set(actions) - DELETE)
        return _either(others, self._deleting.users_with_any_permission(DELETE & set(actions)))

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Photo) -> bool:
        """Whether somebody may do any of this with a photo."""
        deleting = DELETE & set(actions)
        if deleting and self._deleting.user_has_any_permission_for_instance(user, deleting, instance):
            return True
        return bool(super().user_has_any_permission_for_instance(user, set(actions) - DELETE, instance))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Photo) -> QuerySet[User]:
        """Return those who may do any of this with a photo."""
        others = super().users_with_any_permission_for_instance(set(actions) - DELETE, instance)
        return _either(others, self._deleting.users_with_any_permission_for_instance(DELETE & set(actions), instance))

    def instances_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> QuerySet[Photo]:
        """Return the photos with which somebody may do any of this."""
        others = super().instances_user_has_any_permission_for(user, set(actions) - DELETE)
        return _either(others, self._deleting.instances_user_has_any_permission_for(user, DELETE & set(actions)))

    def collections_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> QuerySet[Collection]:
        """Return the collections in which somebody may do any of this."""
        others = super().collections_user_has_any_permission_for(user, set(actions) - DELETE)
        return _either(others, self._deleting.collections_user_has_any_permission_for(user, DELETE & set(actions)))


def _either(one: QuerySet[Any], other: QuerySet[Any]) -> QuerySet[Any]:
    # Combined by ids: Django refuses to join a query whose rows are distinct with one whose rows are not.
    return one.model.objects.filter(Q(pk__in=one.values("pk")) | Q(pk__in=other.values("pk")))
