"""How long things may take, in one table. `settings.DELIVERY_SECONDS` shortens them for tests with faults."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_SECONDS: dict[str, float] = {
    "command": 30,  # an SMTP command
    # Servers may check content before they answer the final dot; giving up early makes doubt.
    "answer": 100,
    # A lease outlives what one message may take; a batch renews it between messages.
    "claim_lease": 120,
    "renew_after": 30,
    "transmit_lease": 180,
    "hint_again": 60,
    "backoff_first": 60,
    "backoff_longest": 7200,
    "pause_first": 5,
    "pause_longest": 300,
}


def seconds(name: str) -> float:
    """The time called `name`. Raises ImproperlyConfigured if the setting holds other names or odd values."""
    changed = getattr(settings, "DELIVERY_SECONDS", {})
    for key, value in changed.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if key not in _SECONDS or not number or not 0 < value < float("inf"):
            raise ImproperlyConfigured(f"DELIVERY_SECONDS: {key}={value!r} is no known time in seconds.")
    return changed.get(name, _SECONDS[name])
