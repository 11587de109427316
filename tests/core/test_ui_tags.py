"""The drawing tags: exact HTML, escaped, never colour alone."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from core.diff import changes
from core.templatetags import ui
from core.ui import Look, StateOf, ToneChoices
from tests.core.gallery.views import Weather

pytestmark = pytest.mark.once

NOW = dt.datetime(2026, 9, 18, 8, 0, tzinfo=dt.UTC)


def render(source, **context):
    with translation.override("en"):
        return Template("{% load ui %}" + source).render(Context(context))


def test_state_is_a_pill_with_tone_icon_and_word():
    assert render("{% state one %}", one=Weather.LIVE) == (
        '<span class="ek-state ek-state--good ek-state--solid">'
        '<i class="bi bi-broadcast" aria-hidden="true"></i>Live</span>'
    )


def test_bare_state_in_tables():
    assert 'class="ek-state ek-state--care ek-state--bare"' in render(
        "{% state one bare=True %}", one=Weather.OLD
    )


def test_state_of_an_object_finds_the_enum_behind_its_field():
    field = SimpleNamespace(default=Weather.DRAFT, flatchoices=Weather.choices)
    model = type("Thing", (), {"_meta": SimpleNamespace(get_field=lambda name: field), "state": "wrong"})
    assert StateOf.member(model()) is Weather.WRONG


def test_state_by_its_values_where_the_field_has_no_default():
    field = SimpleNamespace(default=None, flatchoices=Weather.choices)
    model = type("Other", (), {"_meta": SimpleNamespace(get_field=lambda name: field), "state": "old"})
    assert StateOf.member(model()) is Weather.OLD


def test_a_field_without_tones_says_so():
    field = SimpleNamespace(default="", flatchoices=[("a", "A")])
    model = type("Plain", (), {"_meta": SimpleNamespace(get_field=lambda name: field), "state": "a"})
    with pytest.raises(TypeError, match=r"Plain\.state has no ToneChoices"):
        StateOf.member(model())


@pytest.mark.parametrize(
    ("tones", "message"),
    [
        ({}, "must name exactly"),
        ({"a": Look("pink", "x")}, "unknown tones"),
        ({"b": Look("good", "x")}, "exactly"),
    ],
)
def test_an_enum_must_say_the_look_of_every_member(tones, message):
    with pytest.raises(TypeError, match=message):

        class Broken(ToneChoices):
            A = "a", "A"
            __tones__ = tones


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jana Bergmann", "JB"),
        ("Murat", "M"),
        ("a.b@firm.example", "AB"),
        ("Ana María de Souza", "AS"),
        ("…", "?"),
    ],
)
def test_initials(name, letters):
    assert ui.initials(name) == letters


def test_avatar_is_escaped_and_hidden_from_readers():
    html = ui.avatar(SimpleNamespace(pk=5, get_full_name=lambda: "Ænne Ödön"), small=True)
    assert html == '<span class="ek-ava ek-ava--2 ek-ava--s" aria-hidden="true">ÆÖ</span>'


def test_a_missing_person_is_named_as_missing():
    assert "Nobody yet" in render("{% person one %}", one=None)


def test_bar_writes_unlocalised_numbers_and_stays_inside_the_whole():
    with translation.override("de"):
        html = ui.bar([("spent", 60.55), ("comm", 70), ("mark", 95)], 'a "b"')
    assert html.startswith('<svg class="ek-bar" role="img" aria-label="a &quot;b&quot;">')
    assert '<rect class="f-spent" x="0%" y="0" width="60.55%" height="100%"/>' in html
    assert 'class="f-comm" x="60.85%" y="0" width="39.15%"' in html
    assert 'class="f-mark" x="95%" y="0" width="2"' in html


def test_bar_refuses_what_is_no_kind():
    with pytest.raises(ValueError, match="not a kind"):
        ui.bar([('x" onload="', 5)], "label")


@pytest.mark.parametrize(
    ("when", "css", "words"),
    [
        (dt.date(2026, 9, 16), "ek-due--over", "Overdue for 2 days"),
        (dt.date(2026, 9, 17), "ek-due--over", "Overdue for 1 day"),
        (NOW - dt.timedelta(hours=1), "ek-due--over", "Overdue since today"),
        (NOW + dt.timedelta(hours=7), "ek-due--soon", "Today, 17:00"),
        (dt.date(2026, 9, 19), "ek-due--soon", "Tomorrow"),
        (dt.date(2026, 9, 23), '"ek-due"', "Wed 23 Sept"),
        (dt.date(2027, 1, 4), '"ek-due"', "Mon 4 Jan 2027"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_due(when, css, words):
    html = render("{% due when %}", when=when)
    assert css in html
    assert words in html.replace("\u00a0", " ")
    assert ("<i " in html) is ("--" in css)


@time_machine.travel(NOW, tick=False)
def test_done_is_never_overdue():
    assert "over" not in render("{% due when done=True %}", when=dt.date(2026, 9, 1))


@time_machine.travel(NOW, tick=False)
def test_when_is_a_time_element():
    html = render("{{ when|when }}", when=NOW - dt.timedelta(days=1))
    assert html.startswith('<time datetime="2026-09-17T08:00:00+00:00" title="')
    assert html.endswith(">Yesterday, 10:00</time>")


def test_diff_marks_words_and_escapes_them():
    assert render("{% diff old new %}", old="now <b>169</b>.", new="now <b>159</b>.") == (
        "now &lt;b&gt;<del>169</del><ins>159</ins>&lt;/b&gt;."
    )


def test_changes_put_together_again_give_both_texts():
    old, new = (
        "Ein Stück je Karte,\nsolange der Vorrat reicht.",
        "Zwei Stück je Karte, solange Vorrat reicht!",
    )
    pieces = changes(old, new)
    assert "".join(text for kind, text in pieces if kind != "ins") == old
    assert "".join(text for kind, text in pieces if kind != "del") == new


def test_channel_icon_names_the_channel():
    channel = type("Channel", (), {"icon": "tv", "__str__": lambda self: "TV <x>"})()
    html = ui.channel_icon(channel, gap=True, note="no expert")
    assert 'class="ek-chan ek-chan--gap" role="img" aria-label="TV &lt;x&gt; (no expert)"' in html
