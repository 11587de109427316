"""A strategy on one page: goals with campaigns, gaps, parts edited at once, texts of any kind."""

from datetime import date

import pytest

from accounts.enums import Role
from campaigns.enums import Phase
from campaigns.forms.strategy import GoalForm, MarketForm
from campaigns.goal_figures import results
from campaigns.models import Duty, Goal, Milestone, Strategy
from campaigns.services.strategy_page import overview
from core.models import AuditEvent
from tests.campaigns.planning_data import Firm, filled_in
from tests.campaigns.test_plan_naughty import lines
from tests.factories import CampaignFactory, DepartmentFactory, KpiFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


def some_lines(longest):
    """Naughty strings of all kinds in a few texts, those with scripts among them."""
    found = lines(longest)
    return [*[text for text in found if "<script>alert" in text][:4], *found[::12]]


@pytest.fixture
def firm(client):
    made = Firm()
    client.force_login(made.manager)
    return made


@pytest.fixture
def strategy(firm):
    return Strategy.objects.create(
        title="Nearer", starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31), owner=firm.owner
    )


def test_a_strategy_is_written_part_by_part(client, firm):
    answer = client.post(
        "/strategy/new/",
        {
            "title": "Nearer",
            "starts_on": "2026-01-01",
            "ends_on": "2025-12-31",
            "owner": firm.owner.pk,
            "version": 1,
        },
    )
    assert answer.context["form"].errors == {"ends_on": ["The end lies before the beginning."]}
    assert answer.context["form"]["title"].value() == "Nearer"
    about = {"title": "Nearer", "starts_on": "2026-01-01", "ends_on": "2027-12-31", "owner": firm.owner.pk}
    client.post("/strategy/new/", about | {"version": 1})
    made = Strategy.objects.get()
    url = f"/strategy/{made.pk}/"
    client.post(f"{url}milestones/new/", {"title": "Agreed", "on": "2026-05-01", "version": 1})
    sales = DepartmentFactory(name_en="Sales")
    client.post(f"{url}organisation/new/", {"department": sales.pk, "text": "Stores", "version": 1})
    KpiFactory(code="revenue", name_en="Revenue")
    goal = {"title": "More jackets", "kind": "primary", "kpi": "revenue", "target": "5000", "version": 1}
    client.post(f"{url}goals/new/", goal | {"departments": [sales.pk], "channels": [firm.mail.pk]})
    main = made.goals.get()
    client.post(f"{url}goals/new/", {"title": "Rain", "kind": "secondary", "parent": main.pk, "version": 1})
    means = {"resources": "Nine people", "effort": "", "amount": "4,200.50", "currency": "CHF"}
    assert client.post(f"{url}edit/means/", means | {"version": 1}).status_code == 302
    page = client.get(url).content.decode()
    for words in ("Agreed", "Stores", "Revenue", "target 5,000", "no figures yet", "Nine people", "4,200.50"):
        assert words in page, words
    assert client.get("/strategy/").url == url
    assert (made.milestones.get().title, made.duties.get().text) == ("Agreed", "Stores")
    verbs = AuditEvent.objects.filter(scope=f"campaigns.strategy:{made.pk}").values_list("verb", flat=True)
    assert sorted(verbs) == [
        *("duty.added", "goal.added", "goal.added", "milestone.added"),
        *("strategy.changed", "strategy.created"),
    ]
    client.post(f"{url}milestones/{made.milestones.get().pk}/remove/")
    client.post(f"{url}goals/{main.pk}/remove/")
    main.refresh_from_db()
    assert (made.milestones.count(), main.active) == (0, False)


def test_a_goal_hangs_below_no_goal_of_its_own_tree_or_of_another_strategy(client, firm, strategy):
    top = Goal.objects.create(title="Top", strategy=strategy)
    low = Goal.objects.create(title="Low", strategy=strategy, parent=top, kind="secondary")
    url = f"/strategy/{strategy.pk}/goals/{top.pk}/"
    form = GoalForm(instance=top)
    answer = client.post(url, filled_in(form, kind="secondary", parent=low.pk))
    assert answer.context["form"].errors == {"parent": ["A goal cannot be part of itself."]}
    answer = client.post(url, filled_in(form, kind="primary", parent=low.pk))
    assert answer.context["form"].errors == {"parent": ["A primary goal is part of no other goal."]}
    assert "parent" in client.post(url, filled_in(form, parent=firm.goal.pk)).context["form"].errors


