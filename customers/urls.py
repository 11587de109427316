"""Pages about target groups."""

from django.urls import path

from customers import views

app_name = "customers"
urlpatterns = [
    path("", views.group_list, name="list"),
    path("new/", views.group_create, name="create"),
    path("overlap/", views.overlap, name="overlap"),
    path("<int:pk>/", views.group_page, name="detail"),
    path("<int:pk>/edit/", views.group_edit, name="edit"),
    path("<int:pk>/channels/", views.group_uses, name="uses"),
]
