"""Calendar and timeline on the server: what is shown to whom, moved by whom, kept and shared."""

import json
import re
from datetime import date

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.permissions import can
from campaigns.models import Campaign, Flight, SavedView
from core import documents
from dashboard import conflicts
from dashboard.calendar.chosen import CALENDAR, TIMELINE, Chosen
from dashboard.calendar.layout import placed, span
from dashboard.calendar.rows import Entry, Where, rows_of
from tests.dashboard.calendar_data import SEPTEMBER, Scene
from tests.factories import RegionFactory, UserFactory, manager, marketer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 18)


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def signed(client: Client, scene: Scene) -> Client:
    client.force_login(scene.owner)
    return client


def bars(text: str) -> list[str]:
    """The keys of all bars of the picture, once each."""
    return sorted(set(re.findall(r'data-bar="(\w+)"', text)))


def test_every_view_shows_what_runs_and_queries_stay_the_same(signed, scene, django_assert_num_queries):
    keys = [f"c{scene.mine.pk}", f"f{scene.flight.pk}"]
    for address in ("/calendar/?", "/calendar/?group=channel&", "/timeline/?", "/timeline/?weeks=52&"):
        shown = signed.get(f"{address}{SEPTEMBER}").text
        assert set(bars(shown)) <= set(keys)
        assert bars(shown)
        assert "Outdoors" in shown
    assert bars(signed.get("/calendar/?view=week&on=2026-09-22").text) == keys
    assert bars(signed.get("/calendar/?on=2026-09-22&group=team").text) == keys[:1]
    assert "Nothing is planned in this period" in signed.get("/calendar/?on=2031-01-01").text
    with django_assert_num_queries(14):
        signed.get(f"/timeline/?{SEPTEMBER}")
    for name in ("Two", "Three"):
        other = scene.campaign(name, scene.owner, scene.de)
        scene.flight_of(other, date(2026, 9, 23), date(2026, 9, 24))
    with django_assert_num_queries(14):
        shown = signed.get(f"/timeline/?{SEPTEMBER}").text
    assert len(bars(shown)) == 6
    assert "Reaches the same people as “Outdoors” in DE, 23\u00a0Sept" in shown


def test_filters_stand_in_the_address_and_wrong_ones_are_left_out(signed, scene):
    other = scene.campaign("Winter", marketer(), scene.uk, state="in_review", phase="in_review")
    gone = scene.campaign("Gone", marketer(), scene.uk, state="cancelled", phase="cancelled")
    c, w = f"c{scene.mine.pk}", f"c{other.pk}"
    cases = {
        "show=campaigns": [c, w],
        "text=outD": [c],
        "owner=me": [c],
        f"owner={other.owner_id}": [w],
        "state=in_review": [w],
        "state=cancelled": [f"c{gone.pk}"],
        f"region={scene.de.pk}": [c],
        f"channel={scene.mail.pk}": [c],
        f"team={scene.owner.department_id}": [c],
        f"target={scene.families.pk}": [c, w],
        "state=nonsense&region=x&on=never&weeks=7&group=%00&skip=-1&channel=99999999999999": None,
    }
    for query, wanted in cases.items():
        on = "" if "on=" in query else f"&{SEPTEMBER}"
        answer = signed.get(f"/calendar/?show=campaigns&{query}{on}")
        assert answer.status_code == 200, query
        if wanted is not None:
            assert bars(answer.text) == sorted(wanted), query
    chosen = Chosen.from_query(TIMELINE, {"region": "3", "text": "a b", "weeks": "26"}, TODAY)
    assert chosen.url(on=date(2026, 1, 5)) == "/timeline/?on=2026-01-05&weeks=26&region=3&text=a+b"
    assert Chosen.from_query(CALENDAR, {}, TODAY).window == (date(2026, 8, 31), date(2026, 10, 4))
    assert Chosen.from_query(CALENDAR, {}, TODAY).earlier.period == (date(2026, 8, 1), date(2026, 8, 31))


