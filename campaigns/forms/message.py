"""Core message, facts by kind, variants and which drafts to make."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from crispy_forms.layout import HTML, Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Language
from accounts.models import Region
from campaigns.enums import FactKind
from campaigns.models import CoreMessage, Fact, Variant
from campaigns.services.dossier import Dossier
from campaigns.services.variants import Place, missing
from core import formats
from core.forms import (
    DateField,
    FormHelper,
    MoneyField,
    PlainTextField,
    Section,
    SingleLineField,
    VersionedFormMixin,
    house_field,
)
from core.forms.fields import MoneyInput

TEXT_MAX, TERMS_MAX, CODE_MAX, LINK_MAX = 200, 2000, 60, 500
BODY_MAX = 20_000
LABEL_MAX = 80
EVERYWHERE = "everywhere"


def token_picker(name: str) -> HTML:
    """The facts of the offer, to be inserted into the field above; the page gives `tokens`."""
    return HTML(
        f'{{% include "campaigns/message/_tokens.html" with into="id_{name}" name=form.{name}.label %}}'
    )


class CoreForm(VersionedFormMixin, forms.ModelForm):
    """What the campaign says, once. Every part may stay empty for now."""

    class Meta:
        model = CoreMessage
        fields = ["claim", "promise", "proof", "call_to_action", "tone", "language"]
        formfield_callback = house_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("promise", "proof"):
            self.fields[name] = PlainTextField(
                label=self.fields[name].label, required=False, max_length=BODY_MAX
            )
            self.fields[name].widget.attrs["rows"] = 3
        self.helper = FormHelper(
            Section(
                _("What customers remember"),
                "claim",
                token_picker("claim"),
                "promise",
                token_picker("promise"),
                help_text=_("One sentence, and what the customer gets. All channels say this."),
            ),
            Section(
                _("Why they believe it and what they do"),
                "proof",
                token_picker("proof"),
                "call_to_action",
                token_picker("call_to_action"),
                help_text=_("Figures of the offer are inserted from its facts, never typed."),
            ),
            Section(_("How we speak"), "tone", "language", help_text=_("Customers don't read the tone.")),
        )


class PercentInput(MoneyInput):
    """Percent points with their sign behind the input."""

    def format_value(self, value: Any) -> str | None:
        """`12,5`; what a person typed stays as typed."""
        return formats.number(value, 2) if isinstance(value, Decimal) else value


class PercentField(MoneyField):
    """More than 0 and at most 100 percent."""

    widget = PercentInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(currency="%", max_value=Decimal(100), **kwargs)

    def validate(self, value: Decimal | None) -> None:
        """Refuse what is no discount."""
        super().validate(value)
        if value is not None and value <= 0:
            raise ValidationError(_("A discount is more than 0 percent."), code="min_value")


def _value_field(kind: str, **kwargs: Any) -> forms.Field:
    """The input for a value of this kind."""
    if kind == FactKind.DATE:
        return DateField(**kwargs)
    if kind == FactKind.LINK:
        return forms.URLField(max_length=LINK_MAX, assume_scheme="https", **kwargs)
    if kind in (FactKind.TERMS, FactKind.TEXT):
        return PlainTextField(max_length=TERMS_MAX, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)
    limit = CODE_MAX if kind == FactKind.CODE else TEXT_MAX
    return SingleLineField(max_length=limit, **kwargs)


_READ: dict[str, Callable[[dict[str, str]], Any]] = {
    FactKind.PRICE: lambda value: Decimal(value["amount"]),
    FactKind.DISCOUNT: lambda value: Decimal(value["percent"]),
    FactKind.DATE: lambda value: value["date"],
}


# What the second label is called, and whom it is for.
_OTHER_LABEL = {
    "de": (gettext_lazy("Label in German"), gettext_lazy("How staff in German-speaking regions read it.")),
    "en": (gettext_lazy("Label in English"), gettext_lazy("How staff in English-speaking regions read it.")),
}


def label_languages(dossier: Dossier) -> tuple[str, str]:
    """The language in which a campaign's facts are labelled, and the other one."""
    own = dossier.core.language if dossier.core else formats.language()
    return (Language.EN, Language.DE) if own == Language.EN else (Language.DE, Language.EN)


