"""Pages of the frame itself."""

from django.urls import path

from core import installed, views

urlpatterns = [
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    # At the root, since a worker sees only what lies beneath its own address.
    path("sw.js", installed.worker, name="worker"),
    path("offline/", installed.offline, name="offline"),
    path("look/theme/", views.set_theme, name="set_theme"),
    path("look/language/", views.set_language, name="set_language"),
]
