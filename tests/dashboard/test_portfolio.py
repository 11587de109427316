"""The portfolio's pages: what is shown to whom, set aside by whom, done by a button, limited by an admin."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from campaigns.models import Allocation, Campaign, Fact, FactValue
from core import audit
from core.concurrency import StaleVersion
from core.models import AuditEvent
from dashboard.models import LoadRules, SetAside
from dashboard.portfolio import services
from dashboard.portfolio.chosen import Chosen, LoadChosen, Quarter
from dashboard.portfolio.load import load_map, scale, step_of
from dashboard.portfolio.overview import overview
from dashboard.portfolio.reading import world
from dashboard.portfolio.showing import warnings_between
from kpis.models import Target
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    KpiFactory,
    RegionFactory,
    TargetGroupFactory,
    TeamFactory,
    UserFactory,
    manager,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = date(2027, 2, 1)


@pytest.fixture(autouse=True)
def _on_that_day(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_args: TODAY)


class Scene:
    """Two campaigns for families in Austria in March: by mail, with the same product at two prices."""

    def __init__(self) -> None:
        self.at, self.de = RegionFactory(code="AT"), RegionFactory(code="DE")
        self.owner = UserFactory(roles=[Role.MARKETER], first_name="Jana", last_name="B")
        self.families = TargetGroupFactory(name_en="Families")
        self.mail, self.expert = (
            ChannelFactory(code="mail", name_en="E-mail"),
            UserFactory(roles=[Role.EXPERT]),
        )
        self.expert.channel_links.create(channel=self.mail)
        self.one = self.campaign("Spring", date(2027, 3, 1), date(2027, 3, 20), "159.00")
        self.two = self.campaign("Rain", date(2027, 3, 11), date(2027, 3, 14), "139.00")
        LoadRules.objects.create(
            pk=1, target_most=1, expert_most=1, owner_most=1, team_most=1, region_most=None
        )

    def campaign(self, name: str, first: date, last: date, price: str, **more: object) -> Campaign:
        made = CampaignFactory(
            name=name, owner=self.owner, starts_on=first, ends_on=last, in_regions=[self.at], **more
        )
        made.target_groups.add(self.families)
        BudgetFactory(campaign=made, proposed=Decimal(1000))
        row = CampaignChannelFactory(campaign=made, channel=self.mail, expert=self.expert)
        row.flights.create(starts_on=first, ends_on=last)
        for key, kind, value in (
            ("product", "product", {"text": "Rauris jacket"}),
            ("price", "price", {"amount": price, "currency": "EUR"}),
        ):
            fact = Fact.objects.create(campaign=made, key=key, kind=kind, label=key)
            FactValue.objects.create(fact=fact, value=value)
        return made

    def warnings(self, user=None):
        return warnings_between(user or self.owner, date(2027, 1, 1), date(2027, 12, 31), TODAY)


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def signed(client: Client, scene: Scene) -> Client:
    client.force_login(scene.owner)
    return client


def test_what_stands_in_the_database_is_judged_and_said_with_its_figures(scene):
    team = TeamFactory(name="Service Salzburg")
    team.regions.add(scene.at)
    found = scene.warnings()
    shown = found.in_words(found.open)
    assert [(one.rule.value, one.why) for one in shown] == [
        (
            "offer",
            "“Rauris jacket” costs €139 in “Rain”, but €159 in “Spring”, at once in AT,"
            " 11\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027.",
        ),
        (
            "target",
            "“Rain” is one of 2 campaigns at once for Families in AT,"
            " 11\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027. Allowed: 1.",
        ),
        (
            "expert",
            f"With “Rain”, {scene.expert} is channel expert of 2 campaigns at once,"
            " 11\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027. Allowed: 1.",
        ),
        (
            "owner",
            "With “Rain”, Jana B owns 2 campaigns at once, 11\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027."
            " Allowed: 1.",
        ),
        (
            "team",
            "With “Rain”, Service Salzburg serves 2 campaigns at once,"
            " 11\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027. Allowed: 1.",
        ),
        (
            "overlap",
            "“Rain” and “Spring” reach the same people by E-mail in AT on 4 days"
            " (11\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027).",
        ),
        (
            "short",
            "“Rain” runs for only 4 days in AT (11\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027)."
            " At least 7 are wanted.",
        ),
    ]
    assert [step.text for step in shown[1].steps] == [
        "Start “Rain” 10 days later: free from 21\u00a0Mar\u00a02027."
    ]
    assert [step.button for step in shown[-1].steps] == ["Lengthen until 17\u00a0Mar\u00a02027"]
    # What is over, or behind, is not warned of.
    Campaign.objects.filter(pk=scene.one.pk).update(phase="finished")
    assert [one.rule.value for one in scene.warnings().open] == ["short"]


def test_only_warnings_about_campaigns_that_one_may_open_and_no_name_of_others(scene):
    in_at = UserFactory(roles_in={scene.at: [Role.MARKETER]})
    assert len(scene.warnings(in_at).open) == 6
    elsewhere = UserFactory(roles_in={scene.de: [Role.MARKETER]})
    assert scene.warnings(elsewhere).total == 0
    mine = scene.campaign("Mine", date(2027, 3, 12), date(2027, 3, 30), "159.00")
    mine.regions.create(region=scene.de, starts_on=mine.starts_on, ends_on=mine.ends_on)
    found = scene.warnings(elsewhere)
    shown = found.in_words([one for one in found.open if one.rule.value == "overlap"])[0]
    assert "Spring" not in shown.why
    assert "a campaign that you may not open" in shown.why
    assert ([plan.name for plan in shown.campaigns], shown.hidden) == (["Mine"], 2)


def test_a_warning_is_set_aside_with_a_reason_until_its_facts_change(signed, scene):
    short = next(one for one in scene.warnings().open if one.rule.value == "short")
    url = f"/portfolio/warnings/{scene.two.pk}/short/"
    assert short.facts in signed.get(url).text
    refused = signed.post(f"{url}aside/", {"facts": short.facts, "reason": "  "})
    assert (refused.status_code, SetAside.objects.count()) == (422, 0)
    stale = signed.post(f"{url}aside/", {"facts": "0" * 64, "reason": "A flash sale"})
    assert stale.status_code == 409
    assert "A flash sale" in stale.text
    kept = signed.post(f"{url}aside/", {"facts": short.facts, "reason": "A flash sale"})
    assert (kept.status_code, kept.headers["Location"]) == (302, url)
    assert [one.rule.value for one in scene.warnings().aside] == ["short"]
    listed = signed.get("/portfolio/warnings/?start=2027-1&aside=1").text
    assert "A flash sale" in listed
    event = AuditEvent.objects.filter(verb="warning.set_aside").get()
    assert audit.sentence(event) == "set a warning aside (Too short): A flash sale"
    # The facts change: it stands again, and says what was said.
    flights = scene.two.channels.get().flights
    flights.update(ends_on=date(2027, 3, 13))
    scene.two.regions.update(ends_on=date(2027, 3, 13))
    found = scene.warnings()
    again = found.in_words([found.find(scene.two.pk, "short")])[0]
    assert (again.aside, again.was_aside.reason) == (None, "A flash sale")
    assert signed.post(f"{url}again/").status_code == 302
    assert SetAside.objects.count() == 0
    # Somebody else's warning is not his to leave.
    Campaign.objects.filter(pk=scene.two.pk).update(owner=manager())
    assert signed.post(f"{url}aside/", {"facts": "x", "reason": "No"}).status_code == 403


def test_buttons_do_what_warnings_suggest(signed, scene):
    def press(campaign, **data):
        return signed.post(f"/portfolio/step/{campaign.pk}/", {"back": "/portfolio/", **data})

    found = scene.warnings()
    shown = {one.rule.value: one for one in found.in_words(found.open)}
    longer = shown["short"].steps[0].values
    assert press(scene.two, **longer | {"version": 7}).status_code == 409
    assert press(scene.two, **longer).headers["Location"] == "/portfolio/"
    scene.two.refresh_from_db()
    assert scene.two.ends_on == date(2027, 3, 17)
    free = next(step for step in scene.warnings().in_words(scene.warnings().open)[1].steps)
    press(scene.two, **free.values)
    # It was free indeed: nothing is left to warn of.
    assert scene.warnings().open == []
    assert press(scene.two, kind="move", version=1).status_code == 422
    other = UserFactory(roles=[Role.EXPERT])
    other.channel_links.create(channel=scene.mail)
    scene.two.refresh_from_db()
    given = press(
        scene.two, kind="hand_over", version=scene.two.version, person=other.pk, channel=scene.mail.pk
    )
    assert given.status_code == 302
    assert scene.two.channels.get().expert == other


def test_admins_set_the_limits_and_two_at_once_are_told(client, scene):
    boss = manager()
    client.force_login(boss)
    rules = LoadRules.current()
    services.save_limits(by=boss, expected=1, shortest_days=10, target_most=None)
    assert (LoadRules.current().shortest_days, LoadRules.current().target_most) == (10, None)
    assert audit.sentence(AuditEvent.objects.get(verb="load_rules.changed")) == (
        "changed the limits of the portfolio: shortest run in days 7 → 10,"
        " most campaigns at once for a target group 1 → –"
    )
    with pytest.raises(StaleVersion):
        services.save_limits(by=boss, expected=rules.version, shortest_days=11)
    page = client.get("/portfolio/limits/")
    form = page.context["form"]
    data = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    services.save_limits(by=boss, expected=2, owner_most=4)
    met = client.post("/portfolio/limits/", data | {"shortest_days": "12"})
    assert met.status_code == 409
    again = met.context["form"]
    data = {name: again[name].value() if again[name].value() is not None else "" for name in again.fields}
    assert client.post("/portfolio/limits/", data).status_code == 302
    saved = LoadRules.current()
    assert (saved.shortest_days, saved.owner_most, saved.version) == (12, 4, 4)
    wrong = client.post("/portfolio/limits/", data | {"version": 4, "target_most": "0"})
    assert "target_most" in wrong.context["form"].errors
    # Nobody saved any yet: the defaults hold, and the first save makes the record.
    LoadRules.objects.all().delete()
    assert LoadRules.current().target_most == 3
    assert services.save_limits(by=boss, expected=0, target_most=2).version == 1
    with pytest.raises(StaleVersion):
        services.save_limits(by=boss, expected=0, target_most=5)


def test_campaigns_stand_by_goal_and_quarter_with_sums_per_currency(signed, scene, django_assert_num_queries):
    from campaigns.models import Goal

    goal = Goal.objects.create(title="More outdoors")
    Goal.objects.create(title="Nobody works for it")
    Campaign.objects.filter(pk=scene.one.pk).update(goal=goal)
    budget = scene.two.budget
    type(budget).objects.filter(pk=budget.pk).update(currency="CHF")
    Allocation.objects.create(budget=scene.one.budget, campaign_channel=scene.one.channels.get(), amount=400)
    Target.objects.create(campaign=scene.one, kpi=KpiFactory(name_en="Revenue"), value=Decimal(5000))
    chosen = Chosen.from_query({"start": "2027-1"}, TODAY)
    view = overview(chosen, scene.owner)
    groups = {str(group.goal): [row.name for row in group.rows] for group in view.groups}
    assert groups == {"More outdoors": ["Spring"], "Nobody works for it": [], "None": ["Rain"]}
    assert [str(one.goal) for one in view.lonely] == ["Nobody works for it"]
    assert [(one.currency, one.planned) for one in view.sums] == [("CHF", 1000), ("EUR", 1000)]
    assert [cell.count for cell in view.totals] == [2, 0, 0, 0]
    with django_assert_num_queries(25):
        shown = signed.get("/portfolio/").text
    for words in ("More outdoors", "no campaign", "Q1 2027", "Revenue: no figure yet", "they serve no goal"):
        assert words in shown
    for name in ("Three", "Four"):
        scene.campaign(name, date(2027, 5, 1), date(2027, 5, 20), "1.00", goal=goal)
    with django_assert_num_queries(25):
        assert "Q2 2027" in signed.get("/portfolio/").text
    assert "Rain" not in signed.get(f"/portfolio/?goal={goal.pk}").text
    assert "Rain" in signed.get("/portfolio/?goal=none").text
    assert "No campaign with these filters" in signed.get(f"/portfolio/?region={scene.de.pk}").text
    assert "No campaign runs in this period" in signed.get("/portfolio/?start=2031-1").text
    for query in ("start=2026-9&quarters=3&goal=x&page=0&owner=%00", "start=9999-4", "start=0000-1&state=x"):
        assert signed.get(f"/portfolio/?{query}").status_code == 200
    assert Quarter(2026, 4).plus(1) == Quarter(2027, 1)
    assert Chosen.from_query({"start": "2026-4", "quarters": "2"}, TODAY).period == (
        date(2026, 10, 1),
        date(2027, 3, 31),
    )


def test_the_load_counts_the_busiest_day_of_each_week_and_leads_to_the_campaigns(
    signed, scene, django_assert_num_queries
):
    chosen = LoadChosen.from_query({"on": "2027-03-01"}, TODAY)
    found = load_map(chosen, scene.owner)
    assert [(line.name, line.peak, line.over) for line in found.lines] == [("Families", 2, True)]
    assert found.scale == [(0, "0"), (1, "1"), (5, "2 and more")]
    assert list(scale(8, 3)) == [(0, "0"), (1, "1–2"), (2, "3–4"), (3, "5–6"), (4, "7–8"), (5, "9 and more")]
    assert [step_of(count, 3, 9) for count in range(5)] == [0, 1, 2, 4, 5]
    address = "/portfolio/load/?on=2027-03-01"
    with django_assert_num_queries(15):
        shown = signed.get(address).text
    assert "Families, week 10: 2 campaigns at once in AT, more than allowed" in shown
    scene.campaign("Third", date(2027, 4, 1), date(2027, 4, 20), "1.00")
    with django_assert_num_queries(15):
        signed.get(address)
    opened = signed.get(f"{address}&open={scene.families.pk}&week=2027-03-08").text
    assert "Week 10, 8\u00a0Mar\u00a0– 14\u00a0Mar\u00a02027" in opened
    assert f"/timeline/?on=2027-03-08&amp;target={scene.families.pk}" in opened
    for by, row in (
        ("region", "Region AT"),
        ("channel", "E-mail"),
        ("owner", "Jana B"),
        ("expert", str(scene.expert)),
    ):
        assert row in signed.get(f"{address}&by={by}&weeks=26").text, by
    assert "Nothing is planned in these weeks" in signed.get("/portfolio/load/?on=2031-01-01").text
    assert signed.get("/portfolio/load/?by=x&weeks=9&open=x&week=never&on=1").status_code == 200


def test_the_campaign_page_asks_for_its_warnings_and_only_planners_see_them(signed, scene, client):
    assert f"/portfolio/campaign/{scene.two.pk}/" in signed.get(f"/campaigns/{scene.two.pk}/?all=1").text
    card = signed.get(f"/portfolio/campaign/{scene.one.pk}/").text
    assert "“Rain” is one of 2 campaigns at once" in card
    quiet = scene.campaign("Quiet", date(2027, 8, 1), date(2027, 8, 20), "1.00")
    assert "<section" not in signed.get(f"/portfolio/campaign/{quiet.pk}/").text
    client.force_login(UserFactory(roles=[Role.STAFF]))
    assert client.get("/portfolio/").status_code == 404


def test_windows_that_are_called_free_are_free(scene):
    known = world(date(2027, 1, 1), date(2027, 12, 31), TODAY)
    assert [plan.name for plan in known.plans] == ["Spring", "Rain"]
    assert known.plans[0].offers[0].terms == (("price EUR", "price", "159"),)
    assert known.limits.target_most == 1
    assert (known.plans[1].last - known.plans[1].first) == timedelta(days=3)
