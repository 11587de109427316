"""Mails to many rendered once: a template written to anybody, whose name is filled in for each person."""

import secrets
from dataclasses import dataclass, field
from typing import Any, NoReturn

from core.delivery.letters import FormLetter
from core.emails import render_mail


class TooPersonal(Exception):
    """A template asks something of its reader that is not the same for all and has no place to fill in."""


@dataclass(frozen=True)
class Anybody:
    """Stands for each reader of a form letter, of whom only language, time zone and that he has a name are
    known. Templates may say his full name; anything else they ask of him raises TooPersonal."""

    language: str
    timezone: str
    # Letters and digits, so that neither escaping nor translation changes it; nobody can write it by chance.
    slot: str = field(default_factory=lambda: f"x{secrets.token_hex(16)}x", compare=False)

    def get_full_name(self) -> str:
        return self.slot

    def __str__(self) -> NoReturn:
        raise TooPersonal("The reader himself has no words here; say recipient.get_full_name.")

    def __getattr__(self, name: str) -> NoReturn:
        # A subclass of AttributeError would silently leave a gap in the mail.
        raise TooPersonal(f"A form letter knows no {name!r} of its reader.")


def form_letter(reader: Anybody, template: str, context: dict[str, Any]) -> FormLetter:
    """The letter to everybody like `reader`, from the templates that `core.emails.render_mail` takes.

    Raises TooPersonal if they are not the same for all but the name; ValueError if the subject is not.
    """
    parts = render_mail(reader, template, context)
    return FormLetter(**parts, slot=reader.slot)
