"""Forms about channels and the people who answer for them."""

from typing import Any

from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Region, User
from accounts.permissions import MANAGING
from channels.enums import Medium
from channels.icons import ICONS
from channels.models import Channel, ChannelExpert
from channels.services import Naming
from core.forms import FormHelper, Section, VersionedFormMixin, house_field


class ChannelForm(VersionedFormMixin, forms.ModelForm):
    """A channel; its code is given once and never changes."""

    icon = forms.ChoiceField(label=_("Icon"))

    class Meta:
        model = Channel
        fields = [
            "code",
            "name_de",
            "name_en",
            "medium",
            "direction",
            "customer_facing",
            "at_once",
            "icon",
            "preview",
            "parts",
            "position",
            "active",
        ]
        formfield_callback = house_field
        help_texts = {
            "code": _(
                "Lower-case letters, digits and hyphens. Used in addresses and imports; can't be changed."
            ),
            "position": _("Channels are listed by this number, the smallest first."),
            "preview": _("How a variant is shown as the customer will see it."),
            "parts": _("Which fields its experts fill in, and what they are called."),
            "customer_facing": _("Its people are briefed before a campaign starts."),
            "active": _("Campaigns can no longer choose a channel that isn't active."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        icons = ICONS if self.instance.icon in ICONS else {self.instance.icon: self.instance.icon} | ICONS
        self.fields["icon"].choices = list(icons.items())
        names = ["name_de", "name_en"]
        if self.instance.pk:
            del self.fields["code"]
        else:
            names.append("code")
        self.helper = FormHelper(
            Section(_("The channel"), *names, columns=2),
            Section(
                _("What kind it is"), "medium", "direction", "customer_facing", "at_once", "active", columns=2
            ),
            Section(_("How it is shown"), "icon", "preview", "parts", "position", columns=2),
        )


class ExpertForm(forms.ModelForm):
    """One person who answers for the channel in one region, or everywhere."""

    class Meta:
        model = ChannelExpert
        fields = ["user", "region"]
        error_messages = {
            "user": {"invalid_choice": _("Please choose a channel expert who is still here.")},
            "region": {"invalid_choice": _("Please choose a region in use.")},
        }

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name not in choices:
                continue
            offered = list(choices[name])
            current = getattr(self.instance, name) if self.instance.pk else None
            if current is not None and str(current.pk) not in dict(offered):
                offered.append((str(current.pk), str(current)))
            field.queryset = field.queryset.filter(pk__in=[key for key, _words in offered if key])
            field.choices = offered
            field.widget.attrs |= {"class": "form-select", "aria-label": str(field.label)}


class BaseExperts(BaseInlineFormSet):
    """The experts of a channel; knows what was added and removed, and leaves saving to the service."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.choices = expert_choices(by)
        links = ChannelExpert.objects.select_related("user", "region").order_by("region__code", "id")
        super().__init__(*args, queryset=links, **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """People and regions are looked up once for all rows."""
        return super().get_form_kwargs(index) | {"choices": self.choices}

    @property
    def removed(self) -> list[ChannelExpert]:
        """Stored links that are deleted or replaced."""
        touched = [form for form in self.initial_forms if form in self.deleted_forms or form.has_changed()]
        stored = {link.pk: link for link in self.get_queryset()}
        return [
            ChannelExpert.objects.get(pk=form.instance.pk) for form in touched if form.instance.pk in stored
        ]

    @property
    def added(self) -> list[Naming]:
        """People named anew, with their region."""
        kept = [form for form in self.forms if form not in self.deleted_forms and form.has_changed()]
        entries = [form.cleaned_data for form in kept if form.cleaned_data.get("user")]
        return [(entry["user"], entry["region"]) for entry in entries]


def expert_choices(by: User) -> dict[str, list[tuple[str, str]]]:
    """Channel experts who are here, and the regions that the person manages."""
    managed = by.rights.regions(*MANAGING)
    regions = Region.objects.filter(active=True)
    people = [(str(u.pk), str(u)) for u in User.objects.here().holding(Role.EXPERT)]
    if managed is None:
        names = [("", str(_("Everywhere"))), *((str(r.pk), str(r)) for r in regions)]
    else:
        names = [("", "–"), *((str(r.pk), str(r)) for r in regions if r.pk in managed)]
    return {"user": [("", "–"), *people], "region": names}


ExpertFormSet = inlineformset_factory(
    Channel, ChannelExpert, form=ExpertForm, formset=BaseExperts, extra=1, max_num=200, can_delete=True
)


class ChannelFilter(forms.Form):
    """What the list shows; kept in the address."""

    medium = forms.ChoiceField(label=_("Medium"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["medium"].choices = [("", _("All")), *Medium.choices]
        self.fields["medium"].widget.attrs["class"] = "form-select"