def test_gaps_and_progress_are_seen_at_a_glance(client, firm, strategy, monkeypatch):
    top = Goal.objects.create(title="Top", strategy=strategy, kpi="revenue", target=200)
    low = Goal.objects.create(title="Low", strategy=strategy, parent=top, kind="secondary")
    lonely = Goal.objects.create(title="Lonely", strategy=strategy)
    low.channels.add(firm.mail)
    CampaignFactory(goal=low, phase=Phase.LIVE, in_regions=[firm.de])
    elsewhere = CampaignFactory(goal=low, in_regions=[RegionFactory()])
    homeless = CampaignFactory(in_regions=[firm.de])
    CampaignFactory(in_regions=[firm.de], starts_on=date(2029, 1, 1), ends_on=date(2029, 2, 1))
    monkeypatch.setitem(results._entries, "test", lambda goals: {goal.pk: 50 for goal in goals})
    local = UserFactory(roles_in={firm.de: [Role.MARKETER]})
    seen = overview(strategy, local)
    assert [(line.goal, line.depth, line.hidden) for line in seen.lines] == [
        *((lonely, 0, 0), (top, 0, 0), (low, 1, 1))
    ]
    assert ([line.goal for line in seen.lonely], seen.homeless) == ([lonely], [homeless])
    assert firm.tv in seen.idle_channels
    assert firm.mail not in seen.idle_channels
    assert [line.share for line in seen.lines] == [None, 25, None]
    client.force_login(local)
    page = client.get(f"/strategy/{strategy.pk}/").content.decode()
    assert "1 goal without a campaign" in page
    assert "1 campaign without a goal" in page
    assert "and 1 campaign of regions that are not yours" in page
    assert elsewhere.name not in page
    narrowed = client.get(f"/strategy/{strategy.pk}/?channel={firm.mail.pk}")
    assert [line.goal for line in narrowed.context["shown"]] == [low]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_for_one_goal_and_for_three(
    client, firm, strategy, rows, django_assert_num_queries
):
    for number in range(rows):
        goal = Goal.objects.create(title=f"Goal {number}", strategy=strategy)
        goal.departments.add(DepartmentFactory())
        CampaignFactory(goal=goal, in_regions=[firm.de])
        CampaignFactory(in_regions=[firm.de])
        Milestone.objects.create(strategy=strategy, on="2026-05-01", title="Agreed")
        Duty.objects.create(strategy=strategy, department=goal.departments.get(), text="Stores")
    client.get(f"/strategy/{strategy.pk}/")
    with django_assert_num_queries(14):
        client.get(f"/strategy/{strategy.pk}/")


def test_two_people_edit_other_parts_at_once_and_the_same_part_by_choice(client, firm, strategy):
    url = f"/strategy/{strategy.pk}/edit/"
    seen = filled_in(MarketForm(instance=strategy), opportunity="Mine")
    client.post(f"{url}means/", {"resources": "Nine", "currency": "EUR", "version": 1})
    assert client.post(f"{url}market/", seen).status_code == 302
    strategy.refresh_from_db()
    assert (strategy.resources, strategy.opportunity, strategy.version) == ("Nine", "Mine", 3)
    answer = client.post(f"{url}market/", seen | {"opportunity": "Again"})
    assert answer.status_code == 409
    assert [(one.name, one.theirs, one.yours) for one in answer.context["form"].conflict.changes] == [
        ("opportunity", "Mine", "Again")
    ]
    strategy.refresh_from_db()
    assert strategy.opportunity == "Mine"


def test_texts_of_any_kind_are_kept_and_harmless_on_page_and_paper(client, firm, strategy):
    from django.template.loader import render_to_string

    for text in some_lines(200):
        client.post(f"/strategy/{strategy.pk}/goals/new/", {"title": text, "kind": "primary", "version": 1})
    assert strategy.goals.count() > 2
    page = client.get(f"/strategy/{strategy.pk}/")
    seen = {"strategy": strategy, "view": overview(strategy, firm.manager)}
    paper = render_to_string("campaigns/strategy/print.html", seen)
    for shown in (page.content.decode(), paper):
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert" in shown


def test_a_marketer_changes_only_his_own_strategy(client, firm, strategy):
    client.force_login(UserFactory(roles=[Role.MARKETER]))
    assert client.get(f"/strategy/{strategy.pk}/").context["may_edit"] is False
    assert client.get(f"/strategy/{strategy.pk}/edit/about/").status_code == 403
    client.force_login(firm.owner)
    assert client.get(f"/strategy/{strategy.pk}/edit/about/").status_code == 200
