"""A link by mail with which a person sets his password himself; admins never learn it."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.demand import demand
from core import audit


@transaction.atomic
def send_password_link(*, user: User, by: User | None) -> None:
    """Queue the mail of “forgot password” to a person. ValidationError if he has left."""
    demand(by, "people.administer")
    if not user.is_active:
        raise ValidationError(_("%(person)s has left.") % {"person": user})
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    adapter = get_adapter()
    url = adapter.get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{token}")
    adapter.send_mail(
        "account/email/password_reset_key", user.email, {"user": user, "password_reset_url": url}
    )
    audit.record(by=by, verb="person.password_link", scope=user)
