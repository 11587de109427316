"""Pages about channels."""

from django.urls import path

from channels import views

app_name = "channels"
urlpatterns = [
    path("", views.channel_list, name="list"),
    path("new/", views.channel_create, name="create"),
    path("<int:pk>/", views.channel_page, name="detail"),
    path("<int:pk>/edit/", views.channel_edit, name="edit"),
]
