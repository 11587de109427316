"""What a mail server said, or did not say, in a sentence for people; its own words stand beside it."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_TLS = _("The mail server refuses an encrypted connection, or its certificate is not valid.")
# The first that fits. What the delivery writes down is English and technical (core/delivery/smtp.py).
_SENTENCES: list[tuple[str, Promise]] = [
    (
        r"stopped during transmission|lost before DATA",
        _("It broke off on its way: nobody knows if it arrived."),
    ),
    (r"No answer after DATA", _("The mail server took it and did not answer in time: it may have arrived.")),
    (r"EMAIL_URL", _("No mail server is set up, or its address is wrong (EMAIL_URL).")),
    (r"^53[0-8].*TLS", _NO_TLS),
    (r"^53[0-8]|\(53[0-8],|AUTH", _("The mail server does not accept the sign-in.")),
    (r"^421\b", _("The mail server takes no messages at the moment.")),
    (r"^4\d\d\b", _("The mail server puts this message off for now.")),
    (r"^5\d\d\b", _("The mail server refuses this message or this address.")),
    (r"STARTTLS|TLS|SSL|CERTIFICATE|certificate", _NO_TLS),
    (r"timed out|timeout", _("The mail server does not answer in time.")),
    (
        r"refused|unreachable|No route|not known|getaddrinfo|resolution",
        _("The mail server cannot be reached."),
    ),
    (r"hung up|closed|reset by peer|Broken pipe", _("The mail server hung up.")),
]


def in_words(said: str) -> str:
    """The sentence for what was noted down, empty where there is none; `said` is shown beside it."""
    found = (words for pattern, words in _SENTENCES if re.search(pattern, said))
    return str(next(found, "")) if said else ""
