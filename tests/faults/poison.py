"""Messages that cannot be written: some raise, some take their worker's process with them."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.apps import AppConfig

RAISES, KILLS = "poison-raises", "poison-kills"


class Poison(AppConfig):
    """Wraps how briefings are rendered, for people whose address begins with a word of harm."""

    name = "tests.faults.poison"
    label = "poison"

    def ready(self) -> None:
        from core.delivery import routes

        key = ("briefings.delivery", "mail")
        found = routes.route_for(*key)
        routes._routes[key] = replace(found, render=poisoned(found.render))


def poisoned(render: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`render`, but harmful for those addresses."""

    def harmful(row: Any) -> Any:
        if row.user.email.startswith(KILLS):
            os.kill(os.getpid(), signal.SIGKILL)
        if row.user.email.startswith(RAISES):
            raise ValueError("This briefing cannot be written.")
        return render(row)

    return harmful
