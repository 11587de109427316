"""Addresses of the desk."""

from django.urls import path

from desk import views

app_name = "desk"

urlpatterns = [
    path("now/", views.now, name="now"),
    path("now/<int:pk>/", views.offer, name="offer"),
]
