"""What allauth does differently here: nobody signs up, mails go through our queue, fewer messages."""

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from core.emails import absolute, queue_mail

# What the page says anyway.
UNSAID = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")
TEMPLATES = {"account/email/password_reset_key": "accounts/email/password_reset"}


class AccountAdapter(DefaultAccountAdapter):
    """Adapter of Einklang."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are entered by an admin."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail, built from SITE_URL: a forged Host header leads nobody astray."""
        uid, _dash, secret = key.partition("-")
        return absolute(reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret}))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail to the person; what is not ours to send (unknown addresses) is not sent."""
        template, user = TEMPLATES.get(template_prefix), context.get("user")
        if template is None or not isinstance(user, User):
            return
        url = context["password_reset_url"]
        # The link itself is a secret and must not become the name of a row.
        key = f"password-reset:{user.pk}:{hashlib.sha256(url.encode()).hexdigest()[:32]}"
        queue_mail(key=key, to=user, template=template, context={"url": url}, private=True)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the person's settings."""
        return reverse("settings")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say what the page does not say by itself."""
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)
