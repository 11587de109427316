"""Published briefings and confirmations stay as they are; deliveries move only along known edges."""

from core.delivery.triggers import edge_trigger
from core.triggers import append_only

TRIGGERS = [
    *append_only("briefings_briefingversion"),
    *append_only("briefings_confirmation"),
    *append_only("briefings_clearance"),
    *append_only("briefings_checkanswer"),
    *append_only("briefings_refresher"),
    edge_trigger("briefings_delivery"),
]
