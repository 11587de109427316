"""Addresses of pages across apps."""

from django.urls import include, path

from dashboard import shared, views
from dashboard.calendar import acting, feed_views, links, printing, saved
from dashboard.calendar import views as calendar

urlpatterns = [
    path("", views.home, name="home"),
    path("home/waiting/", views.home_waiting, name="home_waiting"),
    path("home/readiness/<int:pk>/", views.home_readiness, name="home_readiness"),
    path("home/badges/", views.nav_badges, name="nav_badges"),
    path("portfolio/", include("dashboard.portfolio.urls")),
    path("calendar/", calendar.calendar, name="calendar"),
    path("timeline/", calendar.timeline, name="timeline"),
    path("calendar/move/<slug:key>/", acting.move, name="calendar_move"),
    path("calendar/add/<slug:key>/", acting.add, name="calendar_add"),
    path("calendar/remove/<slug:key>/", acting.remove, name="calendar_remove"),
    path("calendar/hours/<slug:key>/", acting.hours, name="calendar_hours"),
    path("calendar/pdf/<slug:page>/", printing.plan_pdf, name="calendar_pdf"),
    path("calendar/picture/<slug:page>/", printing.plan_picture, name="calendar_picture"),
    path("calendar/views/", saved.view_list, name="calendar_views"),
    path("calendar/views/save/", saved.view_save, name="calendar_view_save"),
    path("calendar/views/<int:pk>/", saved.view_open, name="calendar_view"),
    path("calendar/views/<int:pk>/change/", saved.view_change, name="calendar_view_change"),
    path("calendar/views/<int:pk>/delete/", saved.view_delete, name="calendar_view_delete"),
    path("calendar/views/<int:pk>/links/", links.view_links, name="calendar_view_links"),
    path(
        "calendar/views/<int:pk>/links/<int:link_pk>/revoke/",
        links.view_link_revoke,
        name="calendar_view_link_revoke",
    ),
    path("s/<str:token>/", shared.shared, name="shared"),
    path("s/<str:token>/pdf/", shared.shared_pdf, name="shared_pdf"),
    path("calendar/feed/", feed_views.feed_page, name="calendar_feed"),
    path("calendar/feed/revoke/", feed_views.feed_revoke, name="calendar_feed_revoke"),
    path("calendar/feed/<slug:token>.ics", feed_views.feed_read, name="calendar_feed_read"),
]
