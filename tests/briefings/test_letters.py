"""The form letter of a briefing is, for each person, what a letter made for him alone would be."""

import json
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.test import override_settings

from accounts.models import NotificationSettings, User
from briefings.emails import MAIL, letter, mail_context, with_before
from briefings.models import Briefing, Delivery
from briefings.services.recipients import is_entitled, still_entitled
from campaigns.models import Campaign, CampaignRegion
from core.delivery import letters
from core.delivery.claiming import claim
from core.delivery.letters import FormLetter, compose
from core.delivery.routes import route_for
from core.delivery.smtp import _stuffed
from core.emails import render_mail
from core.formletters import Anybody, TooPersonal, form_letter
from tests.briefings.data import confirmed_by, leave, put_out, rewrite, staff, written
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NAUGHTY = json.loads((Path(__file__).parents[1] / "vendor/naughty-strings/blns.json").read_text())
NAMES = [
    ("Anna", "Müller"),
    ("", ""),
    ("<b>Zoë</b> & Co", 'O\'Neill "quoted"'),
    ("{{ 7|add:7 }} %(name)s", "=?utf-8?q?x?="),
    ("A\r\nBcc: x@evil.example", "\x01\u2028."),
    ("名前 שלום", "🎉" * 40),
    ("x" * 140, "ß" * 140),
]


@pytest.fixture
def still(monkeypatch):
    """All letters are written in the same second."""
    monkeypatch.setattr(letters, "_date", lambda _second: "Sat, 21 Nov 2026 12:00:00 -0000")


def alone(row, known=None):
    """The letter made the long way: templates rendered for this person, the whole composed."""
    user = row.user
    parts = render_mail(user, MAIL, mail_context(row.version, known, user.language))
    return compose(name=str(user), address=user.email, message_id=row.message_id, **parts)


def rows():
    return with_before(Delivery.objects.order_by("pk"))


def test_everybody_gets_the_very_bytes_of_a_letter_of_his_own(region, still):
    _team, people = staff(region, len(NAMES))
    for person, (first, last) in zip(people, NAMES, strict=True):
        User.objects.filter(pk=person.pk).update(first_name=first, last_name=last)
    User.objects.filter(pk=people[0].pk).update(language="de", timezone="Asia/Tokyo")
    put_out(written(region, title="Jacke 20 % & <mehr>", offer="Größe {{price}}\n.\nFrom here\n" * 9))
    found = list(rows())
    assert len(found) == len(NAMES)
    made = [letter(row) for row in found]
    assert made == [alone(row) for row in found]
    # What is known of a letter without looking through it is so.
    assert [_stuffed(one) for one in made] == [_stuffed(one._replace(smooth=False)) for one in made]
    assert len({one.data for one in made}) == len(NAMES)
    assert b"slot" not in b"".join(one.data for one in made)


def test_a_worker_reads_enough_for_all_letters(region, still, django_assert_num_queries):
    _team, people = staff(region, 3)
    wishes = NotificationSettings(user=people[0], refused_address="old@shop.example", refused_at=Now())
    wishes.save()
    version = put_out(written(region))
    expected = [letter(row) for row in rows()]
    with django_assert_num_queries(2):
        claimed = claim(route_for("briefings.delivery")).rows
    with django_assert_num_queries(0):
        assert [letter(row) for row in claimed] == expected
    assert [(row.state, row.attempt, row.version, row.user) for row in claimed] == [
        ("claimed", 1, version, person) for person in people
    ]
    assert claimed[0].version is claimed[2].version
    assert claimed[0].user.notifications == wishes
    assert claimed[1].user.preferences.pk is None
    # What was not read comes when it is asked for.
    assert (claimed[2].route, claimed[2].user.is_active) == ("mail", True)


def test_who_confirmed_before_gets_his_own_difference(told, still):
    team, anna, briefing, version = told
    others = [UserFactory(roles=["staff"]) for _ in range(2)]
    for one in others:
        team.memberships.create(user=one)
    confirmed_by(version, anna)
    put_out(rewrite(briefing, say="Something else"))
    found = {row.user_id: row for row in rows().filter(version__number=2)}
    assert {pk: row.before for pk, row in found.items()} == {
        anna.pk: version.pk,
        **{one.pk: None for one in others},
    }
    assert all(letter(row) == alone(row, row.before) for row in found.values())
    assert letter(found[anna.pk]).data != letter(found[others[0].pk]).data


def test_an_address_of_another_site_is_not_kept(told):
    row = rows().get()
    with override_settings(SITE_URL="https://one.example"):
        assert b"https://one.example/briefings/" in letter(row).data
    with override_settings(SITE_URL="https://two.example"):
        assert b"https://one.example/" not in letter(row).data


def test_naughty_names_are_filled_in_as_if_they_had_stood_there(still):
    text, html = "Hello SLOT,\nit is\nSLOT.\n\n-- \nSLOT", "<p>SLOT</p>\n<p>ä</p>SLOT\n"
    form = FormLetter(subject="S", text=text, html=html, language="de", slot="SLOT")
    for name in NAUGHTY:
        whole = {"name": name, "address": "a@b.example", "message_id": "<1@b.example>"}
        shown = letters.escape(name)
        words = {"text": text.replace("SLOT", name), "html": html.replace("SLOT", shown)}
        expected = compose(subject="S", language="de", **words, **whole)
        assert form.to(shown=name, **whole) == expected


def test_a_template_that_asks_more_of_its_reader_is_no_form_letter(mail_words):
    for words in ("{{ recipient.email }}", "{{ recipient }}", "{% if recipient.is_active %}x{% endif %}"):
        with pytest.raises(TooPersonal):
            form_letter(Anybody("de", "Europe/Berlin"), mail_words(words), {})
    with pytest.raises(ValueError, match="subject"):
        form_letter(Anybody("de", "Europe/Berlin"), mail_words("", "{{ recipient.get_full_name }}"), {})


@pytest.fixture
def mail_words(tmp_path, settings):
    """Templates of a mail that say these words, by their path without ending."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    made = []

    def write(words, subject="S"):
        made.append(1)
        for ending, text in {"subject.txt": subject, "txt": words, "html": words}.items():
            (tmp_path / f"m{len(made)}.{ending}").write_text(text)
        return f"m{len(made)}"

    return write


def test_the_condition_and_the_question_agree(told, region):
    team, anna, _briefing, version = told
    lead, deputy, other = (UserFactory(roles=["staff"]) for _ in range(3))
    team.lead, team.deputy = lead, deputy
    team.save()
    TeamFactory(audience="sales", in_regions=[region.region], with_members=[other])
    Delivery.objects.bulk_create(Delivery(version=version, user=one) for one in (lead, deputy, other))

    def who():
        version.refresh_from_db()
        fresh = type(version).objects.get(pk=version.pk)
        asked = {one.pk for one in (anna, lead, deputy, other) if is_entitled(one.pk, fresh)}
        assert set(still_entitled(Delivery.objects.all()).values_list("user", flat=True)) == asked
        return asked

    assert who() == {anna.pk, lead.pk, deputy.pk}
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert who() == {anna.pk, deputy.pk}
    leave(team, anna)
    assert who() == {deputy.pk}
    type(team).objects.update(active=False)
    assert who() == set()
    type(team).objects.update(active=True)
    team.regions.clear()
    assert who() == set()
    team.regions.add(region.region)
    Briefing.objects.update(current=None)
    assert who() == set()
    Briefing.objects.update(current=version)
    assert who() == {deputy.pk}
    Campaign.objects.update(state="cancelled")
    assert who() == set()
    assert CampaignRegion.objects.exclude(running="finished").exists()
