"""The demo company: what its printed lines say is so, and loading it twice changes nothing."""

import re
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.enums import Audience, Role
from accounts.models import Region, Team, User
from accounts.querysets import entitled
from briefings.models import AskedQuestion, Briefing, BriefingTemplate, BriefingVersion, Delivery, InboxItem
from briefings.services.checking import answer, check_results, questions_of
from briefings.services.confirming import confirm
from briefings.services.training import Standing, team_records
from campaigns.enums import Running, VariantState, Verdict
from campaigns.models import Campaign, LaunchRecord, Review, Variant
from campaigns.services.beat import run_due
from campaigns.services.content import fact_texts, shown_facts, unknown_tokens
from campaigns.services.dossier import Dossier
from campaigns.services.launch import gate, go_live
from campaigns.services.message import lost_tokens
from campaigns.services.review_state import picture_of
from campaigns.services.snapshot import is_intact
from campaigns.services.touchpoints import TouchpointMap
from campaigns.services.transitions import TransitionRefused
from campaigns.services.typed import typed_figures
from core.delivery.models import OutgoingMail
from core.delivery.states import WAITING
from core.demo import demo_sign_ins
from dashboard.demo import PASSWORD, loading, sign_ins
from dashboard.demo.clock import today
from dashboard.demo.people import address
from dashboard.portfolio.showing import warnings_between
from docs.pictures import PASSWORD as PICTURED
from docs.pictures import PICTURES
from tests.dashboard.demo_data import campaign, demo  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

PHASES = {
    "Draußen zuhause": "approved",
    "Gut geschlafen": "in_review",
    "Eingelaufen": "live",
    "Ready when you are": "live",
    "Reparieren statt neu": "paused",
    "Rucksackwochen": "finished",
    "Danke für zehn Jahre Kundenkarte": "evaluated",
    "Nachtverkauf mit Stirnlampe": "cancelled",
    "Der erste Rucksack": "draft",
    "Gipfelgeschenke": "draft",
    "Winterwandern leicht gemacht": "draft",
    "Jackenmarkt am Hafen": "draft",
}


def person(key):
    return User.objects.get(email=address(key))


def rows():
    """How many rows every table has."""
    models = [model for model in apps.get_models() if model._meta.app_label not in ("sessions", "admin")]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_loading_it_again_changes_nothing():
    before = rows()
    loading.load()
    assert rows() == before


def test_campaigns_are_in_every_state():
    assert dict(Campaign.objects.values_list("name", "phase")) == PHASES


def test_warnings_of_every_kind_of_the_portfolio_and_one_that_is_set_aside():
    day = today()
    found = warnings_between(
        User.objects.get(email=address("martin.keller")), day, day + timedelta(days=60), day
    )
    kinds = {one.rule.value for one in found.open}
    assert kinds == {"offer", "target", "expert", "owner", "team", "overlap", "short"}
    assert [(one.subject.name, one.key) for one in found.aside] == [("Ready when you are", "team")]
    assert all(one.steps for one in found.in_words(found.open))


def test_regions_run_as_told():
    def running(name):
        return dict(campaign(name).regions.values_list("region__code", "running"))

    assert running("Eingelaufen") == dict.fromkeys(("AT", "CH", "DE", "UK"), "live")
    assert running("Ready when you are") == {"AT": "waiting", "DE": "waiting", "UK": "live"}
    assert running("Reparieren statt neu") == {"AT": "paused", "DE": "paused"}
    assert running("Draußen zuhause") == dict.fromkeys(("AT", "CH", "DE", "UK"), "waiting")


def test_every_region_that_ran_has_its_launch_record_of_its_own_day():
    for launch in LaunchRecord.objects.select_related("campaign_region", "release"):
        assert launch.at.date() == launch.campaign_region.starts_on
        assert launch.release == launch.campaign_region.release
        assert is_intact(launch.release)


def blocking(code="DE"):
    found = campaign("Draußen zuhause")
    region = found.regions.get(region__code=code)
    return region, [line.key for line in gate(Dossier(found), region).blocking]


def test_one_confirmation_stands_between_germany_and_its_customers():
    region, keys = blocking()
    assert keys == ["briefing.mail.service.DE", "briefing.confirmed.service.DE"]
    with pytest.raises(TransitionRefused):
        go_live(region=region, by=person("jana.bergmann"))
    assert [blocking(code)[1] for code in ("AT", "CH", "UK")] == [[], [], []]


