"""Words for the names that Django makes of class and field names, which no catalogue would find.

Models name themselves (`verbose_name`) only where their own name would not do; the rest is said here, once
for every app, so that admin and messages about fields speak the reader's language.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

FIELDS = {
    "actor": _("who"),
    "allocated": _("allocated"),
    "allocation": _("allocation"),
    "amount": _("amount"),
    "answer": _("answer"),
    "answered at": _("answered at"),
    "answered by": _("answered by"),
    "approved at": _("approved at"),
    "approved by": _("approved by"),
    "asks from": _("asks from version"),
    "at": _("when"),
    "author": _("author"),
    "briefing": _("briefing"),
    "budget": _("budget"),
    "budget round": _("budget round"),
    "by": _("by"),
    "campaign channel": _("campaign channel"),
    "campaign region": _("campaign region"),
    "campaign": _("campaign"),
    "cancelled reason": _("why it was cancelled"),
    "change note": _("why there is a new version"),
    "changed at": _("changed"),
    "channel": _("channel"),
    "checks": _("conditions"),
    "closed at": _("closed at"),
    "closed by": _("closed by"),
    "code": _("code"),
    "commitment": _("commitment"),
    "committed": _("committed"),
    "confirmed at": _("confirmed at"),
    "confirmed by": _("confirmed by"),
    "content hash": _("seal"),
    "content": _("content"),
    "corrects": _("corrects"),
    "created at": _("created"),
    "current": _("version in force"),
    "data": _("data"),
    "decided at": _("decided at"),
    "decided by": _("decided by"),
    "department": _("department"),
    "despite": _("why it was decided all the same"),
    "difference only": _("read the difference only"),
    "ended at": _("ended at"),
    "ended by": _("ended by"),
    "ends on": _("last day"),
    "exception": _("exception"),
    "expert": _("channel expert"),
    "experts": _("channel experts"),
    "fact": _("fact"),
    "first read at": _("first read at"),
    "first try": _("first try"),
    "goal": _("goal"),
    "invited at": _("invited at"),
    "invited by": _("invited by"),
    "joined at": _("joined at"),
    "kind": _("kind"),
    "kpi": _("KPI"),
    "last used at": _("last used"),
    "launch": _("launch record"),
    "members": _("members"),
    "number": _("number"),
    "object id": _("record"),
    "owner": _("owner"),
    "passage": _("passage"),
    "person": _("person"),
    "phase": _("state"),
    "position": _("position"),
    "published at": _("published at"),
    "published by": _("published by"),
    "reason": _("reason"),
    "region": _("region"),
    "regions": _("regions"),
    "release": _("release"),
    "reverses": _("reverses"),
    "review": _("regional review"),
    "reviewer": _("reviewer"),
    "right": _("right answer"),
    "running": _("running state"),
    "scope": _("belongs to"),
    "settles": _("taken from the commitment"),
    "source": _("made from"),
    "spent": _("spent"),
    "starts on": _("first day"),
    "state": _("state"),
    "strategy": _("strategy"),
    "subject": _("record"),
    "superseded by": _("superseded by"),
    "supersedes": _("supersedes"),
    "target groups": _("target groups"),
    "team": _("team"),
    "text": _("text"),
    "theme": _("theme"),
    "told at": _("last told on"),
    "turn": _("round"),
    "understood": _("what was understood"),
    "user": _("person"),
    "value": _("value"),
    "verb": _("what happened"),
    "verdict": _("verdict"),
    "version": _("version"),
    "what": _("decision"),
    "why": _("why"),
    "withdrawn": _("withdrawn"),
}
MODELS = {
    "allocation": (_("allocation"), _("allocations")),
    "audit event": (_("record of activity"), _("records of activity")),
    "briefing question": (_("question and answer"), _("questions and answers")),
    "briefing version": (_("briefing version"), _("briefing versions")),
    "budget": (_("budget"), _("budgets")),
    "budget round": (_("budget round"), _("budget rounds")),
    "campaign channel": (_("campaign channel"), _("campaign channels")),
    "campaign partner": (_("partner of the campaign"), _("partners of the campaign")),
    "campaign region": (_("campaign region"), _("campaign regions")),
    "clearance": (_("clearance by name"), _("clearances by name")),
    "confirmation": (_("confirmation"), _("confirmations")),
    "content version": (_("version of a text"), _("versions of texts")),
    "core message": (_("core message"), _("core messages")),
    "decision": (_("decision"), _("decisions")),
    "fact": (_("offer fact"), _("offer facts")),
    "fact value": (_("value of a fact"), _("values of facts")),
    "flight": (_("flight"), _("flights")),
    "inbox item": (_("briefing in an inbox"), _("briefings in inboxes")),
    "launch record": (_("launch record"), _("launch records")),
    "passage verdict": (_("answer to a passage"), _("answers to passages")),
    "release": (_("release"), _("releases")),
    "review": (_("regional review"), _("regional reviews")),
    "review approval": (_("approval of a review"), _("approvals of reviews")),
    "target": (_("target"), _("targets")),
    "team member": (_("member of a team"), _("members of teams")),
    "variant": (_("channel variant"), _("channel variants")),
}


def name_models() -> None:
    """Give every model and field of our own that has no name of its own the words of this module."""
    for config in apps.get_app_configs():
        if Path(config.path).parent == Path(settings.BASE_DIR):
            for model in config.get_models():
                _name_model(model)


def _name_model(model: type[Model]) -> None:
    options = model._meta
    words = MODELS.get(str(options.verbose_name))
    if words and "verbose_name" not in options.original_attrs:
        options.verbose_name = words[0]
        if "verbose_name_plural" not in options.original_attrs:
            options.verbose_name_plural = words[1]
    for field in options.local_fields + options.local_many_to_many:
        _name_field(field)


def _name_field(field: Any) -> None:
    # What migrations compare is `_verbose_name`, which stays as the model wrote it.
    if field._verbose_name is None and str(field.verbose_name) in FIELDS:
        field.verbose_name = FIELDS[str(field.verbose_name)]
