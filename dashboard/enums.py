"""The rules by which the portfolio warns."""

from django.utils.translation import gettext_lazy as _

from core.ui import Look, ToneChoices


class Rule(ToneChoices):
    """What a warning is about, the most serious first."""

    OFFER = "offer", _("Contradicting offers")
    TARGET = "target", _("Too much for one target group")
    EXPERT = "expert", _("Channel expert overbooked")
    OWNER = "owner", _("Owner overbooked")
    TEAM = "team", _("Team overbooked")
    OVERLAP = "overlap", _("Same people, same channel")
    CHANNEL = "channel", _("Channel crowded")
    REGION = "region", _("Region crowded")
    SHORT = "short", _("Too short")

    __tones__ = {
        "offer": Look("stop", "exclamation-octagon-fill"),
        "target": Look("stop", "people-fill"),
        "expert": Look("care", "person-exclamation"),
        "owner": Look("care", "person-exclamation"),
        "team": Look("care", "people"),
        "overlap": Look("care", "exclamation-diamond-fill"),
        "channel": Look("care", "broadcast-pin"),
        "region": Look("care", "geo-alt"),
        "short": Look("care", "hourglass-split"),
    }


class StepKind(ToneChoices):
    """What a warning suggests."""

    MOVE = "move", _("Start later")
    LENGTHEN = "lengthen", _("Make it longer")
    HAND_OVER = "hand_over", _("Hand over")
    AGREE = "agree", _("Agree on one offer")
    JOIN = "join", _("Join the two")
    TALK = "talk", _("Talk it over")

    __tones__ = {
        "move": Look("move", "arrow-right"),
        "lengthen": Look("move", "arrows-expand-vertical"),
        "hand_over": Look("move", "person-check"),
        "agree": Look("move", "chat-left-text"),
        "join": Look("move", "intersect"),
        "talk": Look("move", "chat-dots"),
    }