def confirm_as_murat():
    item = InboxItem.objects.of(person("murat.yildiz")).unconfirmed().get()
    assert item.version.content["title"] == "Allwetterjacke Rauris: was du wissen musst"
    (asked,) = questions_of(item.version)
    answer(version=item.version, user=item.user, key=asked["key"], chosen=asked["right"])
    confirm(version=item.version, user=item.user)


def test_the_one_step_lets_its_owner_go_live():
    confirm_as_murat()
    region, keys = blocking()
    assert keys == []
    launch = go_live(region=region, by=person("jana.bergmann"))
    assert launch.campaign_region.running == Running.LIVE
    assert campaign("Draußen zuhause").phase == "live"


def test_the_one_step_lets_the_clock_go_live():
    confirm_as_murat()
    run_due()
    assert blocking()[0].running == Running.LIVE


def test_the_clock_starts_nothing_before_the_step():
    tally = run_due()
    assert tally == Counter(held=1)


def test_the_review_waits_for_answers_to_objections():
    found = Review.objects.filter(campaign_region__campaign=campaign("Gut geschlafen"))
    states = dict(found.values_list("campaign_region__region__code", "state"))
    assert states == {"AT": "objected", "CH": "objected", "DE": "asked_again", "UK": "objected"}
    austria = found.get(campaign_region__region__code="AT")
    said = austria.verdicts.exclude(verdict=Verdict.CLEAR).values_list("proposal", flat=True)
    assert "Das Sackerl für die Schuhe liegt bereit." in said
    uk = found.get(campaign_region__region__code="UK")
    assert uk.reviewer == person("helen.whitfield")
    assert len(picture_of(uk).waiting) > 0


def test_variants_are_out_of_date_since_the_price_changed():
    old = Variant.objects.filter(campaign=campaign("Gut geschlafen"), state=VariantState.OUTDATED)
    codes = set(old.values_list("campaign_channel__channel__code", flat=True))
    assert {"sms", "webshop"} <= codes
    assert person("tobias.brandt").pk in set(old.values_list("campaign_channel__expert", flat=True))


def test_the_draft_waits_for_money_and_experts():
    draft = campaign("Der erste Rucksack")
    assert draft.budget.approved is None
    assert draft.budget.rounds.get().kind == "proposal"
    assert set(draft.channels.filter(expert=None).values_list("channel__code", flat=True)) == {
        "poster",
        "radio",
    }


def test_the_map_of_touchpoints_has_gaps_and_reasons():
    made = TouchpointMap(Dossier(campaign("Draußen zuhause")))
    missing = {one.channel.code for one in made.missing}
    assert missing == {"search", "youtube", "pinterest", "click-and-collect"}
    assert [one.channel.code for one in made.excused] == ["newspaper"]
    assert [one.channel.code for one in made.touchpoints][:2] == ["store", "catalogue"]


def test_everybody_is_there():
    roles = Counter(User.objects.filter(grants__isnull=False).values_list("grants__role", flat=True))
    assert 40 <= User.objects.count() <= 50
    assert roles[Role.MARKETER] == 3
    assert roles[Role.EXPERT] == 10
    assert roles[Role.MANAGER] == 2
    assert roles[Role.ADMIN] == 1
    for region in Region.objects.all():
        assert User.objects.holding(Role.REVIEWER, region=region).count() >= 2
        for audience in Audience:
            assert entitled(audience, region).count() >= 2
    assert not Team.objects.filter(lead=None).exists()
    assert not Team.objects.filter(deputy=None).exists()


def test_nobody_can_be_reached_outside():
    assert not User.objects.exclude(email__endswith=".example").exists()


def test_few_mails_wait_to_be_sent():
    waiting = [model.objects.filter(state__in=WAITING).count() for model in (OutgoingMail, Delivery)]
    assert sum(waiting) < 250


def test_texts_use_facts_and_never_figures_of_their_own():
    for variant in Variant.objects.select_related("campaign", "campaign_region__region"):
        dossier, region = Dossier(variant.campaign), variant.campaign_region.region
        assert lost_tokens(dossier, variant) == set()
        shown = shown_facts(dossier, region, variant.language)
        assert typed_figures(f"{variant.headline}\n{variant.body}", shown) == []


def test_the_swiss_read_no_sharp_s_where_they_have_words_of_their_own():
    found = Variant.objects.filter(campaign_region__region__code="CH", campaign=campaign("Draußen zuhause"))
    assert [one for one in found if "ß" in one.body.replace("Bergmann & Söhne", "")] == []


def test_briefings_have_every_token_filled():
    for version in BriefingVersion.objects.all():
        assert unknown_tokens(str(version.content["texts"]) + str(version.content["questions"]), ()) == set()


