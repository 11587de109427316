"""Who opens the pages: people of the demo, who sign in with their password."""

from dataclasses import dataclass

from django.db.models import Count
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Region, RoleGrant, User
from bench.services import HOST
from briefings.models import InboxItem
from campaigns.enums import Running
from campaigns.models import Campaign
from dashboard.demo.people import PASSWORD

# A page of "my campaigns" is full at every size, so that sizes can be compared.
OWNED = 40
MANY = "@many.bergmann-soehne.example"


@dataclass(frozen=True)
class Reader:
    """A person with a session."""

    user: User
    cookie: str


def signed_in(user: User) -> Reader:
    """Sign in by the product's own form; RuntimeError if it refuses."""
    client = Client(HTTP_HOST=HOST)
    answer = client.post(
        reverse("account_login"),
        {"login": user.email, "password": PASSWORD},
        secure=True,
        REMOTE_ADDR="127.0.0.1",
    )
    if answer.status_code != 302 or "sessionid" not in client.cookies:
        raise RuntimeError(f"{user.email} could not sign in: {answer.status_code}")
    return Reader(user, "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))


def marketers() -> tuple[User, User]:
    """A marketer with rights everywhere and one of a single region, each with OWNED campaigns at least."""
    found = User.objects.filter(email__endswith=MANY, grants__role=Role.MARKETER).order_by("pk").distinct()
    everywhere, single = found[0], found[1]
    home = Region.objects.annotate(number=Count("campaign_regions")).order_by("-number", "pk")[0]
    RoleGrant.objects.filter(user=single).update(region=home)
    for place, user in enumerate((everywhere, single)):
        _give(user, place)
    return everywhere, User.objects.get(pk=single.pk)


def _give(user: User, place: int) -> None:
    """Let the person own campaigns of all times."""
    ids = list(Campaign.objects.order_by("starts_on", "pk").values_list("pk", flat=True))
    step = max(len(ids) // OWNED, 1)
    Campaign.objects.filter(pk__in=ids[place::step]).update(owner=user)


def front() -> tuple[User, int]:
    """Somebody who talks to customers, and his newest briefing of what is live."""
    live = InboxItem.objects.current().filter(version__briefing__campaign_region__running=Running.LIVE)
    item = live.select_related("user", "version").order_by("-version", "user").first()
    if item is None:
        raise RuntimeError("Nobody has a briefing of a live campaign.")
    return item.user, item.version.briefing_id
