"""The menu: only pages that exist and that the person may open; the current one is marked."""

from types import SimpleNamespace

import pytest

from core import navigation

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def own_menu(monkeypatch):
    monkeypatch.setattr(navigation, "_items", {})
    navigation._ordered.cache_clear()
    navigation.address.cache_clear()
    yield
    navigation._ordered.cache_clear()
    navigation.address.cache_clear()


def user(**rights):
    return SimpleNamespace(is_authenticated=True, **rights)


def test_only_existing_and_allowed_pages_show_up_in_order():
    navigation.register_nav("b", "B", "x", "account_logout", "base")
    navigation.register_nav("m2", "M2", "x", "account_login", order=20)
    navigation.register_nav("m1", "M1", "x", "account_reset_password", order=10)
    navigation.register_nav("gone", "Gone", "x", "no_such_page")
    navigation.register_nav("boss", "Boss", "x", "account_login", allowed=lambda u: u.boss)
    assert navigation.keys_for(user(boss=False)) == ("m1", "m2", "b")
    assert "boss" in navigation.keys_for(user(boss=True))


def test_a_key_belongs_to_one_page():
    navigation.register_nav("a", "A", "x", "account_login")
    navigation.register_nav("a", "A", "x", "account_login")
    with pytest.raises(ValueError, match="registered twice"):
        navigation.register_nav("a", "A", "x", "account_logout")


def test_an_unknown_section_is_refused():
    with pytest.raises(ValueError, match="no section"):
        navigation.register_nav("a", "A", "x", "account_login", "somewhere")


def test_the_longest_address_is_the_current_page():
    navigation.register_nav("reset", "R", "x", "account_reset_password")
    navigation.register_nav("done", "D", "x", "account_reset_password_done")
    keys = navigation.keys_for(user())
    assert navigation.current_key(keys, "/accounts/password/reset/done/") == "done"
    assert navigation.current_key(keys, "/accounts/password/reset/") == "reset"
    assert navigation.current_key(keys, "/elsewhere/") == ""


def test_the_bottom_bar_takes_the_best_four():
    for rank in (3, 1, 5, 2, 4):
        navigation.register_nav(f"k{rank}", "K", "x", "account_login", tab=rank)
    assert [item.key for item in navigation.tabs(navigation.keys_for(user()))] == ["k1", "k2", "k3", "k4"]