def test_leipzig_misread_a_point_and_one_is_to_read_again():
    team = Team.objects.get(name="Service Leipzig")
    briefing = Briefing.objects.get(
        campaign=campaign("Eingelaufen"), campaign_region__region__code="DE", audience=Audience.SERVICE
    )
    exchange, extra = check_results(briefing.current)
    assert [(one.text, one.count) for one in exchange.misread] == [
        ("Nur ungetragen und im Karton nehmen wir ihn zurück", 2)
    ]
    assert (exchange.answered, extra.share) == (3, 100)
    standings = {one.user.last_name: one.standing for one in team_records(team)}
    assert standings == {"Kern": Standing.DONE, "Richter": Standing.DONE, "Yıldız": Standing.UNREAD}
    late = [one.item.title for one in team_records(team)[0].lessons if one.standing == Standing.REFRESH]
    assert late == ["Der Kar und die Teststrecke"]


def test_questions_from_the_desk_are_open_answered_and_declined():
    states = Counter(AskedQuestion.objects.values_list("campaign__name", "state"))
    assert states == {
        ("Eingelaufen", "open"): 1,
        ("Eingelaufen", "answered"): 1,
        ("Eingelaufen", "declined"): 1,
        ("Ready when you are", "open"): 1,
        (None, "open"): 1,
    }
    told = BriefingVersion.objects.filter(change_note__contains="Socken").order_by("briefing__audience")
    assert [one.briefing.audience for one in told] == ["branch", "service"]
    assert set(BriefingTemplate.objects.values_list("language", flat=True)) == {"de", "en"}


def test_prices_differ_by_region():
    dossier = Dossier(campaign("Draußen zuhause"))
    prices = {
        one.region.code: fact_texts(dossier, one.region, one.region.language)["price"]
        for one in dossier.regions
    }
    assert prices == {"AT": "159\xa0€", "CH": "CHF\xa0179", "DE": "159\xa0€", "UK": "£139"}


def test_sign_ins_are_shown_only_while_embedded(settings, client):
    assert [one.email.partition("@")[0] for one in sign_ins()][:3] == [
        "jana.bergmann",
        "murat.yildiz",
        "martin.keller",
    ]
    assert demo_sign_ins() == []
    settings.EMBEDDED = True
    page = client.get(reverse("account_login")).content.decode()
    assert "jana.bergmann@bergmann-soehne.example" in page


@pytest.mark.parametrize("place", range(9))
def test_every_sign_in_works(client, place):
    shown = sign_ins()[place]
    answer = client.post(reverse("account_login"), {"login": shown.email, "password": shown.password})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(email=shown.email).pk)


def test_the_command_prints_the_sign_ins():
    out = StringIO()
    call_command("demo", sign_ins=True, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == f"Sign in with the password {PASSWORD} as"
    assert len(lines) == 10
    assert "murat.yildiz@bergmann-soehne.example" in lines[2]
    assert "confirm it, and Germany can go live" in lines[2]


def test_the_command_refuses_where_real_people_work():
    with pytest.raises(CommandError, match="--force"):
        call_command("demo")


def test_the_command_loads_when_told_to():
    out = StringIO()
    call_command("demo", force=True, stdout=out)
    assert "with 12 campaigns." in out.getvalue()


def test_pictures_are_taken_of_pages_that_open(client):
    """docs/pictures.py names numbers of a fresh trial; here they are counted from the first campaign."""
    assert PICTURED == PASSWORD
    first = Campaign.objects.order_by("pk").first().pk
    names = list(Campaign.objects.order_by("pk").values_list("name", flat=True))
    assert (names[0], names[1], names[8]) == ("Draußen zuhause", "Gut geschlafen", "Der erste Rucksack")
    for picture in PICTURES:
        parts = picture.path.split("/")
        counted = re.sub(r"^/(campaigns|briefings)/\d+/", "/", picture.path)
        if re.search(r"\d", counted) or picture.path.startswith(("/mailbox/", "/campaigns/99999/")):
            continue  # counted from 1 in a fresh trial only, or meant to be missing
        if parts[1] == "campaigns" and len(parts) > 3 and parts[2].isdecimal():
            parts[2] = str(int(parts[2]) + first - 1)
        if parts[1] == "briefings" and len(parts) > 3 and parts[2].isdecimal():
            parts[2] = str(int(parts[2]) + BriefingVersion.objects.order_by("pk").first().briefing_id - 1)
        client.logout()
        if picture.person:
            client.force_login(User.objects.get(email=picture.person))
        assert client.get("/".join(parts)).status_code == 200, picture.name
