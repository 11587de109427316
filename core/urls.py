"""Pages of the frame itself."""

from django.urls import path

from core import views

urlpatterns = [
    path("look/theme/", views.set_theme, name="set_theme"),
    path("look/language/", views.set_language, name="set_language"),
]
