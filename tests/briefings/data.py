"""A campaign whose staff are to be briefed, by the shortest way that the database allows."""

from datetime import UTC, datetime

from django.utils import timezone

from accounts.enums import Audience, Role
from accounts.models import TeamMember
from briefings.models import Briefing, BriefingQuestion
from briefings.services.confirming import confirm
from briefings.services.publishing import publish
from campaigns.models import CoreMessage, Fact, FactValue, Variant
from tests.factories import CampaignChannelFactory, ChannelFactory, TeamFactory, UserFactory
from tests.factories.lifecycle import draft, fix_release

TEXTS = {
    "title": "Jacket: what you need to know",
    "offer": "The jacket for {{price}}, worn returns within 60 days",
    "say": "- Only {{price}}\n- Sixty days to return it",
    "dont_say": "Nothing about sizes coming back",
    "contact": "Jana Bergmann · +49 341 214",
}


def coming(*codes, **kwargs):
    """An approved campaign with a claim, a price and an e-mail variant; its release is fixed."""
    campaign = draft(*codes, **kwargs)
    CoreMessage.objects.create(campaign=campaign, claim="Dry for {{price}}", promise="Stays dry")
    set_price(campaign, "159.00")
    channel = ChannelFactory(code="email", name_en="E-mail", name_de="E-Mail")
    row = CampaignChannelFactory(campaign=campaign, channel=channel)
    for region in campaign.regions.select_related("region"):
        Variant.objects.create(
            campaign=campaign,
            campaign_channel=row,
            campaign_region=region,
            language=region.region.language,
            headline="For {{price}}",
            body="Now",
        )
    fix_release(campaign)
    campaign.refresh_from_db()
    return campaign


def set_price(campaign, amount):
    """The fact {{price}}; a release fixed before keeps its own."""
    fact, _new = Fact.objects.get_or_create(
        campaign=campaign, key="price", defaults={"kind": "price", "label": "Price"}
    )
    value = {"amount": amount, "currency": "EUR"}
    FactValue.objects.update_or_create(fact=fact, region=None, defaults={"value": value})


def region_in(campaign, code="AT"):
    return campaign.regions.select_related("region", "campaign").get(region__code=code)


def staff(region, count=2, audience=Audience.SERVICE, **kwargs):
    """A team of `count` people that serves a campaign's region."""
    people = [UserFactory(roles=[Role.STAFF], **kwargs) for _ in range(count)]
    team = TeamFactory(audience=audience, in_regions=[region.region], with_members=people)
    return team, people


def written(region, *, audience=Audience.SERVICE, language="de", questions=(), **texts):
    """A draft that says something."""
    briefing = Briefing.objects.create(
        campaign=region.campaign,
        campaign_region=region,
        audience=audience,
        language=language,
        author=region.campaign.owner,
        **TEXTS | texts,
    )
    for question, answer in questions:
        BriefingQuestion.objects.create(briefing=briefing, question=question, answer=answer)
    return briefing


def put_out(briefing, **how):
    """Publish the draft as it is now."""
    briefing = Briefing.objects.get(pk=briefing.pk)
    return publish(briefing=briefing, by=briefing.campaign.owner, expected=briefing.version, **how)


def rewrite(briefing, **texts):
    """Change the draft past its form."""
    Briefing.objects.filter(pk=briefing.pk).update(**texts)
    briefing.refresh_from_db()
    return briefing


def confirmed_by(version, *people):
    for person in people:
        confirm(version=version, user=person)


def leave(team, person):
    """Take somebody out of a team past the services, as an import or a shell would."""
    TeamMember.objects.filter(team=team, user=person).delete()


_HAND = {"claim_token": "0" * 32, "lease_until": datetime(2030, 1, 1, tzinfo=UTC)}
_FREE = {"claim_token": None, "lease_until": None}
_WAYS = {"failed": ["claimed"], "uncertain": ["claimed", "transmitting"], "sent": ["claimed", "transmitting"]}


def bring(deliveries, state):
    """Bring mails to a state along the edges that the database allows."""
    for step in _WAYS[state]:
        deliveries.update(state=step, **_HAND)
    deliveries.update(state=state, sent_at=timezone.now() if state == "sent" else None, **_FREE)
