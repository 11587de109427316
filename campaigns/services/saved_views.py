"""Views of the calendar that people keep and share."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models import SavedView

MOST_VIEWS = 50


def save_view(*, by: User, name: str, page: str, query: str, shared: bool = False) -> SavedView:
    """Keep a view; one of the same name on the same page is replaced. ValidationError beyond MOST_VIEWS."""
    if by.saved_views.count() >= MOST_VIEWS and not by.saved_views.filter(page=page, name=name).exists():
        words = _("At most %(most)s views are possible. Delete one that nobody needs.")
        raise ValidationError({"name": words % {"most": MOST_VIEWS}})
    found, _made = SavedView.objects.update_or_create(
        owner=by, page=page, name=name, defaults={"query": query, "shared": shared}
    )
    return found


def change_view(*, view: SavedView, by: User, name: str, shared: bool) -> SavedView:
    """Rename or share one's own view; PermissionDenied for others', ValidationError for a taken name."""
    if view.owner_id != by.pk:
        raise PermissionDenied
    view.name, view.shared = name, shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "shared"])
    except IntegrityError as error:
        raise ValidationError({"name": _("You already have a view of this name.")}) from error
    return view


def delete_view(*, view: SavedView, by: User) -> None:
    """Delete one's own view; PermissionDenied for others'."""
    if view.owner_id != by.pk:
        raise PermissionDenied
    view.delete()
