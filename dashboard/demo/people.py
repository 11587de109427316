"""Who is at the demo company, and with what a newcomer signs in."""

from accounts.models import User
from core.demo import DemoSignIn
from dashboard.demo import data

PASSWORD = "einklang-demo"
DOMAIN = "bergmann-soehne.example"


def address(key: str) -> str:
    """The e-mail address of a demo person, such as jana.bergmann@…"""
    return f"{key}@{DOMAIN}"


def sign_ins() -> list[DemoSignIn]:
    """The people worth trying, with what each of them does; only those who are really there."""
    wanted = {address(row["key"]): row for row in data.company()["people"] if "shows" in row}
    found = {user.email: user for user in User.objects.here().filter(email__in=wanted)}
    return [
        DemoSignIn(str(found[email]), _words(row["shows"]), email, PASSWORD)
        for email, row in wanted.items()
        if email in found
    ]


def _words(shows: dict[str, str]) -> str:
    from django.utils.translation import get_language

    return shows["de" if (get_language() or "en").startswith("de") else "en"]


def waiting() -> list[tuple[DemoSignIn, str]]:
    """The same people with what waits for them, in English."""
    rows = {address(row["key"]): row for row in data.company()["people"] if "shows" in row}
    return [(person, rows[person.email]["waits"]) for person in sign_ins()]