class FactForm(VersionedFormMixin, forms.ModelForm):
    """A fact with its value everywhere and, where it differs, by region. `kind` is chosen before."""

    class Meta:
        model = Fact
        fields = ["label", "key"]
        formfield_callback = house_field

    def __init__(self, *args: Any, dossier: Dossier, kind: str, **kwargs: Any) -> None:
        self.dossier, self.kind = dossier, kind
        self.places: dict[str, int | None] = {EVERYWHERE: None}
        super().__init__(*args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        """What a comparison form needs."""
        return {"dossier": self.dossier, "kind": self.kind}

    def _hashes(self) -> str:
        # The mixin hashes initial values while it is set up; by then the value fields must be there.
        self._add_values()
        return super()._hashes()

    def _add_values(self) -> None:
        if self.instance.pk:
            del self.fields["key"]
        else:
            self.fields["key"].help_text = _("Texts insert the fact as {{token}}. Letters, digits, - and _.")
        self._add_other_label()
        stored = self._stored()
        self.currency = stored.get(None, {}).get("currency") or self._usual_currency()
        self._add(EVERYWHERE, _("Everywhere"), self.currency, stored.get(None))
        for row in self.dossier.regions:
            name = f"region-{row.region_id}"
            self.places[name] = row.region_id
            own = stored.get(row.region_id)
            currency = own.get("currency", "") if own else ""
            if currency and currency not in row.region.currencies:
                own = None  # an amount of another currency, to be given anew
            label = _("%(region)s, if different") % {"region": row.region}
            if self._is_foreign(row.region):
                label = _("%(region)s, in its own currency") % {"region": row.region}
            self._add(name, label, currency if own and currency else row.region.currency, own)
        names = [name for name in ("label", "label_other", "key") if name in self.fields]
        self.helper = FormHelper(
            Section(_("The fact"), *names, help_text=_("What it is called here and in briefings.")),
            Section(
                _("Its value"),
                *self.places,
                columns=2,
                help_text=_("A region without a value of its own uses the one for everywhere."),
            ),
        )

    def _add_other_label(self) -> None:
        # What has a second label keeps its language, even if the core message is in another one by now.
        self.other = next(iter(self.instance.labels), label_languages(self.dossier)[1])
        label, help_text = _OTHER_LABEL[self.other]
        field = SingleLineField(label=label, help_text=help_text, required=False, max_length=LABEL_MAX)
        field.widget.attrs["lang"] = self.other
        self.fields["label_other"] = field
        self.initial["label_other"] = self.instance.labels.get(self.other, "")

    def _is_foreign(self, region: Region) -> bool:
        """True if customers of the region cannot be given the price that holds everywhere."""
        return self.kind == FactKind.PRICE and self.currency not in region.currencies

    def _stored(self) -> dict[int | None, dict[str, str]]:
        if not self.instance.pk:
            return {}
        return {value.region_id: value.value for value in self.instance.values.all()}

    def _usual_currency(self) -> str:
        # On a tie, that of the region which the campaign was planned for first.
        found = [row.region.currency for row in sorted(self.dossier.regions, key=lambda row: row.pk)]
        return max(found, key=found.count, default="EUR")

    def _add(self, name: str, label: str, currency: str, stored: dict[str, str] | None) -> None:
        if self.kind == FactKind.PRICE:
            field: forms.Field = MoneyField(currency=currency, label=label, required=False)
        elif self.kind == FactKind.DISCOUNT:
            field = PercentField(label=label, required=False)
        else:
            field = _value_field(self.kind, label=label, required=False)
        self.fields[name] = field
        if stored:
            self.initial[name] = _READ.get(self.kind, lambda value: value.get("text", ""))(stored)

    def clean(self) -> dict[str, Any]:
        """At least one value, here or there, and none in a currency that is foreign where it holds."""
        data = super().clean() or self.cleaned_data
        if data.get(EVERYWHERE) is not None:
            self._ask_own_prices()
        wrong = any(name in self.errors for name in self.places)
        if not wrong and not any(data.get(name) not in (None, "") for name in self.places):
            self.add_error(EVERYWHERE, _("Give it a value, at least for one region."))
        return data

    def _ask_own_prices(self) -> None:
        for row in self.dossier.regions:
            name = f"region-{row.region_id}"
            given = self.cleaned_data.get(name) is not None or name in self.errors
            if self._is_foreign(row.region) and not given:
                params = {"currency": row.region.currency, "other": self.currency}
                words = _("Prices here are in %(currency)s, the one for everywhere is in %(other)s.")
                self.add_error(name, words % params)

    def labels(self) -> dict[str, str]:
        """The labels in other languages, an empty one where it was taken away; only after `is_valid()`."""
        return self.instance.labels | {self.other: self.cleaned_data["label_other"]}

    def fact_values(self) -> dict[int | None, dict[str, str]]:
        """The entries as stored values by region id; only after `is_valid()`."""
        return {
            place: self._as_stored(name)
            for name, place in self.places.items()
            if self.cleaned_data.get(name) not in (None, "")
        }

    def _as_stored(self, name: str) -> dict[str, str]:
        value = self.cleaned_data[name]
        if self.kind == FactKind.PRICE:
            return {"amount": f"{value:.2f}", "currency": self.fields[name].widget.addon}
        if self.kind == FactKind.DISCOUNT:
            return {"percent": format(value.normalize(), "f")}
        if self.kind == FactKind.DATE:
            return {"date": value.isoformat()}
        return {"text": value}


class VariantForm(VersionedFormMixin, forms.ModelForm):
    """What a channel says in a region and language."""

    class Meta:
        model = Variant
        fields = ["headline", "body"]
        formfield_callback = house_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [part for name in self._own_fields() for part in (name, token_picker(name))]
        self.helper = FormHelper(Div(*rows, css_class="ek-fieldset__grid"))

    def _hashes(self) -> str:
        # The mixin compares the fields that are there: before it does, they are those of the channel.
        self._fit_channel()
        return super()._hashes()

    def _fit_channel(self) -> None:
        labels = self.instance.campaign_channel.channel.part_labels
        self.fields["body"] = PlainTextField(label=labels["body"], required=False, max_length=BODY_MAX)
        self.fields["body"].widget.attrs["rows"] = 9
        if "headline" in labels:
            self.fields["headline"].label = labels["headline"]
        elif self.instance.headline:
            self.fields["headline"].label = _("Headline")
            self.fields["headline"].help_text = _("This channel has none: move the words into the text.")
        else:
            del self.fields["headline"]


class DraftsForm(forms.Form):
    """For which channels, regions and languages drafts are made, and what they say at first."""

    places = forms.MultipleChoiceField(
        label=gettext_lazy("Make drafts for"), widget=forms.CheckboxSelectMultiple
    )
    source = forms.ChoiceField(label=gettext_lazy("They say at first"), required=False)

    def __init__(self, *args: Any, dossier: Dossier, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: list[Place] = missing(dossier)
        self.fields["places"].choices = [(place.key, place_name(place)) for place in found]
        self.initial["places"] = [place.key for place in found]
        first = _("what the channel says elsewhere, else the core message")
        self.fields["source"].choices = [("", first), *((str(key), name) for key, name in names.items())]
        self.helper = FormHelper(Div("places", "source", css_class="ek-fieldset__grid"))


def place_name(place: Place) -> str:
    """`SMS · Germany`, with the language when it isn't the region's own."""
    region = place.region.region
    name = f"{place.channel.channel} · {region}"
    return name if place.language == region.language else f"{name} · {place.language}"
