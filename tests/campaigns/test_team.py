"""Planning together: who is invited, what is asked, contributed and answered, and who is told of what."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from campaigns.errors import Refused
from campaigns.models import Campaign, CampaignPartner, Contribution, PartnerReader
from campaigns.services import contributions, lifecycle, message, team
from campaigns.services.partners import tell_partners
from campaigns.services.plan_data import plan_of
from campaigns.services.planning import update_plan
from core.concurrency import StaleVersion
from core.delivery.models import OutgoingMail
from core.models import AuditEvent
from core.registry import home_sources
from tests.campaigns.test_partners_told import later, save
from tests.factories import BudgetFactory, DepartmentFactory, RegionFactory, UserFactory, marketer
from tests.factories.lifecycle import draft

pytestmark = pytest.mark.django_db
NOON = "2026-09-01T12:00:00+00:00"
TODAY = date(2026, 9, 1)
NASTY = "<script>alert(1)</script> {{ 7|add:1 }} 🎒"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


class Scene:
    """A draft with its owner; legal with a partner, and somebody of service who is no partner anywhere."""

    def __init__(self):
        self.campaign = draft("AT", name="Outdoors")
        BudgetFactory(campaign=self.campaign)
        self.owner = self.campaign.owner
        self.legal = DepartmentFactory(code="legal", name_en="Legal")
        self.pia = UserFactory(roles=[Role.PARTNER], department=self.legal, first_name="Pia")
        self.sam = UserFactory(roles_in={RegionFactory(code="DE"): [Role.STAFF]}, first_name="Sam")

    def invite(self, *, people=(), wanted=None, topics=("time", "states"), by=None):
        return team.invite_partners(
            campaign=self.campaign,
            by=by or self.owner,
            departments=[] if people else [self.legal],
            people=people,
            topics=topics,
            wanted=wanted,
        )

    def sees(self, person):
        return Campaign.objects.visible_to(type(person).objects.get(pk=person.pk)).exists()

    def url(self, name="team", *args):
        return reverse(f"campaigns:{name}", args=[self.campaign.pk, *args])


@pytest.fixture
def scene():
    return Scene()


def mails(person):
    return list(OutgoingMail.objects.filter(recipient=person).order_by("pk"))


def home(person, source="contributions"):
    return dict(home_sources.items())[source](person, timezone.now())


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_department_and_person_see_the_plan_as_long_as_they_are_partners(scene):
    assert (scene.sees(scene.pia), scene.sees(scene.sam)) == (False, False)
    before = Campaign.objects.get().version
    wanted = team.Wanted("Check the terms", TODAY + timedelta(days=3))
    (row,) = scene.invite(wanted=wanted)
    (person,) = scene.invite(people=[scene.sam])
    assert scene.invite() == []  # a partner already
    assert (scene.sees(scene.pia), scene.sees(scene.sam)) == (True, True)
    assert Campaign.objects.get().version == before + 1  # the form of the plan has departments
    note = Contribution.objects.get()
    assert (note.kind, note.state, note.department, note.by) == ("asked", "open", scene.legal, scene.owner)
    assert team.take_leave(row=row, by=scene.owner)
    assert not team.take_leave(row=row, by=scene.owner)
    team.take_leave(row=person, by=scene.owner)
    assert (scene.sees(scene.pia), scene.sees(scene.sam)) == (False, False)
    note.refresh_from_db()
    assert (note.state, note.closed_by) == ("withdrawn", scene.owner)
    assert CampaignPartner.everyone.filter(ended_by=scene.owner).count() == 2
    assert scene.invite()[0].pk != row.pk  # invited anew: a new row, the history stays
    assert (
        verbs()[-6:]
        == [
            "partner.invited",
            "contribution.asked",
            "partner.person_invited",
            "partner.removed",
            "partner.person_removed",
            "partner.invited",
        ][-6:]
    )


def test_the_plan_form_leaves_people_alone_and_knows_of_departments_that_came_in(scene):
    campaign = Campaign.objects.get()
    plan = plan_of(campaign)
    scene.invite(people=[scene.sam])
    scene.invite()
    with pytest.raises(StaleVersion):
        update_plan(campaign=campaign, by=scene.owner, plan=plan, expected=campaign.version)
    save(scene.campaign, partners=())
    assert [row.person for row in scene.campaign.partners.all()] == [scene.sam]
    assert CampaignPartner.everyone.get(department=scene.legal).ended_by == scene.owner


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"departments": [], "people": []}, "departments"),
        ({"wanted": team.Wanted("x", TODAY - timedelta(days=1))}, "due_on"),
        ({"wanted": team.Wanted(" ")}, "wanted"),
        ({"topics": ["weather"]}, "topics"),
    ],
)
def test_what_cannot_be_invited_is_said_at_its_field(scene, change, place):
    about = {"departments": [scene.legal], "people": [], "topics": ["time"], "wanted": None} | change
    with pytest.raises(ValidationError) as refused:
        team.invite_partners(campaign=scene.campaign, by=scene.owner, **about)
    assert list(refused.value.message_dict) == [place]
    gone = UserFactory(roles=[Role.STAFF], is_active=False)
    with pytest.raises(ValidationError, match="has left"):
        scene.invite(people=[gone])
    with pytest.raises(PermissionDenied):
        scene.invite(by=scene.pia)


def test_asked_answered_taken_up(scene):
    (row,) = scene.invite()
    number = uuid4()
    asked = {"to": row, "text": "Check the terms", "by": scene.owner, "due_on": TODAY, "submission": number}
    note = contributions.ask(**asked)
    assert contributions.ask(**asked).pk == note.pk
    assert [mail.subject for mail in mails(scene.pia)] == ["Please contribute to “Outdoors”"]
    (item,) = home(scene.pia)
    assert (item.title, item.due, item.post_url) == ("Contribute: Check the terms", TODAY, "")
    assert item.url == f"{scene.url()}#note-{note.pk}"
    with pytest.raises(PermissionDenied):
        contributions.answer(note=note, text="Fine", by=scene.owner)
    with pytest.raises(ValidationError, match="Write your answer"):
        contributions.answer(note=note, text=" ", by=scene.pia)
    contributions.answer(note=note, text="The receipt will do.", by=scene.pia)
    assert home(scene.pia) == []
    (item,) = home(scene.owner)
    assert (item.detail, item.action) == ("The receipt will do.", "Take up")
    assert mails(scene.owner)[-1].subject == f"{scene.pia} has contributed what was asked for: Outdoors"
    with pytest.raises(PermissionDenied):
        contributions.take(note=note, by=scene.pia)
    with pytest.raises(ValidationError, match="Say why"):
        contributions.decline(note=note, text="", by=scene.owner)
    contributions.take(note=note, by=scene.owner)
    assert mails(scene.pia)[-1].subject == "Your contribution is taken up: Outdoors"
    assert (home(scene.pia), home(scene.owner)) == ([], [])
    with pytest.raises(Refused, match="was faster: this is “Taken up” by now"):
        contributions.decline(note=note, text="Too late", by=scene.owner)


def test_not_possible_declined_offered_and_taken_back(scene):
    (row,) = scene.invite()
    note = contributions.ask(to=row, text="A press day", by=scene.owner)
    contributions.unable(note=note, text="Nobody is there.", by=scene.pia)
    assert "cannot contribute" in mails(scene.owner)[-1].subject
    offer = contributions.offer(campaign=scene.campaign, text="A repair day", by=scene.pia)
    assert mails(scene.owner)[-1].subject == f"{scene.pia} contributes to “Outdoors”"
    contributions.decline(note=offer, text="No room", by=scene.owner)
    assert "No room" in mails(scene.pia)[-1].text
    second = contributions.offer(campaign=scene.campaign, text="Another day", by=scene.pia)
    with pytest.raises(PermissionDenied):
        contributions.withdraw(note=second, by=scene.owner)
    contributions.withdraw(note=second, by=scene.pia)
    states = Contribution.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["unable", "declined", "withdrawn"]


def test_questions_to_a_partner_and_to_the_team(scene):
    (row,) = scene.invite()
    to_legal = contributions.question(campaign=scene.campaign, to=row, text="May we?", by=scene.owner)
    to_team = contributions.question(campaign=scene.campaign, text="Until when?", by=scene.pia)
    assert [mail.subject for mail in mails(scene.owner)] == ["A question about “Outdoors”"]
    assert [item.title for item in home(scene.owner)] == ["Answer: Until when?"]
    assert [item.title for item in home(scene.pia)] == ["Answer: May we?"]
    with pytest.raises(Refused):
        contributions.unable(note=to_legal, text="No", by=scene.pia)
    contributions.answer(note=to_legal, text="You may.", by=scene.pia)
    contributions.answer(note=to_team, text="Friday.", by=scene.owner)
    assert mails(scene.pia)[-1].subject == f"{scene.owner} has answered: Outdoors"
    lifecycle.cancel(campaign=scene.campaign, by=scene.owner, reason="Rain")
    campaign = Campaign.objects.get()
    with pytest.raises(Refused, match="closed"):
        contributions.question(campaign=campaign, text="Why?", by=scene.pia)


def test_what_was_said_stays_whoever_writes(scene):
    (row,) = scene.invite()
    note = contributions.ask(to=row, text="Check", by=scene.owner)
    contributions.unable(note=note, text="No", by=scene.pia)
    rows = Contribution.objects.filter(pk=note.pk)
    for change in ({"text": "x"}, {"answer": "x"}, {"state": "given"}, {"by": scene.pia}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_partners_are_told_of_their_topics_only_and_each_chooses_for_himself(scene, clock):
    scene.invite(topics=["message"])
    paul = UserFactory(roles=[Role.PARTNER], department=scene.legal)
    scene.invite(people=[scene.sam], topics=["time"], wanted=team.Wanted("Tell us what they ask"))
    later(clock, minutes=2)
    assert tell_partners() == 2
    assert mails(scene.pia)[0].subject == "Your department is invited: Outdoors"
    invitation = mails(scene.sam)[0]
    assert invitation.subject == "You are invited: Outdoors"
    assert "What is wanted: Tell us what they ask" in invitation.text
    assert scene.url("team_topics") in invitation.text
    assert len(mails(scene.sam)) == 1  # the invitation says what is wanted, no second mail does
    team.choose_topics(campaign=scene.campaign, by=paul, topics=[])
    later(clock, hours=2)
    save(scene.campaign, ends_on=date(2026, 11, 30))
    message.save_core(
        campaign=scene.campaign, values={"language": "en", "claim": "Out"}, expected=0, by=scene.owner
    )
    later(clock, minutes=2)
    assert tell_partners() == 2
    assert "changed the core message" in mails(scene.pia)[1].text
    assert "moved the campaign" not in mails(scene.pia)[1].text
    assert "moved the campaign" in mails(scene.sam)[1].text
    assert len(mails(paul)) == 1  # invited, then muted
    team.choose_topics(campaign=scene.campaign, by=paul, topics=None)
    assert team.topics_of(campaign=scene.campaign, person=paul) == (["message"], ["message"], False)
    with pytest.raises(PermissionDenied):
        team.choose_topics(campaign=scene.campaign, by=scene.owner, topics=[])


def test_invitations_wait_on_home_until_the_partner_has_looked(scene, client):
    scene.invite(people=[scene.sam])
    assert [item.title for item in home(scene.sam, "invitations")] == ["Invitation: Outdoors"]
    client.force_login(scene.sam)
    assert client.get(scene.url("panels"), headers={"HX-Request": "true"}).status_code == 200
    assert PartnerReader.objects.get().looked_at == timezone.now()
    assert home(scene.sam, "invitations") == []
    client.force_login(scene.owner)
    client.get(scene.url())
    assert PartnerReader.objects.count() == 1


def test_the_page_shows_everybody_harmlessly_in_as_many_queries_for_one_as_for_three(scene, client):
    client.force_login(scene.owner)
    seen = []
    for count in (1, 2):
        for _ in range(count):
            department = DepartmentFactory(name_en=NASTY)
            person = UserFactory(roles=[Role.PARTNER], department=department)
            (row,) = team.invite_partners(
                campaign=scene.campaign, by=scene.owner, departments=[department], topics=["time"]
            )
            team.looked(campaign=scene.campaign, by=person, rows=[row])
            contributions.ask(to=row, text=NASTY, by=scene.owner, due_on=TODAY)
            contributions.offer(campaign=scene.campaign, text=NASTY, by=person)
            contributions.question(campaign=scene.campaign, text=NASTY, by=person)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(scene.url())
        seen.append(len(queries))
    text = response.content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:1 }} 🎒" in text
    assert text.count("looked last: ") == 3
    assert seen == [12, 12]
    left = UserFactory(roles=[Role.STAFF])
    scene.invite(people=[left])
    type(left).objects.filter(pk=left.pk).update(is_active=False)
    assert "has left the company" in client.get(scene.url()).content.decode()


def invitation(**changes):
    return {"topics": ["time"], "wanted": "", "due_on": "", "others": ""} | changes


def test_several_are_invited_in_one_form_by_tick_and_by_name(scene, client):
    client.force_login(scene.owner)
    twin = UserFactory(roles=[Role.STAFF], first_name="Ann", last_name="Twin")
    UserFactory(roles=[Role.STAFF], first_name="Ann", last_name="Twin")
    url = scene.url("team_invite")
    bad = client.post(url, invitation(others="nobody@firm.example, Ann Twin", due_on="2026-13-01"))
    text = bad.content.decode()
    assert "Nobody here with a role is called “nobody@firm.example”." in text
    assert "Several people are called “Ann Twin”; write the e-mail address." in text
    assert "This is no date." in text
    assert (
        "This day is over."
        in client.post(
            url, invitation(others=scene.sam.email, wanted="x", due_on="2026-08-31")
        ).content.decode()
    )
    assert not scene.campaign.partners.exists()
    good = invitation(
        departments=[scene.legal.pk], others=f"{scene.sam.get_full_name()}\n{twin.email}", wanted="Look"
    )
    assert client.post(url, good).status_code == 302
    assert {row.who for row in scene.campaign.partners.all()} == {scene.legal, scene.sam, twin}
    assert Contribution.objects.filter(text="Look").count() == 3


def test_a_partner_answers_and_contributes_in_place_and_reads_the_plan_only(scene, client):
    (row,) = scene.invite(people=[scene.sam], wanted=team.Wanted("Which questions?"))
    note = Contribution.objects.get()
    client.force_login(scene.sam)
    step = scene.url("team_step", note.pk, "answer")
    for name in ("detail", "team", "message", "budget", "gate", "decisions"):
        assert client.get(scene.url(name)).status_code == 200
    assert client.get(scene.url("edit")).status_code == 404
    empty = client.post(step, {"text": ""})
    assert (empty.status_code, "Write your answer." in empty.content.decode()) == (200, True)
    assert client.post(step, {"text": "Three."}).headers["Location"] == f"{scene.url()}#note-{note.pk}"
    late = client.post(scene.url("team_step", note.pk, "unable"), {"text": "My other words"})
    assert late.status_code == 409
    assert f"{scene.sam} was faster: this is “Given” by now." in late.content.decode()
    assert "My other words" in late.content.decode()
    form = {"submission": str(uuid4()), "text": "And a fourth."}
    assert [client.post(scene.url("team_say", "offer"), form).status_code for _ in range(2)] == [302, 302]
    assert Contribution.objects.filter(kind="offered").count() == 1
    question = {"submission": str(uuid4()), "to": "d999", "text": "?"}
    assert (
        "This is no partner any more."
        in client.post(scene.url("team_say", "question"), question).content.decode()
    )
    assert client.post(scene.url("team_topics"), {}).status_code == 302
    assert team.topics_of(campaign=scene.campaign, person=scene.sam)[0] == []
    client.post(scene.url("team_topics"), {"usual": "1"})
    assert team.topics_of(campaign=scene.campaign, person=scene.sam)[0] == row.topics


def test_what_fits_a_row_of_home_is_taken_up_there(scene, client):
    scene.invite()
    note = contributions.offer(campaign=scene.campaign, text="A repair day", by=scene.pia)
    client.force_login(scene.owner)
    (item,) = home(scene.owner)
    in_place = {"HX-Request": "true"}
    assert item.post_url == scene.url("team_step", note.pk, "take")
    assert [client.post(item.post_url, headers=in_place).status_code for _ in range(2)] == [204, 409]
    contributions.offer(campaign=scene.campaign, text="long " * 100, by=scene.pia)
    assert home(scene.owner)[0].post_url == ""


def test_partners_of_another_campaign_and_notes_of_another_campaign_are_not_there(scene, client):
    other = draft("AT", name="Indoors")
    row = other.partners.create(person=scene.sam)
    note = contributions.ask(to=row, text="Check", by=other.owner)
    client.force_login(scene.sam)
    assert client.get(scene.url()).status_code == 404
    assert client.post(scene.url("team_step", note.pk, "answer"), {"text": "x"}).status_code == 404
    client.force_login(scene.owner)
    assert client.post(scene.url("team_leave", row.pk)).status_code == 404
    assert client.post(scene.url("team_step", note.pk, "take")).status_code == 404
    assert client.get(scene.url("team_say", "nothing")).status_code == 404
    assert marketer().pk != scene.owner.pk


def test_the_admin_finds_partners_of_now_and_before_and_what_is_overdue(scene, client):
    (row,) = scene.invite()
    contributions.ask(to=row, text="Check the terms", by=scene.owner, due_on=TODAY)
    (person,) = scene.invite(people=[scene.sam])
    team.take_leave(row=person, by=scene.owner)
    client.force_login(UserFactory(roles=[Role.ADMIN], is_staff=True))
    partners_page = reverse("admin:campaigns_campaignpartner_changelist")
    shown = {now: client.get(f"{partners_page}?now={now}").content.decode() for now in ("yes", "no")}
    assert (str(scene.sam) in shown["yes"], str(scene.sam) in shown["no"]) == (False, True)
    overdue = reverse("admin:campaigns_contribution_changelist") + "?overdue=yes&q=terms"
    assert "Check the terms" not in client.get(overdue).content.decode().split("<tbody>")[-1]
    later_day = Contribution.objects.get()
    assert client.get(reverse("admin:campaigns_contribution_change", args=[later_day.pk])).status_code == 200
