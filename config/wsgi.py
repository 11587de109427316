"""WSGI entry point for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
application = get_wsgi_application()
# All pages are loaded now, not by the first who asks. What stays as long as the process is then left out of
# the search for garbage, which would hold up one request in forty for 0.2 s.
_pages = get_resolver().url_patterns
gc.collect()
gc.freeze()
