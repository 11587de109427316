"""Who hears of a budget's rounds, and in what words."""

from decimal import Decimal

import pytest

from accounts.enums import Role
from accounts.models import RoleGrant
from campaigns.models import ApprovalLimit
from campaigns.services import budget as service
from core.models import OutgoingMail
from tests.factories import CampaignFactory, UserFactory

pytestmark = pytest.mark.django_db


def manager(name, limit=None):
    user = UserFactory(first_name=name, last_name="Moser", language="en")
    RoleGrant.objects.create(user=user, role=Role.MANAGER)
    if limit:
        ApprovalLimit.objects.create(user=user, currency="EUR", amount=limit)
    return user


def news():
    """Who was told what since the last time, by first name."""
    found = OutgoingMail.objects.order_by("pk").select_related("recipient")
    told = [(mail.recipient.first_name, mail.subject.rpartition("] ")[2]) for mail in found]
    found.delete()
    return told


def test_a_proposal_goes_to_those_who_may_approve_it_and_each_answer_to_whom_it_concerns():
    owner = UserFactory(first_name="Jana", last_name="Berg", language="en")
    RoleGrant.objects.create(user=owner, role=Role.MARKETER)
    anna, _ben = manager("Anna"), manager("Ben", Decimal(500))
    campaign = CampaignFactory(owner=owner, name="Snow & <Ice>")
    budget = service.open_budget(campaign=campaign, by=owner, currency="EUR", proposed=Decimal(0))
    assert news() == []

    service.propose(budget=budget, amount=Decimal(1000), reason="Print is dearer", by=owner)
    mail = OutgoingMail.objects.get()
    assert "Jana Berg proposes €1,000 for “Snow & <Ice>”." in mail.text
    assert "Jana Berg proposes €1,000 for “Snow &amp; &lt;Ice&gt;”." in mail.html
    assert "Print is dearer" in mail.text
    assert news() == [("Anna", "Decide on the budget: Snow & <Ice>")]

    service.counter(budget=budget, amount=Decimal(800), reason="Less print", by=anna)
    assert news() == [("Jana", "Answer the counter-proposal: Snow & <Ice>")]
    service.accept(budget=budget, by=owner)
    assert news() == [("Anna", "Counter-proposal accepted: Snow & <Ice>")]

    service.propose(budget=budget, amount=Decimal(400), reason="", by=owner)
    assert sorted(news()) == [(name, "Decide on the budget: Snow & <Ice>") for name in ("Anna", "Ben")]
    service.reject(budget=budget, reason="Why less?", by=anna)
    assert news() == [("Jana", "Budget rejected: Snow & <Ice>")]
    service.propose(budget=budget, amount=Decimal(900), reason="", by=owner)
    news()
    service.approve(budget=budget, by=anna)
    assert news() == [("Jana", "Budget approved: Snow & <Ice>")]
