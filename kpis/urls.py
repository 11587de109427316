"""Addresses of KPIs: the catalogue, and the tab of a campaign."""

from django.urls import path

from kpis import views

app_name = "kpis"

urlpatterns = [
    path("kpis/", views.kpi_list, name="list"),
    path("kpis/new/", views.kpi_create, name="create"),
    path("kpis/<int:pk>/edit/", views.kpi_edit, name="edit"),
    path("campaigns/<int:pk>/kpis/", views.targets, name="targets"),
]
