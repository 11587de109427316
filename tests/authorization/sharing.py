"""Builders: the plan as a document, and links for people outside."""

from datetime import timedelta

from django.utils import timezone

from accounts.enums import Role
from campaigns.models import Campaign, SavedView, ShareLink
from campaigns.services.share_links import share_plan, share_view
from tests.authorization.objects import Place, Target, builds
from tests.authorization.planning import campaign_in, template_of
from tests.factories import marketer

# Neither the owner nor a manager of its regions.
NOT_SHARING = (Role.MARKETER, Role.ADMIN)


def link_to(campaign: Campaign) -> tuple[ShareLink, str]:
    day = timezone.localdate() + timedelta(days=3)
    return share_plan(campaign=campaign, by=campaign.owner, label="Agency", until=day, parts=["schedule"])


@builds("campaigns:document", "campaigns:document_pdf")
def document(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk})


@builds("campaigns:links")
def links(place: Place) -> Target:
    """Sent empty: refused."""
    return Target({"pk": campaign_in(place).pk}, post=422, forbidden=NOT_SHARING)


@builds("campaigns:link_revoke")
def link_revoke(place: Place) -> Target:
    link, _token = link_to(campaign_in(place))
    return Target({"pk": link.campaign_id, "link_pk": link.pk}, forbidden=NOT_SHARING)


def view_in(place: Place) -> SavedView:
    return SavedView.objects.create(
        owner=place.user if place.mine else marketer(), name="Mine", page="timeline"
    )


@builds("calendar_view_links")
def view_links(place: Place) -> Target:
    """Sent empty: refused."""
    return Target({"pk": view_in(place).pk}, post=422)


@builds("calendar_view_link_revoke")
def view_link_revoke(place: Place) -> Target:
    view = view_in(place)
    link = ShareLink.objects.create(
        token_hash=f"view {view.pk}",
        view=view,
        by=view.owner,
        label="Printer",
        expires_at=timezone.now() + timedelta(days=3),
    )
    return Target({"pk": view.pk, "link_pk": link.pk})


@builds("shared")
def shared(place: Place) -> Target:
    _link, token = link_to(campaign_in(place))
    return Target({"token": token}, foreign=None, nobody=(200, 405))


@builds("shared_pdf")
def shared_pdf(place: Place) -> Target:
    view = SavedView.objects.create(owner=marketer(), name="Theirs", page="calendar")
    day = timezone.localdate() + timedelta(days=3)
    _link, token = share_view(view=view, by=view.owner, label="Printer", until=day)
    return Target({"token": token}, foreign=None, nobody=(200, 405))


@builds("campaigns:template_edit")
def template_edit(place: Place) -> Target:
    """Sent empty: its form again."""
    return Target({"template_pk": template_of(place.user).pk}, post=200, foreign=None)
