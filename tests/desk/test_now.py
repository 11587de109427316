"""What is running now: who sees which offers, from which release, in which state, by which clock."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Region
from briefings.models import Briefing, InboxItem
from campaigns.enums import Preparation
from campaigns.models import Campaign, CampaignRegion
from campaigns.services import launch, lifecycle
from desk.offers import Stage, offers_for
from tests.briefings.data import coming, confirmed_by, put_out, region_in, set_price, staff, written
from tests.campaigns.lifecycle_data import launching
from tests.factories import RegionFactory, TeamFactory, UserFactory, manager, marketer
from tests.factories.lifecycle import at, draft, fix_release, manager_in, region_of, run_region

pytestmark = pytest.mark.django_db
NOW = "/now/"


def page(client, user, query=""):
    client.force_login(user)
    return client.get(NOW + query)


def seen(response):
    """Names of the offers by stage, empty stages left out."""
    groups = response.context["groups"]
    return {stage: [offer.name for offer in offers] for stage, offers in groups.items() if offers}


def html(response):
    return response.content.decode().replace("\xa0", " ")


# --- who ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.PARTNER])
def test_a_person_without_the_right_sees_nothing_of_it(client, live, role):
    outsider = UserFactory(roles=[role])
    assert page(client, outsider).status_code == 404
    assert client.get(reverse("desk:offer", args=[live.pk])).status_code == 404
    home = client.get("/").content.decode()
    assert NOW not in home


def test_staff_see_what_is_live_in_the_regions_that_their_teams_serve(client, live, murat):
    run_region(region_in(coming("DE", name="Elsewhere"), "DE"))
    assert seen(page(client, murat)) == {"live": ["Outdoors at home"]}


def test_a_team_that_was_dissolved_opens_nothing(client, live, murat):
    murat.teams.update(active=False)
    response = page(client, murat)
    assert seen(response) == {}
    assert "You serve no region yet" in html(response)
    assert client.get(reverse("desk:offer", args=[live.pk])).status_code == 404


def test_a_foreign_region_is_not_found(client, live, murat):
    region_of("DE")
    assert page(client, murat, "?region=DE").status_code == 404
    foreign = run_region(region_in(coming("DE", name="Elsewhere"), "DE"))
    assert client.get(reverse("desk:offer", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("desk:offer", args=[live.pk])).status_code == 200


@pytest.mark.parametrize("code", ["AT'", "at", "\x00", "9" * 300, "<b>"])
def test_a_made_up_region_is_not_found(client, live, murat, code):
    client.force_login(murat)
    assert client.get(NOW, {"region": code}).status_code == 404


def test_leads_and_deputies_see_what_their_teams_see(client, live):
    lead = UserFactory(roles=[Role.TEAM_LEAD])
    TeamFactory(in_regions=[live.region], lead=lead)
    assert seen(page(client, lead)) == {"live": ["Outdoors at home"]}


def test_planners_see_the_regions_of_their_roles(client, region):
    run_region(region)
    waiting = coming("DE", name="Elsewhere")
    assert seen(page(client, manager_in(region.region))) == {"live": ["Outdoors at home"]}
    everywhere = page(client, marketer(), "?region=all")
    assert seen(everywhere) == {"live": ["Outdoors at home"], "coming": [waiting.name]}


def test_several_regions_can_be_switched_and_seen_together(client, live, murat):
    other = run_region(region_in(coming("DE", name="Elsewhere"), "DE"))
    murat.teams.get().regions.add(other.region)
    murat.timezone = "Europe/Berlin"
    murat.save()
    assert seen(page(client, murat)) == {"live": ["Elsewhere"]}
    assert seen(page(client, murat, "?region=AT")) == {"live": ["Outdoors at home"]}
    response = page(client, murat, "?region=all")
    assert seen(response) == {"live": ["Elsewhere", "Outdoors at home"]}
    assert [chip for chip in ("?region=AT", "?region=DE", "?region=all") if chip not in html(response)] == []


# --- what is coming -------------------------------------------------------------------------------------


def test_what_is_coming_is_invisible_to_staff_until_their_briefing_is_published(client, region, murat):
    assert seen(page(client, murat)) == {}
    assert client.get(reverse("desk:offer", args=[region.pk])).status_code == 404
    put_out(written(region))
    response = page(client, murat)
    assert seen(response) == {"coming": ["Outdoors at home"]}
    assert "Do not mention yet" in html(response)
    offer = client.get(reverse("desk:offer", args=[region.pk]))
    assert offer.status_code == 200
    assert "Do not mention yet" in html(offer)


def test_a_briefing_for_another_audience_says_nothing_to_me(client, region, murat):
    staff(region, 1, audience="branch")
    put_out(written(region, audience="branch"))
    assert seen(page(client, murat)) == {}


def test_a_withdrawn_briefing_takes_the_coming_offer_away(client, region, murat, briefing):
    InboxItem.objects.filter(user=murat).update(withdrawn=True)
    assert seen(page(client, murat)) == {}


def test_staff_see_the_release_they_were_briefed_from_until_they_are_told_of_the_next(
    client, region, murat, briefing
):
    campaign = region.campaign
    Campaign.objects.filter(pk=campaign.pk).update(state=Preparation.DRAFT)
    set_price(campaign, "149.00")
    fix_release(campaign)
    assert "€159" in html(page(client, murat))
    assert "€149" in html(page(client, marketer(), "?region=AT"))
    put_out(Briefing.objects.get(pk=briefing.pk))
    assert "€149" in html(page(client, murat))


def test_a_release_that_was_given_up_is_not_coming_any_more(client, region, murat, briefing):
    Campaign.objects.filter(pk=region.campaign_id).update(state=Preparation.DRAFT, release=None)
    assert seen(page(client, murat)) == {}
    assert seen(page(client, marketer())) == {}


def test_a_cancelled_campaign_is_not_coming(client, region, murat, briefing):
    lifecycle.cancel(campaign=region.campaign, by=region.campaign.owner, reason="No jackets")
    assert seen(page(client, murat)) == {}


# --- releases, never drafts -----------------------------------------------------------------------------


def test_an_edited_draft_does_not_show(client, live, murat):
    Campaign.objects.filter(pk=live.campaign_id).update(state=Preparation.DRAFT, name="Secret new name")
    set_price(live.campaign, "99.00")
    CampaignRegion.objects.filter(pk=live.pk).update(starts_on="2026-12-01", ends_on="2026-12-24")
    response = page(client, murat)
    assert seen(response) == {"live": ["Outdoors at home"]}
    assert "€159" in html(response)
    assert "until Sat 31 Oct" in html(response)
    assert "Secret" not in html(response)
    assert "99" not in html(client.get(reverse("desk:offer", args=[live.pk])))


def test_a_draft_without_a_release_shows_to_nobody(client):
    draft("AT", name="Only a draft")
    assert seen(page(client, manager())) == {}


def test_a_new_release_shows_when_it_is_in_force_and_the_old_one_stays_readable(client, live, murat):
    Campaign.objects.filter(pk=live.campaign_id).update(state=Preparation.DRAFT)
    set_price(live.campaign, "149.00")
    fix_release(live.campaign)
    address = reverse("desk:offer", args=[live.pk])
    assert "€159" in html(page(client, murat))
    assert client.get(f"{address}?release=2").status_code == 404
    with launching():
        launch.replace_release(region=live.pk)
    assert "€149" in html(page(client, murat))
    old = html(client.get(f"{address}?release=1"))
    assert "This is the earlier release 1" in old
    assert "€159" in old
    assert "€149" not in old
    assert "earlier release" not in html(client.get(address))


@pytest.mark.parametrize("number", ["0", "7", "x", "-1", "9" * 40, "\x00"])
def test_a_release_that_was_never_in_force_is_not_found(client, live, murat, number):
    client.force_login(murat)
    address = reverse("desk:offer", args=[live.pk])
    assert client.get(address, {"release": number}).status_code == 404


# --- states and times -----------------------------------------------------------------------------------


def test_a_pause_shows_at_once(client, live, murat):
    assert "do not offer" not in html(page(client, murat))
    launch.pause(region=live, by=live.campaign.owner, reason="Sold out")
    response = page(client, murat)
    assert seen(response) == {"live": ["Outdoors at home"]}
    assert "Paused: do not offer" in html(response)
    assert "Paused: do not offer" in html(client.get(reverse("desk:offer", args=[live.pk])))


def test_what_was_finished_early_expired_on_that_day_with_its_terms(client, live, murat):
    launch.finish(region=live, by=live.campaign.owner)
    response = page(client, murat)
    assert seen(response) == {"expired": ["Outdoors at home"]}
    assert "ended on Fri 25 Sept" in html(response)


@pytest.mark.parametrize(("moment", "shown"), [("2026-10-25", True), ("2026-10-26", False)])
def test_an_expired_offer_is_listed_for_thirty_days_and_readable_ever_after(
    client, time_machine, live, murat, moment, shown
):
    launch.finish(region=live, by=live.campaign.owner)
    time_machine.move_to(at(f"{moment}T12:00+00:00"), tick=False)
    assert seen(page(client, murat)) == ({"expired": ["Outdoors at home"]} if shown else {})
    assert client.get(reverse("desk:offer", args=[live.pk])).status_code == 200


def test_an_evaluated_campaign_still_shows_as_expired(client, live, murat):
    launch.finish(region=live, by=live.campaign.owner)
    lifecycle.evaluate(campaign=live.campaign, by=live.campaign.owner)
    assert seen(page(client, murat)) == {"expired": ["Outdoors at home"]}


@pytest.mark.parametrize(
    ("zone", "moment", "stage"),
    [
        ("Pacific/Auckland", "2026-10-31T10:59+00:00", Stage.LIVE),
        ("Pacific/Auckland", "2026-10-31T11:00+00:00", Stage.EXPIRED),
        ("Europe/London", "2026-10-31T23:59+00:00", Stage.LIVE),
        ("Europe/London", "2026-11-01T00:00+00:00", Stage.EXPIRED),
        ("America/Los_Angeles", "2026-11-01T06:59+00:00", Stage.LIVE),
        ("America/Los_Angeles", "2026-11-01T07:00+00:00", Stage.EXPIRED),
    ],
)
def test_an_offer_ends_at_midnight_of_its_own_region(zone, moment, stage):
    RegionFactory(code="XX", timezone=zone)
    row = run_region(region_in(coming("XX"), "XX"))
    (offer,) = offers_for(marketer(), [row.region], at(moment))
    assert offer.stage is stage


def test_what_never_started_and_is_over_is_not_listed(client, time_machine, region, murat, briefing):
    time_machine.move_to(at("2026-11-03T12:00+00:00"), tick=False)
    assert seen(page(client, murat)) == {}
    assert seen(page(client, marketer())) == {}


def test_live_ends_soonest_first_and_coming_starts_soonest_first(client):
    for name, last in (("Long", "2026-12-31"), ("Short", "2026-09-30")):
        campaign = draft("AT", name=name)
        campaign.regions.update(ends_on=last)
        fix_release(campaign)
        run_region(campaign.regions.get())
    for name, first in (("Later", "2026-10-20"), ("Soon", "2026-10-01")):
        campaign = draft("AT", name=name)
        campaign.regions.update(starts_on=first)
        fix_release(campaign)
    found = seen(page(client, manager()))
    assert found == {"live": ["Short", "Long"], "coming": ["Soon", "Later"]}


def test_a_held_start_is_not_announced_for_today(client, time_machine, region, murat, briefing):
    time_machine.move_to(at("2026-09-20T12:00+00:00"), tick=False)
    before = html(page(client, murat))
    assert "starts in 1 day" in before
    assert "customers may know from 21 Sept 2026" in before
    time_machine.move_to(at("2026-09-21T12:00+00:00"), tick=False)
    held = html(page(client, murat))
    assert "customers may know from" not in held
    assert "the start is held back" in held


def test_the_words_for_the_days_that_are_left(client, time_machine, live, murat):
    time_machine.move_to(at("2026-10-30T12:00+00:00"), tick=False)
    assert "until Sat 31 Oct · 1 day left" in html(page(client, murat))
    time_machine.move_to(at("2026-10-31T12:00+00:00"), tick=False)
    assert "ends today, Sat 31 Oct" in html(page(client, murat))


# --- briefings ------------------------------------------------------------------------------------------


def test_my_briefing_is_linked_with_whether_i_confirmed_it(client, region, murat, briefing):
    run_region(region)
    link = reverse("briefings:read", args=[briefing.pk])
    before = html(page(client, murat))
    assert link in before
    assert "Read and confirm the briefing" in before
    assert "The jacket for €159" in before or "The jacket for 159 €" in before
    assert "Is it washable?" in before
    confirmed_by(Briefing.objects.get(pk=briefing.pk).current, murat)
    after = html(page(client, murat))
    assert "Read and confirm the briefing" not in after
    assert link in after
    assert link not in html(page(client, marketer(), "?region=AT"))


# --- pages ----------------------------------------------------------------------------------------------


def test_the_empty_desk_says_so(client, murat):
    assert Region.objects.count() == 1
    assert "Nothing is live here at the moment" in html(page(client, murat))


def test_an_offer_shows_what_customers_see_on_every_channel(client, region, murat):
    run_region(region)
    client.force_login(murat)
    text = html(client.get(reverse("desk:offer", args=[region.pk])))
    assert "What customers see" in text
    assert "E-mail" in text
    assert 'For <span class="ek-fact" title="price">159 €</span>' in text
