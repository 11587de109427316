"""The form of how messages reach a person. The chat's address goes in, and never comes out again."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import NotificationSettings
from core.delivery.chat import masked
from core.forms import FormHelper, Section, house_field


def hours() -> list[tuple[int, str]]:
    """The hours of a day as choices."""
    return [(hour, f"{time(hour):%H:%M}") for hour in range(24)]


class TimeInput(forms.TimeInput):
    """The browser's own field for a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class NotificationForm(forms.ModelForm):
    """How briefings and notices come, when they do not, and where the chat is."""

    digest_hour = forms.TypedChoiceField(label=_("At what hour"), coerce=int, choices=hours)
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=TimeInput())
    quiet_to = forms.TimeField(label=_("Quiet until"), required=False, widget=TimeInput())
    # The name keeps it off the page that holds a form's entries while somebody signs in again.
    chat_secret = forms.CharField(
        label=_("Address of the webhook"),
        required=False,
        max_length=1000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    forget_chat = forms.BooleanField(label=_("Forget this address"), required=False)

    class Meta:
        model = NotificationSettings
        fields = [
            "briefings",
            "notices",
            "digest_rhythm",
            "digest_hour",
            "quiet_from",
            "quiet_to",
            "chat_kind",
        ]
        formfield_callback = house_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = self.instance.chat_url
        chat = ["chat_kind", "chat_secret"]
        if self.known:
            self.fields["chat_secret"].help_text = _("Kept: %(address)s. Leave this empty to keep it.") % {
                "address": masked(self.known)
            }
            chat.append("forget_chat")
        else:
            del self.fields["forget_chat"]
        self.helper = FormHelper(
            Section(
                _("What reaches me where"),
                "briefings",
                "notices",
                "digest_rhythm",
                "digest_hour",
                columns=2,
                help_text=_(
                    "Everything stands in Einklang in any case. What cannot wait (a campaign is paused or "
                    "withdrawn, a link to set your password) always comes at once. "
                    "Briefings are never collected."
                ),
            ),
            Section(
                _("Quiet hours"),
                "quiet_from",
                "quiet_to",
                columns=2,
                help_text=_(
                    "In your time zone; they may pass midnight. What can wait comes when they are over."
                ),
            ),
            Section(
                _("My chat"),
                *chat,
                help_text=_(
                    "An incoming webhook. Whoever knows its address can write there, so it is not shown."
                ),
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Say at its place what does not go together."""
        data = super().clean()
        start, end = data.get("quiet_from"), data.get("quiet_to")
        if (start is None) != (end is None):
            place = "quiet_to" if end is None else "quiet_from"
            if place not in self.errors:
                self.add_error(place, _("Quiet hours need a beginning and an end."))
        elif start is not None and start == end:
            self.add_error("quiet_to", _("Quiet hours cannot end when they begin."))
        if "chat" in (data.get("briefings"), data.get("notices")) and not self._chat_url(data):
            self.add_error("chat_secret", _("To be told in a chat, enter the address of its webhook."))
        return data

    def _post_clean(self) -> None:
        """The service checks the whole; the address must not be set on the instance before."""

    def _chat_url(self, data: dict[str, Any]) -> str:
        if data.get("chat_secret"):
            return data["chat_secret"]
        return "" if data.get("forget_chat") else self.known

    def wishes(self) -> dict[str, Any]:
        """What the service saves."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return values | {"chat_url": self._chat_url(self.cleaned_data)}