def test_only_what_one_may_see_is_shown_and_only_what_one_may_change_is_movable(scene):
    people = {
        "marketer there": (UserFactory(roles_in={scene.de: [Role.MARKETER]}), True, True),
        "marketer elsewhere": (UserFactory(roles_in={Scene().de: [Role.EXPERT]}), True, False),
        "manager": (manager(), True, True),
        "expert": (UserFactory(roles=[Role.EXPERT]), True, False),
        "reviewer, not shared yet": (UserFactory(roles=[Role.REVIEWER]), False, False),
    }
    chosen = Chosen.from_query(CALENDAR, {"on": "2026-09-01", "text": "Outdoors"}, TODAY)
    for name, (user, sees, moves) in people.items():
        found = [one for one in rows_of(chosen, user).campaigns if one.pk == scene.mine.pk]
        assert bool(found) is sees, name
        assert all(one.movable is moves is can(user, "campaign.edit", scene.mine) for one in found), name
    Campaign.objects.filter(pk=scene.mine.pk).update(state="evaluated")
    assert not any(one.movable for one in rows_of(chosen, scene.owner).campaigns if one.pk == scene.mine.pk)


def post(client: Client, key: str, first: str, last: str, version: int, **more: str):
    data = {"starts_on": first, "ends_on": last, "version": version, **more}
    return client.post(f"/calendar/move/{key}/", data, headers={"accept": "application/json"})


def test_the_script_moves_meets_others_and_puts_a_campaign_back_exactly(signed, scene):
    flight, key = scene.flight, f"f{scene.flight.pk}"
    moved = post(signed, key, "2026-09-23", "2026-09-26", 1)
    assert moved.json() == {
        "words": "E-mail: now 23\u00a0Sept\u00a0– 26\u00a0Sept\u00a02026",
        "now": {"first": "2026-09-23", "last": "2026-09-26", "version": 2},
        "before": {"first": "2026-09-22", "last": "2026-09-25", "version": 1},
    }
    late = post(signed, key, "2026-09-24", "2026-09-27", 1)
    assert late.status_code == 409
    assert late.json()["words"].startswith("Jana B changed this in the meantime: it is now 23\u00a0Sept")
    assert late.json()["now"]["version"] == 2
    outside = post(signed, key, "2026-09-01", "2026-09-04", 2)
    assert (outside.status_code, outside.json()["words"]) == (
        422,
        "The campaign is here only from 21\u00a0Sept\u00a02026.",
    )
    assert post(signed, key, "nonsense", "2026-09-04", 2).status_code == 422
    assert Flight.objects.get(pk=flight.pk).version == 2
    # One region ends early; the campaign is shortened to it and put back.
    early = scene.mine.regions.get(region=scene.uk)
    early.ends_on = date(2026, 10, 20)
    early.save()
    campaign, version = f"c{scene.mine.pk}", Campaign.objects.get(pk=scene.mine.pk).version
    short = post(signed, campaign, "2026-09-21", "2026-10-20", version).json()
    before = json.dumps(short["before"]["regions"])
    back = post(signed, campaign, "2026-09-21", "2026-10-31", short["now"]["version"], regions=before).json()
    assert back["now"]["regions"] == short["before"]["regions"]
    for broken in ("[]", '{"x": 1}', "{"):
        assert post(signed, campaign, "2026-09-21", "2026-10-30", 9, regions=broken).status_code == 422


