"""The channels that every company starts with; loaded by a migration and, in tests, by hand."""

from typing import Any

from django.apps import apps
from django.db.models import Model

ON, OFF = "online", "offline"
OUT, IN, BOTH = "outbound", "inbound", "both"

# code, German, English, medium, direction, people talk to customers, icon, preview
CHANNELS: list[tuple[str, str, str, str, str, bool, str, str]] = [
    ("email", "E-Mail", "E-mail", ON, OUT, False, "envelope", "mail"),
    ("sms", "SMS", "SMS", ON, OUT, False, "chat-dots", "sms"),
    ("webshop", "Webshop", "Web shop", ON, IN, False, "cart3", "page"),
    ("push", "App-Push", "App push", ON, OUT, False, "phone", "sms"),
    ("search", "Suchanzeigen", "Search ads", ON, IN, False, "search", "ad"),
    ("display", "Display", "Display", ON, OUT, False, "badge-ad", "ad"),
    ("instagram", "Instagram", "Instagram", ON, BOTH, False, "instagram", "post"),
    ("facebook", "Facebook", "Facebook", ON, BOTH, False, "facebook", "post"),
    ("tiktok", "TikTok", "TikTok", ON, BOTH, False, "tiktok", "post"),
    ("youtube", "YouTube", "YouTube", ON, BOTH, False, "youtube", "post"),
    ("pinterest", "Pinterest", "Pinterest", ON, BOTH, False, "pinterest", "post"),
    ("linkedin", "LinkedIn", "LinkedIn", ON, BOTH, False, "linkedin", "post"),
    ("tv", "TV", "TV", OFF, OUT, False, "tv", "script"),
    ("radio", "Radio", "Radio", OFF, OUT, False, "broadcast", "script"),
    ("catalogue", "Printkatalog", "Print catalogue", OFF, OUT, False, "book", "page"),
    ("newspaper", "Zeitung", "Newspaper", OFF, OUT, False, "newspaper", "page"),
    ("poster", "Plakat", "Poster", OFF, OUT, False, "image", "page"),
    ("store", "Filiale", "Store", OFF, IN, True, "shop", "page"),
    ("click-and-collect", "Click & Collect", "Click and collect", ON, IN, True, "bag-check", "page"),
    ("call-centre", "Callcenter", "Call centre", OFF, IN, True, "headset", "script"),
    ("sales-visit", "Vertriebsbesuch", "Sales visit", OFF, OUT, True, "person-walking", "script"),
    ("pr", "PR", "PR", OFF, OUT, False, "megaphone", "page"),
]
# What a variant consists of; all others have a headline and a text.
PARTS = {
    "subject": ("email",),
    "text": ("sms", "instagram", "facebook", "tiktok", "linkedin"),
    "title": ("push", "youtube", "pinterest"),
    "ad": ("search", "display"),
    "poster": ("poster",),
    "script": ("tv", "radio", "call-centre", "sales-visit"),
}
# One programme, one shop, one press release for all regions; other channels begin region by region.
AT_ONCE = ("webshop", "tv", "pr")
# Phases of the customer journey: code, German, English, what the customer asks himself in both.
PHASES: list[tuple[str, str, str, str, str]] = [
    ("awareness", "Aufmerksamkeit", "Awareness", "Was gibt es?", "What is there?"),
    ("consideration", "Abwägung", "Consideration", "Was passt zu mir?", "What suits me?"),
    ("purchase", "Kauf", "Purchase", "Wo bekomme ich es?", "Where do I get it?"),
    ("service", "Service", "Service", "Wer hilft mir?", "Who helps me?"),
    ("loyalty", "Bindung", "Loyalty", "Warum wiederkommen?", "Why come back?"),
]
PHASE_FIELDS = ("name_de", "name_en", "question_de", "question_en")
FIELDS = ("name_de", "name_en", "medium", "direction", "customer_facing", "icon", "preview")


def parts_of(code: str) -> str:
    """What a variant on this channel consists of (channels.enums.Parts)."""
    return next((parts for parts, codes in PARTS.items() if code in codes), "headline")


def _later(code: str) -> dict[str, Any]:
    return {"parts": parts_of(code), "at_once": code in AT_ONCE}


def load(channel_model: type[Model] | None = None, using: str = "default") -> int:
    """Create the channels whose code is missing, leave the others as people changed them; how many came.

    A migration brings its own model.
    """
    channel_model = channel_model or apps.get_model("channels", "Channel")
    # A migration's model may be older than these fields; later migrations bring them.
    has = {field.name for field in channel_model._meta.get_fields()}
    manager: Any = channel_model._base_manager.using(using)
    known = set(manager.values_list("code", flat=True))
    new = [
        channel_model(
            code=code,
            position=10 * place,
            **dict(zip(FIELDS, values, strict=True)),
            **{name: value for name, value in _later(code).items() if name in has},
        )
        for place, (code, *values) in enumerate(CHANNELS, start=1)
        if code not in known
    ]
    manager.bulk_create(new)
    return len(new)


def load_phases(phase_model: type[Model] | None = None, using: str = "default") -> int:
    """Create the journey phases whose code is missing, leave the others; how many came. As `load`."""
    phase_model = phase_model or apps.get_model("channels", "JourneyPhase")
    manager: Any = phase_model._base_manager.using(using)
    known = set(manager.values_list("code", flat=True))
    new = [
        phase_model(code=code, position=10 * place, **dict(zip(PHASE_FIELDS, values, strict=True)))
        for place, (code, *values) in enumerate(PHASES, start=1)
        if code not in known
    ]
    manager.bulk_create(new)
    return len(new)
