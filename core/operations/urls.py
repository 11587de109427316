"""The operators' pages."""

from django.urls import path

from core.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.listing, name="list"),
    path("decide/", views.decide, name="decide"),
]
