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
    "counter": Look("care", "arrow-left-right"),
    "acceptance": Look("good", "hand-thumbs-up"),
}
VARIANT = {
    "draft": Look("neutral", "pencil"),
    "confirmed": Look("good", "check-circle"),
    "outdated": Look("care", "arrow-repeat"),
}
COMMITMENT = {
    "open": Look("move", "hourglass-split"),
    "settled": Look("good", "check-circle"),
    "closed": Look("neutral", "lock"),
    "corrected": Look("neutral", "arrow-repeat"),
}
DECISION = {
    "draft": Look("neutral", "pencil"),
    "asked": Look("move", "hand-index"),
    "decided": Look("good", "check-circle"),
    "superseded": Look("care", "arrow-repeat"),
    "withdrawn": Look("neutral", "slash-circle"),
}
ANSWER = {
    "": Look("care", "hourglass-split"),
    "yes": Look("good", "hand-thumbs-up"),
    "no": Look("stop", "hand-thumbs-down"),
}
THEME = {
    "idea": Look("neutral", "lightbulb"),
    "discussed": Look("move", "chat-left-text"),
    "planned": Look("good", "calendar-check"),
    "dropped": Look("neutral", "slash-circle"),
}
CONTRIBUTION = {
    "open": Look("care", "hourglass-split"),
    "given": Look("move", "inbox"),
    "unable": Look("stop", "slash-circle"),
    "answered": Look("good", "chat-left-text"),
    "taken": Look("good", "check-circle"),
    "declined": Look("neutral", "x-circle"),
    "withdrawn": Look("neutral", "arrow-counterclockwise"),
}
LINK = {
    "open": Look("good", "unlock"),
    "resting": Look("care", "pause-circle"),
    "expired": Look("neutral", "hourglass-bottom"),
    "revoked": Look("neutral", "lock"),
}
