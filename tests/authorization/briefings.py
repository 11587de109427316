"""Builders: briefings, for authors by region, for readers by inbox."""

from accounts.enums import Role
from briefings.models import BriefingTemplate
from briefings.services.keeping import keep_all
from tests.authorization.objects import Place, Target, builds, plain
from tests.authorization.people import team_in
from tests.briefings.data import bring, coming, put_out, region_in, staff, written
from tests.factories import TeamFactory

plain("briefings:inbox", "briefings:training")


def briefed(place: Place):
    """A published briefing of a campaign in the place's region, and its version."""
    campaign = coming(place.region.code)
    region = region_in(campaign, place.region.code)
    staff(region, 1)
    briefing = written(region, language=place.region.language)
    return briefing, put_out(briefing)


@builds("briefings:campaign")
def tab(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].campaign_id})


@builds("briefings:draft")
def draft(place: Place) -> Target:
    briefing, _version = briefed(place)
    data = {"region": briefing.campaign_region_id, "audience": "sales", "language": "de"}
    return Target({"pk": briefing.campaign_id}, data)


@builds("briefings:edit")
def edit(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].pk}, post=422, forbidden=(Role.EXPERT,))


@builds("briefings:publish")
def publish(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].pk}, post=422, forbidden=(Role.EXPERT,))


@builds("briefings:start")
def start(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].pk}, forbidden=(Role.EXPERT,))


@builds("briefings:take")
def take(place: Place) -> Target:
    kwargs = {"pk": briefed(place)[0].pk, "ref": "campaign"}
    return Target(kwargs, post=409, forbidden=(Role.EXPERT,))


plain("briefings:templates")
plain("briefings:template_new", post=422, forbidden=(Role.EXPERT,))


def template(place: Place) -> BriefingTemplate:
    """Of the whole company, whoever wrote it."""
    return BriefingTemplate.objects.create(name="Spring", title="Spring", language="de", author=place.user)


@builds("briefings:template_edit")
def template_edit(place: Place) -> Target:
    return Target({"pk": template(place).pk}, post=422, foreign=None, forbidden=(Role.EXPERT,))


@builds("briefings:template_delete")
def template_delete(place: Place) -> Target:
    made = template(place)
    return Target({"pk": made.pk}, {"version": str(made.version)}, foreign=None)


@builds("briefings:preview")
def preview(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].pk}, post=204)


@builds("briefings:remind")
def remind(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].pk})


@builds("briefings:versions")
def versions(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].pk}, forbidden=(Role.EXPERT,))


@builds("briefings:version", "briefings:deliveries")
def version(place: Place) -> Target:
    return Target({"pk": briefed(place)[0].pk, "number": 1}, forbidden=(Role.EXPERT,))


@builds("briefings:decide")
def decide(place: Place) -> Target:
    _briefing, version = briefed(place)
    bring(version.deliveries, "failed")
    return Target({"pk": version.deliveries.get().pk}, {"decision": "again", "reason": "New address"})


@builds("briefings:read", "briefings:confirm", "briefings:refresh")
def mine(place: Place) -> Target:
    """In the person's inbox, if it is his."""
    briefing, _version = briefed(place)
    if place.mine:
        TeamFactory(in_regions=[place.region], with_members=[place.user])
        keep_all()
    return Target({"pk": briefing.pk}, {"version": "1"})


@builds("briefings:check")
def check(place: Place) -> Target:
    """As confirming; nothing was chosen."""
    found = mine(place)
    return Target(found.kwargs, found.data, post=422)


@builds("briefings:training_team", "briefings:training_rhythm")
def training(place: Place) -> Target:
    team, _member = team_in(place)
    return Target({"pk": team.pk}, {"every_days": "30"})


@builds("briefings:training_export")
def training_export(place: Place) -> Target:
    team, _member = team_in(place)
    return Target({"pk": team.pk, "kind": "csv"})


@builds("briefings:team_status")
def led(place: Place) -> Target:
    """A serving team that the person leads, if it is his."""
    briefing, _version = briefed(place)
    if place.mine:
        TeamFactory(in_regions=[place.region], lead=place.user)
    return Target({"pk": briefing.pk})
