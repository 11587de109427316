from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, FormHelper, MoneyField, PlainTextField, Section, SingleLineField
from core.forms.versioned import Change, Conflict
from core.registry import HomeItem
from core.ui import Look, ToneChoices


class Weather(ToneChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", "In review"
    LIVE = "live", "Live"
    OLD = "old", "Out of date"
    WRONG = "wrong", "Wrong"

    __tones__ = {
        "draft": Look("neutral", "pencil"),
        "review": Look("move", "eye"),
        "live": Look("good", "broadcast", solid=True),
        "old": Look("care", "arrow-repeat"),
        "wrong": Look("stop", "x-lg"),
    }


class PlanForm(forms.Form):
    name = SingleLineField(label="Name", max_length=60)
    goal = forms.ChoiceField(
        label="Goal", choices=[("", "–"), ("1", "Grow outdoor sales")], help_text="Exactly one main goal."
    )
    starts_on = DateField(label="Begin")
    ends_on = DateField(label="End")
    regions = forms.MultipleChoiceField(
        label="Regions", choices=[("DE", "Germany"), ("AT", "Austria")], widget=forms.CheckboxSelectMultiple
    )
    budget = MoneyField(label="Budget", currency="EUR", help_text="Round 3")
    note = PlainTextField(label="Note", required=False)
    agreed = forms.BooleanField(label="Agreed with the service", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(
            Section("What it is about", "name", "goal", help_text="Shown wherever the campaign appears."),
            Section("Period", "starts_on", "ends_on", "regions", columns=2),
            Section("Budget", "budget", "note", "agreed"),
        )


class Jo:
    pk = 2
    email = "jo@firm.example"

    def __str__(self):
        return "Jo Brandt"


JO = Jo()


def context(request):
    now = timezone.now()
    wrong = PlanForm({"starts_on": "soon", "budget": "-5", "ends_on": "2026-09-30"})
    if request.method == "POST":
        wrong = PlanForm(request.POST)
    elif "draft" in request.GET:
        wrong = PlanForm()
    changes = [
        Change("name", "id_name", "Name", "Autumn", "Fall", True),
        Change("note", "id_note", "Note", "Call first", "", False),
    ]
    return {
        "form": wrong,
        "states": list(Weather),
        "item": HomeItem("Check the UK text", "At home outdoors", "#x", "Look", "translate", "move", now),
        "late": HomeItem(
            "Agree",
            "Decision 41",
            "#y",
            "Agree",
            "clipboard-check",
            "stop",
            now - timedelta(days=2),
            "/post/",
            "7",
        ),
        "segments": [("spent", 16.1), ("comm", 58.8), ("plan", 20.1), ("left", 5), ("mark", 95)],
        "jo": JO,
        "amount": Decimal("1234.5"),
        "soon": now + timedelta(hours=30),
        "day": date(2026, 10, 31),
        "start": date(2026, 9, 21),
        "entries": [SimpleNamespace(actor=JO, text="changed the price", at=now)],
        "conflict": None if "draft" in request.GET else Conflict(JO, now, changes),
        "channel": SimpleNamespace(icon="envelope"),
        "trail": [("/", "Campaigns"), ("/c/", "At home outdoors")],
        "pages": [
            {"number": 1, "url": "?p=1"},
            {"number": 2, "url": ""},
            {"number": 0},
            {"number": 9, "url": "?p=9"},
        ],
        "steps": [
            {"url": "#1", "number": 1, "word": "clear", "done": True},
            {"url": "#2", "number": 2, "word": "unclear", "ask": True},
            {"url": "#3", "number": 3, "word": "open"},
        ],
        "paths": [{"url": "#t", "icon": "lightbulb", "title": "From a theme", "text": "4 themes"}],
    }


@login_not_required
def gallery(request):
    return render(request, "gallery.html", context(request))


@login_not_required
def saved(request):
    """A form that, once sent, leads on to another page, as one that was saved does."""
    return redirect("gallery") if request.method == "POST" else gallery(request)


def needs_sign_in(request):
    return render(request, "gallery.html", context(request))
