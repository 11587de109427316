"""The admin site: for people with the role admin, entered through our own sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.enums import Role


class EinklangAdminSite(AdminSite):
    """Django's admin under our name."""

    site_header = "Einklang"
    site_title = "Einklang"
    index_title = _("People, channels and records")
    site_url = "/"
    # Brought by Django and allauth, not used here: roles are no groups, addresses belong to people.
    unused = ("auth", "account")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take a model in, unless its app is not used here."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        used = [model for model in models if model._meta.app_label not in self.unused]
        super().register(used, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """True for admins who are still here."""
        user = request.user
        return bool(user.is_authenticated and user.is_active and user.rights.has(Role.ADMIN))

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Our own sign-in, and back to where the person wanted to go; 404 for whoever is no admin."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        wanted = request.GET.get("next", "")
        ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
        return redirect_to_login(wanted if ours else reverse("admin:index"), settings.LOGIN_URL)
