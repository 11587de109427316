"""Addresses of the trial's mailbox."""

from django.urls import path

from core.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("", views.mail_list, name="list"),
    path("delete/", views.delete_all, name="delete"),
    path("<str:key>/", views.mail_page, name="mail"),
    path("<str:key>/html/", views.mail_html, name="html"),
]
