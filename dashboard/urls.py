"""Addresses of pages across apps."""

from django.urls import path

from dashboard import views

urlpatterns = [
    path("", views.home, name="home"),
    path("home/waiting/", views.home_waiting, name="home_waiting"),
    path("home/readiness/<int:pk>/", views.home_readiness, name="home_readiness"),
    path("home/badges/", views.nav_badges, name="nav_badges"),
]
