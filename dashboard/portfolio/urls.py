"""Addresses of the portfolio."""

from django.urls import path

from dashboard.portfolio import acting, views

urlpatterns = [
    path("", views.portfolio, name="portfolio"),
    path("load/", views.load, name="portfolio_load"),
    path("limits/", acting.limits, name="portfolio_limits"),
    path("warnings/", views.warnings, name="portfolio_warnings"),
    path("warnings/<int:pk>/<slug:key>/", acting.warning, name="portfolio_warning"),
    path("warnings/<int:pk>/<slug:key>/aside/", acting.aside, name="portfolio_aside"),
    path("warnings/<int:pk>/<slug:key>/again/", acting.take_up, name="portfolio_take_up"),
    path("step/<int:pk>/", acting.step, name="portfolio_step"),
    path("campaign/<int:pk>/", views.campaign_warnings, name="portfolio_campaign"),
]
