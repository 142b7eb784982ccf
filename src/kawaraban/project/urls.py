"""The newsroom plane's addresses. It serves no public page: those are the reader plane's."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from kawaraban.newsroom.views import original

urlpatterns = [
    path("originals/<path:name>", original, name="original"),
    path("admin/", include(wagtailadmin_urls)),
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home")),
]
