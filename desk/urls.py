"""Addresses of the desk."""

from django.urls import path

from desk import asking, views

app_name = "desk"

urlpatterns = [
    path("now/", views.now, name="now"),
    path("now/ask/", asking.ask, name="ask"),
    path("now/questions/", asking.questions, name="questions"),
    path("now/<int:pk>/", views.offer, name="offer"),
]
