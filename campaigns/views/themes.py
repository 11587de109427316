"""The board of themes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import ThemeState
from campaigns.forms.strategy import CommentForm, MoveForm, ThemeForm
from campaigns.models import Campaign, Theme, ThemeVote
from campaigns.services import themes as service
from campaigns.views.strategy import save
from core.concurrency import StaleVersion

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT = 409
# Cards that a column shows before one asks for all.
SHOWN = 40


@dataclass(frozen=True)
class Column:
    """A column with the cards that are shown; `total` counts all."""

    state: ThemeState
    cards: list[Theme]
    total: int

    @property
    def more(self) -> int:
        """Cards that are not shown."""
        return self.total - len(self.cards)


def with_all(user: User) -> QuerySet[Theme]:
    """Themes with what a card shows: votes, comments, whether the person voted, its campaigns."""
    votes = ThemeVote.objects.filter(theme=OuterRef("pk"), by=user)
    campaigns = Campaign.objects.visible_to(user).order_by("-starts_on", "-pk")
    found = Theme.objects.select_related("by").annotate(
        for_it=Count("votes", distinct=True), said=Count("comments", distinct=True), mine=Exists(votes)
    )
    return found.prefetch_related(Prefetch("campaigns", campaigns, to_attr="seen_campaigns"))


def columns(user: User, whole: str = "") -> list[Column]:
    """All columns; `whole` is one of them that is shown with all its cards."""
    rows = list(with_all(user).order_by("position", "pk"))
    found = []
    for state in ThemeState:
        cards = [row for row in rows if row.state == state]
        found.append(Column(state, cards if whole == state else cards[:SHOWN], len(cards)))
    return found


def _board_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "columns": columns(request.user, request.GET.get("all", "")),
        "states": list(ThemeState),
        "may_edit": can(request.user, "theme.edit"),
    }


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """All themes in their columns."""
    return render(request, "campaigns/themes/board.html", _board_context(request))


@GET_POST
def theme_create(request: HttpRequest) -> HttpResponse:
    """A new idea."""
    form = ThemeForm(request.POST or None, instance=Theme())
    if (
        request.method == "POST"
        and form.is_valid()
        and not save(form, lambda _seen: service.add_theme(by=request.user, values=form.values))
    ):
        messages.success(request, _("The idea is on the board."))
        return redirect("themes:board")
    return render(request, "campaigns/themes/form.html", {"form": form, "theme": None})


@GET_POST
def theme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change title and description."""
    theme = get_object_or_404(Theme, pk=pk)
    form = ThemeForm(request.POST or None, instance=theme)
    status = 200
    if request.method == "POST" and form.is_valid():
        fresh = Theme.objects.get(pk=pk)
        status = save(
            form,
            lambda expected: service.save_theme(
                theme=fresh, by=request.user, values=form.values, expected=expected
            ),
        )
        if not status:
            messages.success(request, _("The theme is saved."))
            return redirect("themes:detail", pk)
    return render(request, "campaigns/themes/form.html", {"form": form, "theme": theme}, status=status)


@GET_POST
def theme_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A theme with what was said about it; a POST adds a comment."""
    theme = get_object_or_404(with_all(request.user), pk=pk)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        service.comment(theme=theme, by=request.user, text=form.cleaned_data["text"])
        messages.success(request, _("Your comment is added."))
        return redirect(theme)
    return _theme_page(request, theme, comment=form)


def _theme_page(request: HttpRequest, theme: Theme, status: int = 200, **tried: Any) -> HttpResponse:
    wanted = request.GET.get("state", "")
    state = wanted if wanted in ThemeState.values else theme.state
    begin = {"state": state, "version": theme.version, "reason": theme.reason}
    context = {
        "theme": theme,
        "comments": list(theme.comments.select_related("by")),
        "voters": list(theme.votes.select_related("by").order_by("pk")),
        "form": tried.get("comment") or CommentForm(),
        "move": tried.get("move") or MoveForm(initial=begin),
        "may_edit": can(request.user, "theme.edit"),
        "may_create": can(request.user, "campaign.create"),
    }
    return render(request, "campaigns/themes/detail.html", context, status=status)


@require_POST
def theme_vote(request: HttpRequest, pk: int) -> HttpResponse:
    """For it, or not any more."""
    theme = get_object_or_404(Theme, pk=pk)
    service.vote(theme=theme, by=request.user, wanted=request.POST.get("vote") == "1")
    if request.POST.get("on") == "page":
        return redirect(theme)
    return redirect(f"{reverse('themes:board')}#theme-{theme.pk}")


@require_POST
def theme_move(request: HttpRequest, pk: int) -> HttpResponse:
    """To another column or place; answers the board's script in JSON, everybody else with a page."""
    theme = get_object_or_404(with_all(request.user), pk=pk)
    form = MoveForm(request.POST)
    status, words = 200, ""
    if form.is_valid():
        try:
            moved = service.move_theme(theme=theme, by=request.user, expected=_seen(form), **_place(form))
            said = {"title": moved.title, "column": moved.get_state_display()}
            words = _("“%(title)s” stands under “%(column)s”.") % said
        except StaleVersion:
            status = CONFLICT
            words = _("Somebody moved or changed this theme meanwhile. The board is up to date again.")
        except ValidationError as error:
            for name, said in error.message_dict.items():
                form.add_error(name, said)
    if form.errors:
        status, words = 422, " ".join(word for found in form.errors.values() for word in found)
    if "application/json" in request.headers.get("Accept", ""):
        html = render_to_string("campaigns/themes/columns.html", _board_context(request), request)
        return JsonResponse({"html": html, "words": words, "fields": list(form.errors)}, status=status)
    if status == 200:
        messages.success(request, words)
        return redirect("themes:board")
    if status == CONFLICT:
        form.add_error(None, words)
        form.data = form.data.copy()
        form.data["version"] = str(Theme.objects.get(pk=pk).version)
    return _theme_page(request, get_object_or_404(with_all(request.user), pk=pk), status, move=form)


def _seen(form: MoveForm) -> int:
    return form.cleaned_data["version"]


def _place(form: MoveForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("state", "before", "reason")}
