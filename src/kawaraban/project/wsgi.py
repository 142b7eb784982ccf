"""The newsroom plane's door for its server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawaraban.project.settings")
application = get_wsgi_application()
