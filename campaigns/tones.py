"""Tone and icon of the states of campaigns, money and variants; their words stand in campaigns/enums.py."""

from core.ui import Look

PREPARATION = {
    "draft": Look("neutral", "pencil"),
    "in_review": Look("move", "eye"),
    "approved": Look("good", "check-circle"),
    "cancelled": Look("neutral", "slash-circle"),
    "evaluated": Look("neutral", "clipboard-data"),
}
RUNNING = {
    "waiting": Look("neutral", "hourglass"),
    "live": Look("good", "broadcast", solid=True),
    "paused": Look("care", "pause-circle"),
    "finished": Look("neutral", "flag"),
}
PHASE = PREPARATION | {key: RUNNING[key] for key in ("live", "paused", "finished")}
ROUND = {
    "proposal": Look("move", "send"),
    "approval": Look("good", "check-circle"),
    "rejection": Look("stop", "x-circle"),
}
VARIANT = {
    "draft": Look("neutral", "pencil"),
    "confirmed": Look("good", "check-circle"),
    "outdated": Look("care", "arrow-repeat"),
}
