"""Decisions: asked, answered, decided, superseded; immutable below the services; a log that is searched."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.enums import Role
from campaigns.decision_log import LogFilter
from campaigns.enums import DecisionState
from campaigns.forms.decisions import DecisionForm
from campaigns.models import Decision, SignOff
from campaigns.services import decisions as service
from core.models import OutgoingMail
from tests.campaigns.planning_data import filled_in
from tests.campaigns.test_strategy import some_lines
from tests.factories import CampaignFactory, DepartmentFactory, RegionFactory, UserFactory, manager, marketer

pytestmark = pytest.mark.django_db
TEXTS = {"title": "No TV", "what": "We leave TV out.", "why": "Nobody watches."}


@pytest.fixture
def scene(client):
    """A marketer and a manager of DE, a legal department with one lead and one other person, a campaign."""

    class Scene:
        de = RegionFactory(code="DE")
        legal = DepartmentFactory(name_en="Legal")
        author = marketer()
        boss = manager()
        lead = UserFactory(roles=[Role.MANAGER], department=legal)
        other = UserFactory(roles=[Role.PARTNER], department=legal)
        campaign = CampaignFactory(in_regions=[de])

        def written(self, **more):
            return service.write(by=self.author, values=TEXTS | {"campaign": self.campaign} | more)

    return Scene()


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_from_the_draft_to_the_one_that_supersedes_it(client, scene):
    client.force_login(scene.author)
    about = {"campaign": scene.campaign.pk, "cost": "1,500", "currency": "EUR", "version": 1}
    made = Decision.objects.get(pk=client.post("/decisions/new/", TEXTS | about).url.split("/")[2])
    assert (made.state, made.cost, made.by) == ("draft", 1500, scene.author)
    url = made.get_absolute_url()
    answer = client.post(f"{url}ask/", {"departments": [DepartmentFactory().pk]})
    assert "Nobody there could answer" in str(answer.context["ask_form"].errors)
    client.post(f"{url}ask/", {"departments": [scene.legal.pk], "due_on": "2026-12-01"})
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == [scene.lead]
    client.force_login(scene.other)
    sign = {"department": scene.legal.pk, "answer": "no", "reason": ""}
    assert client.post(f"{url}answer/", sign).status_code == 403
    client.force_login(scene.lead)
    assert "Sign off: No TV" in client.get("/").content.decode()
    errors = client.post(f"{url}answer/", sign).context["answer_form"].errors
    assert errors == {"reason": ["Say why the department does not agree."]}
    client.post(f"{url}answer/", sign | {"reason": "Contract"})
    assert client.post(f"{url}answer/", sign | {"reason": "Again"}).status_code == 409
    assert SignOff.objects.get().reason == "Contract"
    client.force_login(scene.boss)
    assert "Decide: No TV" in client.get("/").content.decode()
    made.refresh_from_db()
    answer = client.post(f"{url}decide/", {"version": made.version})
    assert "despite" in answer.context["decide_form"].errors
    client.post(f"{url}decide/", {"version": made.version, "despite": "It ends anyway."})
    made.refresh_from_db()
    assert (made.state, made.decider, made.despite) == ("decided", scene.boss, "It ends anyway.")
    client.force_login(scene.author)
    newer = TEXTS | about | {"title": "A little TV", "supersedes": made.pk}
    new = Decision.objects.get(pk=client.post("/decisions/new/", newer).url.split("/")[2])
    service.decide(decision=new, by=scene.boss)
    made.refresh_from_db()
    assert (made.state, made.superseded_by) == ("superseded", new)
    for address in (url, f"/campaigns/{scene.campaign.pk}/decisions/", "/decisions/?text=watches"):
        page = client.get(address).content.decode()
        assert "Superseded by" in page, address
        assert new.get_absolute_url() in page, address
    assert made.get_absolute_url() in client.get(new.get_absolute_url()).content.decode()
    panel = client.get(f"/campaigns/{scene.campaign.pk}/?all=1").content.decode()
    assert "Superseded by" in panel


def test_what_is_decided_stays_whoever_writes(scene):
    made = scene.written()
    rows = Decision.objects.filter(pk=made.pk)
    rows.update(title="Still a draft", words="still a draft")
    now = timezone.now()
    refused = [
        {"state": "superseded"},
        {"state": "decided"},
        {"by": scene.boss},
        {"kind": "confirmed_share"},
    ]
    service.ask(decision=made, by=scene.author, departments=[scene.legal])
    refused += [{"what": "Something else"}, {"supersedes": made}, {"state": "asked", "turn": 1}]
    service.answer(decision=made, department=scene.legal, by=scene.lead, yes=True, reason="")
    service.decide(decision=made, by=scene.boss)
    refused += [{"why": "Other"}, {"cost": 5}, {"decided_by": scene.lead}, {"decided_at": now}, {"turn": 3}]
    refused += [{"state": "draft"}, {"state": "withdrawn"}, {"superseded_by": made}, {"despite": "x"}]
    for values in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    signed = SignOff.objects.filter(decision=made)
    for values in ({"answer": "no", "reason": "x"}, {"reason": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            signed.update(**values)
    for table, row in (("campaigns_decision", made), ("campaigns_signoff", signed.get())):
        with pytest.raises(IntegrityError):
            sql(f"DELETE FROM {table} WHERE id = %s", row.pk)
    assert Decision.objects.get(pk=made.pk).title == "Still a draft"


def test_two_people_at_once_lose_nothing(client, scene):
    made = scene.written()
    client.force_login(scene.author)
    seen = filled_in(DecisionForm(instance=made, by=scene.author), why="Mine")
    values = {"why": "Theirs", "what": made.what}
    service.change(decision=made, by=scene.boss, values=values, expected=made.version)
    answer = client.post(f"{made.get_absolute_url()}edit/", seen)
    assert answer.status_code == 409
    changes = [(one.name, one.theirs, one.yours) for one in answer.context["form"].conflict.changes]
    assert changes == [("why", "Theirs", "Mine")]
    service.withdraw(decision=made, by=scene.boss)
    answer = client.post(f"{made.get_absolute_url()}edit/", seen)
    assert answer.status_code == 409
    assert (
        "“Withdrawn” by now" in str(answer.context["form"].non_field_errors())
        or answer.context["form"].conflict
    )
    made.refresh_from_db()
    assert (made.why, made.state) == ("Theirs", "withdrawn")
    assert client.post(f"{made.get_absolute_url()}ask/", {"departments": [scene.legal.pk]}).status_code == 409


def test_who_reads_which_decisions(client, scene):
    about, general = scene.written(), scene.written(campaign=None, title="For all")
    far = UserFactory(roles_in={RegionFactory(): [Role.MARKETER]})
    lead = UserFactory(roles=[Role.TEAM_LEAD], department=scene.legal)
    assert list(Decision.objects.visible_to(scene.author)) == [general, about]
    assert list(Decision.objects.visible_to(far)) == [general]
    assert list(Decision.objects.visible_to(lead)) == []
    service.ask(decision=about, by=scene.author, departments=[scene.legal])
    assert list(Decision.objects.visible_to(lead)) == [about]
    client.force_login(far)
    assert client.get(about.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_is_filtered_with_the_same_queries(client, scene, rows, django_assert_num_queries):
    for number in range(rows):
        made = scene.written(title=f"Straße {number}", why="Überall ist es so")
        service.ask(decision=made, by=scene.author, departments=[scene.legal])
    scene.written(title="Other", campaign=None)
    client.force_login(scene.lead)
    for query, found in (
        (f"campaign={scene.campaign.pk}", rows),
        (f"department={scene.legal.pk}", rows),
        (f"person={scene.author.pk}", rows + 1),
        ("text=STRASSE+überall", rows),
        ("state=mine", rows),
        ("state=draft", 1),
        ("person=99999999999999999999&state=nonsense&text=%00", rows + 1),
    ):
        with django_assert_num_queries(9):
            assert len(client.get(f"/decisions/?{query}").context["rows"]) == found, query


def test_older_ones_follow_on_the_next_page(scene, monkeypatch, rf):
    monkeypatch.setattr("campaigns.decision_log.PAGE", 2)
    from campaigns.decision_log import page_of

    made = [scene.written(title=str(number)) for number in range(3)]
    rows, older = page_of(LogFilter(), scene.author)
    assert (rows, older) == ([made[2], made[1]], made[1].pk)
    assert page_of(LogFilter(older=older), scene.author) == ([made[0]], 0)


def test_texts_of_any_kind_are_harmless(client, scene):
    client.force_login(scene.author)
    for text in some_lines(200):
        said = {"title": text, "what": text, "why": text, "currency": "EUR", "version": 1}
        client.post("/decisions/new/", said)
    made = Decision.objects.filter(title__contains="<script>").first()
    assert made.state == DecisionState.DRAFT
    for address in (made.get_absolute_url(), "/decisions/", f"{made.get_absolute_url()}edit/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page, address
