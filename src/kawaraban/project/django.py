"""Starting Django inside a command."""

from __future__ import annotations

import os


def start_django() -> None:
    """Load the newsroom plane into this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawaraban.project.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the editorial database to this version; quick when it is there already."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
