"""The board of themes: moved by form and script alike, dropped with a reason, turned into campaigns."""

import pytest

from accounts.enums import Role
from campaigns.models import Campaign, Theme, ThemeVote
from campaigns.services import themes as service
from core.models import AuditEvent
from tests.campaigns.planning_data import Firm, small_plan
from tests.campaigns.test_strategy import some_lines
from tests.factories import CampaignFactory, UserFactory

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def firm(client):
    made = Firm()
    client.force_login(made.owner)
    return made


def idea(firm, title="Rain"):
    return service.add_theme(by=firm.owner, values={"title": title, "description": ""})


def titles(state):
    return list(Theme.objects.filter(state=state).order_by("position").values_list("title", flat=True))


def test_cards_move_between_and_within_columns(client, firm):
    rain, snow, sun = (idea(firm, title) for title in ("Rain", "Snow", "Sun"))
    assert titles("idea") == ["Rain", "Snow", "Sun"]
    said = {"state": "idea", "version": sun.version, "before": rain.pk}
    answer = client.post(f"/themes/{sun.pk}/move/", said, **JSON)
    assert (answer.status_code, titles("idea")) == (200, ["Sun", "Rain", "Snow"])
    assert "data-board" in answer.json()["html"]
    answer = client.post(f"/themes/{snow.pk}/move/", {"state": "discussed", "version": snow.version})
    assert (answer.url, titles("discussed")) == ("/themes/", ["Snow"])
    answer = client.post(f"/themes/{rain.pk}/move/", {"state": "dropped", "version": rain.version}, **JSON)
    assert (answer.status_code, answer.json()["words"]) == (422, "Say why the theme is dropped.")
    said = {"state": "dropped", "version": rain.version, "reason": "Too wet"}
    client.post(f"/themes/{rain.pk}/move/", said)
    assert "Too wet" in client.get("/themes/").content.decode()
    assert AuditEvent.objects.filter(verb="theme.moved").count() == 2


def test_whoever_comes_second_sees_the_board_as_it_is(client, firm):
    rain = idea(firm)
    service.move_theme(theme=rain, by=firm.manager, state="discussed", expected=rain.version)
    said = {"state": "planned", "version": rain.version}
    answer = client.post(f"/themes/{rain.pk}/move/", said, **JSON)
    assert answer.status_code == 409
    assert answer.json()["words"].startswith("Somebody moved or changed this theme meanwhile.")
    page = client.post(f"/themes/{rain.pk}/move/", said | {"reason": "Kept"})
    assert (page.status_code, page.context["move"]["reason"].value()) == (409, "Kept")
    assert titles("discussed") == ["Rain"]


def test_a_title_that_came_in_the_same_moment_is_refused_at_its_field(client, firm, monkeypatch):
    idea(firm, "Rain")
    # What the form looked at before the other one was there.
    monkeypatch.setattr(Theme, "validate_unique", lambda *_args, **_more: None)
    answer = client.post("/themes/new/", {"title": "Rain", "description": "Again", "version": 0})
    assert (answer.status_code, Theme.objects.filter(title="Rain").count()) == (200, 1)
    assert "Theme with this Title already exists." in answer.content.decode()
    assert "Again" in answer.content.decode()


def test_votes_count_once_and_comments_stay(client, firm):
    rain = idea(firm)
    for vote, count in (("1", 1), ("1", 1), ("0", 0), ("1", 1)):
        client.post(f"/themes/{rain.pk}/vote/", {"vote": vote})
        assert ThemeVote.objects.count() == count
    assert "This field is required" in str(
        client.post(rain.get_absolute_url(), {"text": " "}).context["form"].errors
    )
    client.post(rain.get_absolute_url(), {"text": "Yes, <b>please</b>"})
    assert "Yes, &lt;b&gt;please&lt;/b&gt;" in client.get(rain.get_absolute_url()).content.decode()
    taken = client.post("/themes/new/", {"title": "Rain", "version": 1})
    assert "title" in taken.context["form"].errors
    client.force_login(UserFactory(roles=[Role.PARTNER]))
    assert client.post(f"/themes/{rain.pk}/vote/", {"vote": "1"}).status_code == 302
    assert client.post(f"/themes/{rain.pk}/move/", {"state": "planned", "version": 1}).status_code == 403


def test_a_theme_becomes_a_campaign(client, firm):
    rain = service.add_theme(by=firm.owner, values={"title": "Rain", "description": "Stay dry"})
    form = client.get(f"/campaigns/new/?theme={rain.pk}").context["form"]
    assert [form[name].value() for name in ("theme", "name", "purpose")] == ["Rain", "Rain", "Stay dry"]
    client.post("/campaigns/new/", small_plan(firm, name="Rain", theme="Rain"))
    campaign = Campaign.objects.get()
    rain.refresh_from_db()
    assert (campaign.theme, rain.state) == (rain, "planned")
    assert campaign.get_absolute_url() in client.get("/themes/").content.decode()
    assert rain.get_absolute_url() in client.get(campaign.get_absolute_url()).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_the_same_for_one_card_and_for_three(client, firm, rows, django_assert_num_queries):
    for number in range(rows):
        theme = idea(firm, f"Theme {number}")
        service.vote(theme=theme, by=firm.owner, wanted=True)
        CampaignFactory(theme=theme, in_regions=[firm.de])
    client.get("/themes/")
    with django_assert_num_queries(5):
        client.get("/themes/")


def test_texts_of_any_kind_are_harmless_on_the_board(client, firm):
    for text in some_lines(120):
        client.post("/themes/new/", {"title": text, "description": text, "version": 1})
    assert Theme.objects.count() > 2
    for address in (
        "/themes/?all=idea",
        Theme.objects.filter(title__contains="<script>").first().get_absolute_url(),
    ):
        assert "<script>alert" not in client.get(address).content.decode()
