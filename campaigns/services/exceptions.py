"""What a manager may decide about the gate, with a reason that stays: an exception, the agreed share."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.enums import DecisionKind, Running
from campaigns.models import Campaign, CampaignRegion, Decision
from campaigns.permissions import is_other_manager, may_waive
from campaigns.services.dossier import Dossier
from campaigns.services.launch import gate
from campaigns.services.transitions import CLOSED, NotAllowed, TransitionRefused, lock_campaign, lock_region
from core import formats
from core.audit import record


@transaction.atomic
def waive(*, region: CampaignRegion | int, by: User, why: str) -> Decision:
    """Let the region start with its present release although the agreed share has not confirmed.

    Only a manager of the region who is not the owner, only with a reason, and only for lines that say they
    can be waived; all others go on blocking. Asked again, it gives the exception that stands.
    """
    region = lock_region(region)
    campaign = region.campaign
    if not may_waive(by, region):
        raise NotAllowed(_("Only a manager of this region who is not the owner can make an exception."))
    if not why.strip():
        raise TransitionRefused(_("Say why the region may start without the agreed confirmations."))
    if campaign.release is None or campaign.state in CLOSED or region.running == Running.FINISHED:
        raise TransitionRefused(_("There is nothing here that could start."))
    found = gate(Dossier(campaign), region)
    if found.exception:
        return found.exception
    waived = [line for line in found.lines if line.is_open and line.waivable]
    if not waived:
        raise TransitionRefused(_("No confirmations are missing here, so no exception is needed."))
    params = {"region": region.region, "number": campaign.release.number}
    decision = Decision.objects.create(
        campaign=campaign,
        kind=DecisionKind.GATE_EXCEPTION,
        what=_("%(region)s may start with release %(number)s before the agreed share has confirmed.")
        % params,
        why=why.strip(),
        release=campaign.release,
        campaign_region=region,
        by=by,
    )
    open_keys = [line.key for line in waived]
    record(
        by=by,
        verb="gate.waived",
        scope=campaign,
        subject=decision,
        region=region.region.code,
        number=campaign.release.number,
        lines=open_keys,
    )
    return decision


@transaction.atomic
def set_confirm_share(*, campaign: Campaign, by: User, share: Decimal, why: str) -> Campaign:
    """Agree another share of confirmations (percent, 0 to 100), by a manager who is not the owner."""
    campaign = lock_campaign(campaign)
    if not is_other_manager(by, campaign):
        raise NotAllowed(_("Only a manager of all its regions who is not the owner can do this."))
    if campaign.state in CLOSED:
        raise TransitionRefused(_("The campaign is closed."))
    if not why.strip():
        raise TransitionRefused(_("Say why another share is agreed."))
    if not 0 <= share <= 100:
        raise TransitionRefused(_("The share is a percentage from 0 to 100."))
    if share == campaign.confirm_share:
        return campaign
    old, campaign.confirm_share = campaign.confirm_share, share
    params = {"old": formats.percent(old, 2), "new": formats.percent(share, 2)}
    what = _("The agreed share of confirmations goes from %(old)s to %(new)s.") % params
    campaign.save(update_fields=["confirm_share"])
    Decision.objects.create(
        campaign=campaign, kind=DecisionKind.CONFIRMED_SHARE, what=what, why=why.strip(), by=by
    )
    record(by=by, verb="campaign.share_agreed", scope=campaign, old=str(old), new=str(share))
    return campaign