def test_the_panel_works_by_forms_alone(signed, scene):
    key = f"f{scene.flight.pk}"
    panel = signed.get(f"/calendar/?{SEPTEMBER}&open={key}").text
    assert "Mon, Fri, 19:00–22:00" in panel
    assert signed.get(f"/calendar/?open=f{scene.flight.pk + 99}").status_code == 404
    assert signed.get("/calendar/?open=x1").status_code == 404
    back = {"page": "calendar", "query": SEPTEMBER}
    days = {"starts_on": "2026-09-24", "ends_on": "2026-09-25", **back}
    done = signed.post(f"/calendar/move/{key}/", days | {"version": 1})
    assert (done.status_code, done.url) == (302, f"/calendar/?on=2026-09-01&open={key}")
    late = signed.post(f"/calendar/move/{key}/", days | {"version": 1, "ends_on": "2026-09-26"})
    assert late.status_code == 409
    assert 'value="2026-09-26"' in late.text
    assert 'name="version" value="2"' in late.text
    wrong = signed.post(f"/calendar/move/{key}/", days | {"version": 2, "ends_on": "2026-09-01"})
    assert wrong.status_code == 422
    assert "The end is before the start on 24\u00a0Sept\u00a02026." in wrong.text
    hours = {
        "hours-TOTAL_FORMS": 1,
        "hours-INITIAL_FORMS": 0,
        "hours-0-weekdays": ["0"],
        "version": 2,
        **back,
    }
    bad = signed.post(f"/calendar/hours/{key}/", hours | {"hours-0-begins": "08:00"})
    assert bad.status_code == 422
    assert "A daypart needs a beginning and another end." in bad.text
    good = signed.post(
        f"/calendar/hours/{key}/", hours | {"hours-0-begins": "08:00", "hours-0-ends": "09:00"}
    )
    assert good.status_code == 302
    campaign = f"c{scene.mine.pk}"
    new = {
        "row": scene.flight.campaign_channel_id,
        "starts_on": "2026-10-01",
        "ends_on": "2026-10-02",
        **back,
    }
    assert signed.post(f"/calendar/add/{campaign}/", new).status_code == 302
    again = signed.post(f"/calendar/add/{campaign}/", new)
    assert again.status_code == 422
    assert "E-mail already has a flight from 1\u00a0Oct\u00a02026" in again.text
    gone = signed.post(f"/calendar/remove/{key}/", {"version": 3, **back}, headers={"hx-request": "true"})
    assert json.loads(gone.headers["HX-Trigger"])["plan:changed"]["words"] == "The flight is removed."
    assert not Flight.objects.filter(pk=scene.flight.pk).exists()
    assert signed.post(f"/calendar/remove/{campaign}/", {"version": 1}).status_code == 403


def test_views_are_kept_shared_renamed_and_deleted(signed, scene, client):
    data = {"name": "UK only", "page": "timeline", "query": f"region={scene.uk.pk}&on=2026-01-05&junk=1"}
    saved = signed.post("/calendar/views/save/", data)
    assert saved.url == f"/timeline/?on=2026-01-05&region={scene.uk.pk}"
    view = SavedView.objects.get()
    assert (view.query, view.shared) == (f"region={scene.uk.pk}", False)
    signed.post("/calendar/views/save/", data | {"shared": "on"})
    assert SavedView.objects.get().shared
    private = SavedView.objects.create(owner=scene.owner, name="Private", page="timeline")
    assert signed.post(f"/calendar/views/{private.pk}/change/", {"name": "UK only"}).status_code == 302
    assert SavedView.objects.get(pk=private.pk).name == "Private"
    colleague = Client()
    colleague.force_login(manager())
    assert colleague.get(f"/calendar/views/{view.pk}/").url == f"/timeline/?region={scene.uk.pk}"
    assert colleague.get(f"/calendar/views/{private.pk}/").status_code == 404
    assert colleague.post(f"/calendar/views/{view.pk}/delete/").status_code == 403
    assert "UK only" in colleague.get("/timeline/").text
    assert "Private" not in colleague.get("/calendar/views/").text
    signed.post(f"/calendar/views/{view.pk}/delete/")
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Private"]


def test_a_region_is_moved_in_its_row_and_nothing_else_with_it(signed, scene):
    region = scene.mine.regions.get(region=scene.uk)
    key = f"r{region.pk}"
    shown = signed.get(f"/timeline/?group=region&{SEPTEMBER}").text
    assert bars(shown) == sorted(f"r{row.pk}" for row in scene.mine.regions.all())
    assert f'data-bar="{key}" data-opens="c{scene.mine.pk}" data-move data-first="2026-09-21"' in shown
    assert f"open=c{scene.mine.pk}" in shown
    assert signed.get(f"/timeline/?group=region&{SEPTEMBER}&open={key}").status_code == 200
    version = scene.mine.version
    moved = post(signed, key, "2026-09-24", "2026-10-20", version)
    assert moved.json() == {
        "words": "Outdoors · UK: now 24\u00a0Sept\u00a0– 20\u00a0Oct\u00a02026",
        "now": {"first": "2026-09-24", "last": "2026-10-20", "version": version + 1},
        "before": {"first": "2026-09-21", "last": "2026-10-31", "version": version},
    }
    late = post(signed, key, "2026-09-25", "2026-10-21", version)
    assert late.status_code == 409
    assert late.json()["words"].endswith("it is now 24\u00a0Sept\u00a0– 20\u00a0Oct\u00a02026.")
    assert late.json()["now"]["version"] == version + 1
    outside = post(signed, key, "2026-09-01", "2026-10-20", version + 1)
    assert outside.status_code == 422
    assert outside.json()["words"].startswith(f"{scene.uk}: ")
    assert post(signed, key, "2026-10-02", "2026-10-01", version + 1).status_code == 422
    back = post(signed, key, "2026-09-21", "2026-10-31", version + 1)
    assert back.json()["now"]["version"] == version + 2
    campaign = Campaign.objects.get(pk=scene.mine.pk)
    assert (campaign.starts_on, campaign.ends_on) == (date(2026, 9, 21), date(2026, 10, 31))
    assert Flight.objects.get(pk=scene.flight.pk).starts_on == date(2026, 9, 22)
    signed.force_login(UserFactory(roles=[Role.EXPERT]))
    assert post(signed, key, "2026-09-24", "2026-10-20", version + 2).status_code == 403
    signed.force_login(UserFactory(roles_in={RegionFactory(): [Role.MARKETER]}))
    assert post(signed, key, "2026-09-24", "2026-10-20", version + 2).status_code == 404


