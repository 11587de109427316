import pytest
from django.core.exceptions import ImproperlyConfigured

from core.delivery import claiming, pauses, smtp
from core.delivery.times import seconds

pytestmark = pytest.mark.once


def test_the_times_of_production():
    assert (claiming.CLAIM_LEASE_SECONDS, claiming.TRANSMIT_LEASE_SECONDS) == (120, 180)
    assert (smtp.COMMAND_SECONDS, smtp.ANSWER_SECONDS) == (30, 100)
    assert (pauses.FIRST_SECONDS, pauses.LONGEST_SECONDS) == (5, 300)


def test_nobody_gives_up_a_lease_while_he_still_waits_for_an_answer():
    assert seconds("answer") < seconds("transmit_lease")
    assert seconds("command") * 2 + seconds("renew_after") < seconds("claim_lease")


def test_settings_may_shorten_a_time(settings):
    settings.DELIVERY_SECONDS = {"answer": 2.5}
    assert (seconds("answer"), seconds("command")) == (2.5, 30)


@pytest.mark.parametrize(
    "odd", [{"anwser": 1}, {"answer": 0}, {"answer": -1}, {"answer": "1"}, {"answer": True}, {"answer": None}]
)
def test_what_is_set_wrongly_is_refused(settings, odd):
    settings.DELIVERY_SECONDS = odd
    with pytest.raises(ImproperlyConfigured, match="DELIVERY_SECONDS"):
        seconds("command")
