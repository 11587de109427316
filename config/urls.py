"""All addresses of Einklang; each app brings its own urls.py."""

from django.contrib import admin
from django.urls import include, path

from config.api import api
from config.health import healthz, readyz
from core.operations.views import mail_events

urlpatterns = [
    path("", include("core.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("mailbox/", include("core.mailbox.urls")),
    path("operations/", include("core.operations.urls")),
    path("hooks/mail/<str:service>/", mail_events, name="mail_events"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls_signin")),
    path("", include("accounts.urls")),
    path("channels/", include("channels.urls")),
    path("target-groups/", include("customers.urls")),
    path("campaigns/", include("campaigns.urls")),
    path("", include("campaigns.urls_strategy")),
    path("", include("briefings.urls")),
    path("", include("kpis.urls")),
    path("", include("desk.urls")),
    path("", include("dashboard.urls")),
    path("api/v1/", api.urls),
]

handler400 = "core.errors.bad_request"
handler403 = "core.errors.forbidden"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"