def entry(pk: int, first: int, last: int, **more: object) -> Entry:
    """An entry from one day of September to another, of target group 1 in DE."""
    days = date(2026, 9, first), date(2026, 9, last)
    where = [Where(1, "DE", *days, "waiting")]
    return Entry("c", pk, f"No. {pk}", *days, 1, "draft", True, regions=where, targets=[1], **more)


def test_lanes_conflicts_and_load_are_counted():
    one, two, three = entry(1, 1, 10), entry(2, 10, 12), entry(3, 11, 11)
    pieces, hidden = placed(map(span, (one, two, three)), date(2026, 9, 7), date(2026, 9, 13), 2)
    assert [(piece.start, piece.days, piece.lane, piece.cut_left) for piece in pieces] == [
        (1, 4, 1, True),
        (4, 3, 2, False),
        (5, 1, 1, False),
    ]
    assert hidden == 0
    assert placed(map(span, (one, two, three)), date(2026, 9, 7), date(2026, 9, 13), 1)[1] == 1
    assert conflicts.mark([one, two, three]) == 3
    assert one.clash == "Reaches the same people as “No. 2” in DE, 10\u00a0Sept\u00a02026"
    assert two.clash.endswith("and as 1 other campaign")
    assert conflicts.load([one, two, three], date(2026, 8, 31), 3) == [1, 2, 0]
    over = entry(4, 1, 10)
    over.phase = "finished"
    assert conflicts.mark([over, entry(5, 1, 10)]) == 0


@pytest.mark.parametrize("numbers", [(8, 9), (9, 10), (99, 100)])
def test_of_two_that_begin_together_the_one_made_first_is_named(numbers):
    met = [entry(number, 1, 10) for number in reversed(numbers)]
    last = entry(200, 5, 6)
    conflicts.mark([*met, last])
    assert f"“No. {numbers[0]}”" in last.clash


def test_a_picture_on_paper_has_the_same_entries_and_says_when_it_cannot_be_made(signed, scene, monkeypatch):
    drawn = signed.get(f"/calendar/picture/timeline/?{SEPTEMBER}&region={scene.de.pk}")
    assert (drawn.headers["Content-Type"], drawn.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    seen = {}
    monkeypatch.setattr(documents, "pdf", lambda template, context: seen.update(context) or b"%PDF-")
    paper = signed.get(f"/calendar/pdf/calendar/?{SEPTEMBER}&paper=a3&region={scene.de.pk}")
    assert paper.content == b"%PDF-"
    assert paper.headers["Content-Disposition"] == 'attachment; filename="calendar-september-2026.pdf"'
    assert (seen["paper"], seen["filters"]) == ("A3 landscape", ["Region: Region DE"])
    assert [one.key for one in seen["entries"]] == [f"c{scene.mine.pk}", f"f{scene.flight.pk}"]

    def missing(template, context):
        raise documents.DocumentsUnavailable("No Pango here.")

    monkeypatch.setattr(documents, "pdf", missing)
    refused = signed.get(f"/calendar/pdf/calendar/?{SEPTEMBER}")
    assert refused.status_code == 503
    assert "No Pango here." in refused.text
