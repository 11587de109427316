"""A small campaign with a message, for the tests of message, versions and content."""

from dataclasses import dataclass

from accounts.enums import Role
from campaigns.models import Campaign, CampaignChannel, CoreMessage, Fact, FactValue, Variant
from tests.factories import (
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    RegionFactory,
    UserFactory,
    marketer,
)

EUR_159 = {"amount": "159.00", "currency": "EUR"}
EUR_149 = {"amount": "149.00", "currency": "EUR"}
CHF_179 = {"amount": "179.00", "currency": "CHF"}


@dataclass
class Message:
    """Everything a test wants to name."""

    campaign: Campaign
    core: CoreMessage
    price: Fact
    sms: CampaignChannel
    mail: CampaignChannel
    expert: object
    owner: object

    def region(self, code):
        return self.campaign.regions.get(region__code=code)

    def variant(self, code, channel=None, language="de", **fields):
        """A variant as it stands before anybody confirmed it."""
        return Variant.objects.create(
            campaign=self.campaign,
            campaign_channel=channel or self.sms,
            campaign_region=self.region(code),
            language=language,
            **{"headline": "", "body": "Jetzt {{price}}"} | fields,
        )


def make_fact(campaign, key="price", kind="price", label="Preis", **values):
    """A fact; `default=` and region codes (`CH=`) are its values."""
    fact = Fact.objects.create(campaign=campaign, key=key, kind=kind, label=label)
    for code, value in values.items():
        region = None if code == "default" else RegionFactory(code=code)
        FactValue.objects.create(fact=fact, region=region, value=value)
    return fact


def make_message(**campaign):
    """DE and CH (CHF), UK (English, GBP); SMS and e-mail with one expert; price 159 €, in CH 179 CHF."""
    de = RegionFactory(code="DE", name_de="Deutschland", name_en="Germany")
    ch = RegionFactory(
        code="CH",
        country="CH",
        currency="CHF",
        timezone="Europe/Zurich",
        name_de="Schweiz",
        name_en="Switzerland",
    )
    uk = RegionFactory(
        code="UK", country="GB", currency="GBP", timezone="Europe/London", language="en",
        name_de="Großbritannien", name_en="United Kingdom",
    )  # fmt: skip
    made = CampaignFactory(in_regions=[de, ch, uk], **({"owner": marketer()} | campaign))
    expert = UserFactory(roles=[Role.EXPERT], first_name="Tobias", last_name="Brandt")
    sms = ChannelFactory(
        code="sms", icon="chat-dots", preview="sms", parts="text", position=2, name_de="SMS", name_en="SMS"
    )
    mail = ChannelFactory(
        code="email", preview="mail", parts="subject", position=1, name_de="E-Mail", name_en="E-mail"
    )
    core = CoreMessage.objects.create(
        campaign=made,
        claim="Draußen fängt hinter der Haustür an.",
        promise="Eine Jacke für jedes Wetter, jetzt {{price}}.",
        proof="4,7 Sterne",
        call_to_action="60 Tage testen",
        tone="nah, ruhig",
    )
    return Message(
        campaign=made,
        core=core,
        price=make_fact(made, default=EUR_159, CH=CHF_179),
        sms=CampaignChannelFactory(campaign=made, channel=sms, expert=expert),
        mail=CampaignChannelFactory(campaign=made, channel=mail, expert=expert),
        expert=expert,
        owner=made.owner,
    )
