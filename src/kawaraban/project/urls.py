"""The newsroom plane's addresses. It serves no public page: those are the reader plane's."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from kawaraban.newsroom.views import original, rendition, script_messages

urlpatterns = [
    path("media/<path:name>", rendition, name="rendition"),
    path("originals/<path:name>", original, name="original"),
    # Before Wagtail's own, which knows no messages but its own.
    path("admin/jsi18n/", script_messages),
    path("admin/", include(wagtailadmin_urls)),
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home")),
]
