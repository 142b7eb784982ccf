"""Django's settings for the newsroom plane. What comes from outside is read in ``env.py``."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import Any

from kawaraban.project.databases import editorial_database
from kawaraban.project.env import read_environment
from kawaraban.project.logs import configuration

ENVIRONMENT = read_environment()

# ------------------------------------------------------------------ the essentials

DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "kawaraban.project.urls"
WSGI_APPLICATION = "kawaraban.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _secret_key() -> str:
    """Return the given key, or the newsroom's own, made once and readable by its owner only."""
    if ENVIRONMENT.secret_key:
        return ENVIRONMENT.secret_key
    path = ENVIRONMENT.newsroom_dir / "secret-key"
    ENVIRONMENT.make_directories()
    if not path.exists():
        _make_key(path)
    return path.read_text(encoding="ascii")


def _make_key(path: Path) -> None:
    # Whoever starts at the same moment waits, and takes the key of who was first. It has its name only when it is whole and on disk.
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        if not path.exists():
            temporary = path.with_name(f".{path.name}")
            with open(temporary, "w", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        os.close(directory)


SECRET_KEY = _secret_key()

KAWARABAN_BASE_URL = ENVIRONMENT.base_url
KAWARABAN_PRINTER_SOCKET = ENVIRONMENT.printer_socket
KAWARABAN_READS_DIR = ENVIRONMENT.reads_dir
KAWARABAN_SHEET_LOG = ENVIRONMENT.sheet_log
KAWARABAN_DISCOVERY_DIR = ENVIRONMENT.discovery_dir
KAWARABAN_COLLECTOR_SOCKET = ENVIRONMENT.collector_socket
KAWARABAN_SEARCH_SOCKET = ENVIRONMENT.search_socket
KAWARABAN_WEATHER = ENVIRONMENT.weather

INSTALLED_APPS = [
    "kawaraban.demo",
    "kawaraban.pages",
    "kawaraban.exchange",  # after pages: photos are developed when a page is printed, and feeds show them then
    "kawaraban.press",
    "kawaraban.newsroom",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "kawaraban.project",  # last: it connects what the others registered
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kawaraban.newsroom.middleware.WholeChangeMiddleware",  # last: it calls the view itself
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ------------------------------------------------------------------ the editorial database

DATABASE = editorial_database(ENVIRONMENT)
DATABASES = {"default": DATABASE.settings()}

# ------------------------------------------------------------------ people

AUTH_USER_MODEL = "newsroom.User"
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# ------------------------------------------------------------------ languages and times

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [str(Path(__file__).parent / "locale")]
TIME_ZONE = ENVIRONMENT.timezone
USE_I18N = True
USE_TZ = True

# ------------------------------------------------------------------ files

STATIC_URL = "/static/"
MEDIA_URL = f"{ENVIRONMENT.base_url}/media/"
MEDIA_ROOT = str(ENVIRONMENT.newsroom_dir / "originals")
STORAGES = {
    # Originals are the newsroom's: they keep what a photographer's camera wrote, and stay when rights end.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"base_url": "/originals/"}},
    "renditions": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(ENVIRONMENT.media_dir), "base_url": "/media/"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The newsroom serves its own styles straight from the installed packages: no collecting step between install and start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long story has many blocks, each of several fields
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

# ------------------------------------------------------------------ Wagtail

SILENCED_SYSTEM_CHECKS = [
    "wagtailsearch.W001",  # our stories do have the core fields: as fields that are searched by words
]
WAGTAIL_SITE_NAME = "Kawaraban"
WAGTAILADMIN_BASE_URL = ENVIRONMENT.newsroom_url
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# All six hundred would stand in one menu, in English.
WAGTAIL_USER_TIME_ZONES = ["Asia/Tokyo", "Asia/Seoul", "Europe/London", "America/New_York", "UTC"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_APPEND_SLASH = False
WAGTAILSIMPLETRANSLATION_SYNC_PAGE_TREE = False
WAGTAILIMAGES_IMAGE_MODEL = "newsroom.Photo"
WAGTAILIMAGES_IMAGE_FORM_BASE = "kawaraban.newsroom.photo_form.PhotoForm"
WAGTAILIMAGES_RENDITION_STORAGE = "renditions"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 30 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100_000_000  # a decompression bomb is refused before it is unpacked
WAGTAILIMAGES_FEATURE_DETECTION_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no third party learns who works here
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 5
WAGTAILREDIRECTS_AUTO_CREATE = True
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []  # addresses are kept as they are; nothing is asked of third parties
WAGTAIL_DATE_FORMAT = "%Y-%m-%d"
WAGTAIL_DATETIME_FORMAT = "%Y-%m-%d %H:%M"
WAGTAIL_TIME_FORMAT = "%H:%M"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": f"kawaraban.newsroom.search.{DATABASE.kind}"}}

# ------------------------------------------------------------------ safety

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"  # the live preview is a frame of our own
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.newsroom_url]
if ENVIRONMENT.newsroom_url.startswith("https://"):
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ------------------------------------------------------------------ logs

LOGGING: dict[str, Any] = configuration(ENVIRONMENT.log_format)
