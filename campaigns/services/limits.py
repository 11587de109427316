"""Up to how much a manager may approve. Without any limit of his own he may approve everything."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import RoleGrant, User
from campaigns.models import ApprovalLimit, Budget
from campaigns.services.plan_data import ZERO
from core import audit, formats

SHOWN = 5


def limit_of(user: User, currency: str) -> Decimal | None:
    """The person's limit in this currency: None without any limit, nothing if he has some, but not here."""
    limits = dict(user.approval_limits.values_list("currency", "amount"))
    return limits.get(currency, ZERO) if limits else None


def approvers(budget: Budget, amount: Decimal) -> QuerySet[User]:
    """Who may approve this amount: managers in one of the campaign's regions, not the owner, by name."""
    campaign = budget.campaign
    grants = RoleGrant.objects.filter(user=OuterRef("pk"), role=Role.MANAGER)
    regions = campaign.regions.values("region_id")
    here = Exists(grants.filter(Q(region__isnull=True) | Q(region__in=regions)))
    found = User.objects.here().filter(here).exclude(pk=campaign.owner_id)
    return found.filter(within_limit(budget.currency, amount)).order_by("first_name", "last_name", "pk")


def within_limit(currency: object, amount: object, user: object = None) -> Q:
    """Condition on people (or on rows, for `user`) whose limit bears the amount; both may be expressions."""
    limits = ApprovalLimit.objects.filter(user=OuterRef("pk") if user is None else user)
    return Q(~Exists(limits)) | Q(Exists(limits.filter(currency=currency, amount__gte=amount)))


def check_limit(budget: Budget, amount: Decimal, by: User) -> None:
    """ValidationError at "amount" if it is above the person's limit; it says who may."""
    words = above_limit(budget, amount, by)
    if words:
        raise ValidationError({"amount": [words]}, code="limit")


def above_limit(budget: Budget, amount: Decimal, by: User) -> str:
    """Why the person may not approve the amount, and who may; empty if he may."""
    limit = limit_of(by, budget.currency)
    if limit is None or amount <= limit:
        return ""
    names = [str(user) for user in approvers(budget, amount)[:SHOWN]]
    params = {"limit": formats.money(limit, budget.currency), "names": ", ".join(names)}
    if not names:
        return (
            _("You may approve up to %(limit)s. No manager's limit is enough; an admin can raise one.")
            % params
        )
    return _("You may approve up to %(limit)s. This amount can be approved by: %(names)s.") % params


@transaction.atomic
def lift_limit(*, limit: ApprovalLimit, by: User) -> None:
    """Take a limit away; without any a manager may approve everything. PermissionDenied but for admins."""
    if not by.rights.has(Role.ADMIN):
        raise PermissionDenied
    audit.record(by=by, verb="limit.lifted", scope=limit.user, subject=limit, name=str(limit))
    limit.delete()
