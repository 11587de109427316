"""Our side in a process of its own: publishes a briefing to everybody, then works as one worker does.

Speaks JSON lines: first a sample of the mail, then the seconds for every line it reads. Called with `again`
it is the worker that comes after one that was killed, and says how many deliveries ended in which state.
"""

import json
import sys
import time
from collections import Counter
from typing import Any

import django
from django.utils.html import escape


def recipients(count: int, region: Any) -> None:
    """One team of `count` people who serve the region."""
    from accounts.models import TeamMember, User
    from tests.factories import TeamFactory

    names = ("Anna Müller", "Jürgen Weiß", "Zoë O'Neill", "Ben Bergmann", "Şule Öztürk")
    people = []
    for number in range(count):
        first, _space, last = names[number % len(names)].partition(" ")
        address = f"person{number}@bench.example"
        people.append(User(email=address, first_name=first, last_name=last, language="de", password="!"))
    User.objects.bulk_create(people)
    team = TeamFactory(in_regions=[region.region])
    TeamMember.objects.bulk_create(TeamMember(team=team, user=user) for user in people)


class Desk:
    """A campaign's briefing that is published anew for each measurement."""

    def __init__(self, count: int) -> None:
        from tests.briefings import data

        self.data, self.count, self.number = data, count, 0
        region = data.region_in(data.coming("AT"))
        recipients(count, region)
        self.briefing = data.written(region)

    def publish(self) -> float:
        """Publish the next version: an inbox item and a queued mail for each person; seconds."""
        self.number += 1
        offer = f"The jacket for {{{{price}}}}, worn returns within {self.number} days. " * 12
        self.data.rewrite(self.briefing, offer=offer)
        began = time.perf_counter()
        self.data.put_out(self.briefing)
        return time.perf_counter() - began

    def deliver(self) -> float:
        """Work off the queue by the worker's own task; seconds. RuntimeError unless all are sent."""
        from briefings.models import Delivery
        from core.tasks import deliver

        waiting = Delivery.objects.due()
        began = time.perf_counter()
        while waiting.exists():
            deliver("briefings.delivery")
        seconds = time.perf_counter() - began
        sent = Delivery.objects.filter(state="sent").count()
        if sent != self.number * self.count:
            raise RuntimeError(f"{sent} mails sent instead of {self.number * self.count}")
        return seconds

    def sample(self) -> dict[str, Any]:
        """What is in the mail, for the peer to send as much."""
        from briefings.emails import MAIL, letter, mail_context, with_before
        from briefings.models import Delivery
        from core.emails import render_mail

        row = with_before(Delivery.objects.all()).latest("pk")
        parts = render_mail(row.user, MAIL, mail_context(row.version, None, row.user.language))
        # The peer personalises it as well: the name is a variable of its template.
        names = {"text": str(row.user), "html": escape(str(row.user))}
        open_name = {key: parts[key].replace(name, "{{ name }}") for key, name in names.items()}
        return {"subject": parts["subject"], "bytes": len(letter(row).data), **open_name}


def go_on() -> dict[str, int]:
    """What beat and the next worker do once the leases of a killed one are over, which is not waited for."""
    from briefings.models import Delivery
    from core.delivery.clock import db_in
    from core.delivery.handover import Handover
    from core.delivery.sweeper import sweep
    from core.tasks import deliver

    for model in (Delivery, Handover):
        model.objects.filter(lease_until__isnull=False).update(lease_until=db_in(-1))
    sweep()
    for repeat in (False, True):
        deliver("briefings.delivery", "mail", repeat)
    return Counter(Delivery.objects.values_list("state", flat=True))


def main() -> None:
    """Prepare, say what a mail is like, then answer until the input ends."""
    django.setup()
    if sys.argv[1] == "again":
        print(json.dumps(go_on()), flush=True)
        return
    desk = Desk(int(sys.argv[1]))
    desk.publish()
    desk.deliver()
    print(json.dumps(desk.sample()), flush=True)
    for _line in sys.stdin:
        print(json.dumps({"queue": desk.publish(), "send": desk.deliver()}), flush=True)


if __name__ == "__main__":
    main()
