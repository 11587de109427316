"""Pages about the person himself and about teams."""

from django.urls import include, path

from accounts.views import notifications, settings, teams

team_urls = (
    [
        path("", teams.team_list, name="list"),
        path("new/", teams.team_create, name="create"),
        path("<int:pk>/", teams.team_page, name="detail"),
        path("<int:pk>/edit/", teams.team_edit, name="edit"),
        path("<int:pk>/members/add/", teams.member_add, name="member_add"),
        path("<int:pk>/members/<int:user_pk>/remove/", teams.member_remove, name="member_remove"),
        path("<int:pk>/members/<int:user_pk>/absences/", teams.member_absences, name="absences"),
        path("<int:pk>/absences/<int:absence_pk>/remove/", teams.absence_remove, name="absence_remove"),
    ],
    "teams",
)

urlpatterns = [
    path("settings/", settings.my_settings, name="settings"),
    path("settings/absences/", settings.absence_add, name="settings_absence_add"),
    path("settings/absences/<int:pk>/remove/", settings.absence_remove, name="settings_absence_remove"),
    path("settings/notifications/", notifications.save, name="settings_notifications"),
    path("settings/chat-test/", notifications.chat_test, name="settings_chat_test"),
    path("notices/", notifications.notices, name="notices"),
    path("teams/", include(team_urls)),
]
