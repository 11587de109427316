"""Who may open which address, and do what there: the one table of permissions.

`ACCESS` names every address of the site by its URL name ("campaigns:detail"). Whoever adds a URL adds its row
here, in the section of its app, and a builder in tests/authorization/objects.py; `manage.py check` fails on a
URL without a row, on a row without a URL, and where a row and `login_not_required` disagree.

How a request is answered (accounts.middleware.AccessMiddleware, before the view runs):
  nobody signed in, row not PUBLIC        to the sign-in page (core.middleware.KeepPostMiddleware)
  none of the person's roles in `see`     404
  role in `see`, none in `do`, unsafe     403
What the middleware cannot know, the view does: it fetches by `visible_to(request.user)` (scope REGION or OWN:
an object of a foreign region or of somebody else is a 404) and asks `can(user, action, object)` (403).
tests/authorization/test_matrix.py tries every row with every role, in its own, a foreign and every region.

This module is a leaf: it imports nothing of ours but enums. Rules about objects stand beside their models
(`campaigns/permissions.py`), registered here with `@rule("campaign.edit")`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from accounts.enums import Role

Roles = tuple[Role, ...]

EVERY_ROLE: Roles = tuple(Role)
MANAGING: Roles = (Role.MANAGER, Role.ADMIN)
PLANNING: Roles = (Role.MARKETER, Role.EXPERT, Role.MANAGER, Role.ADMIN)
# Who may open a campaign at all; CampaignQuerySet.visible_to says which.
CAMPAIGN_READERS: Roles = (*PLANNING, Role.REVIEWER, Role.PARTNER)
FRONT: Roles = (Role.STAFF, Role.TEAM_LEAD)
# Who may be a partner in planning a campaign; staff see those to which they are invited by name.
INVITED: Roles = (*CAMPAIGN_READERS, *FRONT)

TEAM_READERS: Roles = (*PLANNING, *FRONT)
# Lead and deputy are staff or team leads; the rule team.manage looks at the team.
TEAM_KEEPERS: Roles = (*MANAGING, *FRONT)


class Scope(StrEnum):
    """Which objects behind an address a person reaches."""

    PUBLIC = "public"  # everybody, also without signing in
    SIGNED_IN = "signed_in"  # the same for everybody who has signed in, or the person's own
    REGION = "region"  # objects of the person's regions; others are a 404
    OWN = "own"  # objects of the person himself; others are a 404
    STAFF_ADMIN = "staff_admin"  # Django's admin


@dataclass(frozen=True)
class Access:
    """One row. `see`: roles that may open it, None for all; `do`: roles that may change, `see` when None.

    `methods` are the methods that the view answers; any other one is a 405.
    """

    see: Roles | None = None
    do: Roles | None = None
    scope: Scope = Scope.REGION
    note: str = ""
    methods: tuple[str, ...] = ("GET", "POST")

    def may_see(self, roles: Collection[str]) -> bool:
        """True if one of the roles opens the address."""
        return self.see is None or any(role in self.see for role in roles)

    def may_do(self, roles: Collection[str]) -> bool:
        """True if one of the roles may change something there."""
        wanted = self.see if self.do is None else self.do
        return wanted is None or any(role in wanted for role in roles)


READ = ("GET",)
WRITE = ("POST",)


def page(*see: Role, scope: Scope = Scope.REGION, note: str = "") -> Access:
    """A page that is only read (GET)."""
    return Access(see=see or None, scope=scope, note=note, methods=READ)


def form(
    see: Roles | None, do: Roles | None = None, *, scope: Scope = Scope.REGION, note: str = ""
) -> Access:
    """A page with a form (GET and POST)."""
    return Access(see=see, do=do, scope=scope, note=note)


def action(
    see: Roles | None, do: Roles | None = None, *, scope: Scope = Scope.REGION, note: str = ""
) -> Access:
    """An address that is only posted to. Roles in `see` but not in `do` get 403 instead of 404."""
    return Access(see=see, do=do, scope=scope, note=note, methods=WRITE)


def public(*methods: str, note: str = "") -> Access:
    """An address for everybody."""
    return Access(scope=Scope.PUBLIC, methods=methods or ("GET", "POST"), note=note)


ACCESS: dict[str, Access] = {
    # --- config, core -------------------------------------------------------------------------------------
    "healthz": public("GET"),
    "readyz": public("GET"),
    "manifest": public("GET", note="the installed app"),
    "worker": public("GET", note="the installed app"),
    "offline": public("GET", note="shown by the worker without a connection"),
    "set_theme": public("POST", note="also before signing in, kept in a cookie"),
    "set_language": public("POST", note="also before signing in, kept in a cookie"),
    "mailbox:list": public(note="404 to every method unless the trial is embedded on 127.0.0.1"),
    "mailbox:mail": public(note="as mailbox:list"),
    "mailbox:html": public(note="as mailbox:list"),
    "mailbox:delete": public(note="as mailbox:list"),
    "mail_events": public("POST", note="signed by the mail service; 404 for services without a secret"),
    "operations:list": page(Role.ADMIN, scope=Scope.SIGNED_IN, note="what is on its way, and what is stuck"),
    "operations:decide": action((Role.ADMIN,), scope=Scope.SIGNED_IN, note="as operations:list"),
    # --- sign-in (allauth) --------------------------------------------------------------------------------
    "account_login": public(),
    "account_logout": public(note="signing out twice does no harm"),
    "account_inactive": public("GET"),
    "account_change_password": form(None, scope=Scope.SIGNED_IN),
    "account_reset_password": public(),
    "account_reset_password_done": public("GET"),
    "account_reset_password_from_key": public(note="the key in the mail is the right"),
    "account_reset_password_from_key_done": public("GET"),
    # --- Django's admin -----------------------------------------------------------------------------------
    "admin:login": public(note="leads to our own sign-in"),
    "admin:*": Access(see=(Role.ADMIN,), scope=Scope.STAFF_ADMIN),
    # --- accounts -----------------------------------------------------------------------------------------
    "settings": form(None, scope=Scope.SIGNED_IN, note="everybody his own"),
    "settings_absence_add": action(None, scope=Scope.SIGNED_IN, note="everybody his own"),
    "settings_absence_remove": action(None, scope=Scope.OWN),
    "settings_notifications": action(None, scope=Scope.SIGNED_IN, note="everybody his own"),
    "settings_chat_test": action(None, scope=Scope.SIGNED_IN, note="everybody his own"),
    "notices": page(scope=Scope.SIGNED_IN, note="everybody his own"),
    "teams:list": page(*TEAM_READERS, note="planners those of their regions, staff their own"),
    "teams:detail": page(*TEAM_READERS, note="as teams:list"),
    "teams:create": form(MANAGING, scope=Scope.SIGNED_IN, note="for regions that the person manages"),
    "teams:edit": form(MANAGING, note="rule team.edit: managers of all its regions"),
    "teams:member_add": action(TEAM_READERS, TEAM_KEEPERS, note="rule team.manage: lead, deputy, managers"),
    "teams:member_remove": action(TEAM_READERS, TEAM_KEEPERS, note="rule team.manage"),
    "teams:absences": form(TEAM_KEEPERS, note="rule team.manage"),
    "teams:absence_remove": action(TEAM_READERS, TEAM_KEEPERS, note="rule team.manage"),
    # --- channels -----------------------------------------------------------------------------------------
    "channels:list": page(*PLANNING, scope=Scope.SIGNED_IN, note="channels belong to the whole company"),
    "channels:detail": page(*PLANNING, scope=Scope.SIGNED_IN),
    "channels:create": form(MANAGING, scope=Scope.SIGNED_IN),
    "channels:edit": form(MANAGING, scope=Scope.SIGNED_IN, note="experts: only of the person's regions"),
    # --- customers ----------------------------------------------------------------------------------------
    "customers:list": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="groups belong to the company"),
    "customers:detail": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN),
    "customers:overlap": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN),
    "customers:create": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule group.edit"),
    "customers:edit": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule group.edit"),
    "customers:uses": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule group.edit"),
    # --- campaigns ----------------------------------------------------------------------------------------
    "api-1.0.0:*": Access(see=CAMPAIGN_READERS, note="/api/v1/: visible_to and the rules of the services"),
    "campaigns:list": page(*CAMPAIGN_READERS),
    "campaigns:create": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule campaign.create"),
    "campaigns:plan_export": page(*CAMPAIGN_READERS, note="what the list shows the person"),
    "campaigns:plan_import": form(
        (Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule campaign.create"
    ),
    "campaigns:plan_preview": form((Role.MARKETER, *MANAGING), scope=Scope.OWN, note="files of one's own"),
    "campaigns:plan_columns": form((Role.MARKETER, *MANAGING), scope=Scope.OWN, note="files of one's own"),
    "campaigns:stages": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:stage_decide": form(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule stage.decide: owner, managers of all regions"
    ),
    "campaigns:copy": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.create"),
    "campaigns:fact_checked": action(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule message.edit: owner, marketers"
    ),
    "campaigns:template_keep": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:templates": page(Role.MARKETER, *MANAGING, scope=Scope.SIGNED_IN, note="of the whole company"),
    "campaigns:from_template": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="as templates"),
    "campaigns:template_edit": form(
        (Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule template.drop"
    ),
    "campaigns:template_drop": action(
        (Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule template.drop"
    ),
    "campaigns:team": page(*INVITED),
    "campaigns:team_invite": form(INVITED, (Role.MARKETER, *MANAGING), note="rule team.invite"),
    "campaigns:team_leave": action(INVITED, (Role.MARKETER, *MANAGING), note="rule team.invite"),
    "campaigns:team_say": form(INVITED, note="rules team.talk; team.invite for what is asked for"),
    "campaigns:team_step": action(INVITED, note="rules contribution.answer, .close, .withdraw"),
    "campaigns:team_topics": form(INVITED, note="rule team.topics: partners, everybody his own"),
    "campaigns:channel_row": page(Role.MARKETER, *MANAGING, scope=Scope.SIGNED_IN, note="for the plan form"),
    "campaigns:detail": page(*INVITED),
    "campaigns:edit": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:activity": page(*INVITED),
    "campaigns:document": page(*INVITED, note="each part as the page on which it stands"),
    "campaigns:document_pdf": page(*INVITED, note="as campaigns:document"),
    "campaigns:links": form(
        (Role.MARKETER, *MANAGING), note="rule link.make: owner, managers of all its regions"
    ),
    "campaigns:link_revoke": action((Role.MARKETER, *MANAGING), note="as campaigns:links"),
    "campaigns:panels": page(*INVITED),
    "campaigns:budget": form(INVITED, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:budget_propose": action(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule budget.propose: the owner"
    ),
    "campaigns:budget_approve": action(
        CAMPAIGN_READERS, (Role.MANAGER,), note="rule budget.decide: managers other than the owner"
    ),
    "campaigns:budget_reject": action(CAMPAIGN_READERS, (Role.MANAGER,), note="as campaigns:budget_approve"),
    "campaigns:budget_counter": action(CAMPAIGN_READERS, (Role.MANAGER,), note="as campaigns:budget_approve"),
    "campaigns:budget_accept": action(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="as campaigns:budget_propose"
    ),
    "campaigns:budget_move": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:spending": page(*INVITED),
    "campaigns:commitment_new": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record"),
    "campaigns:commitment_correct": form(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record"
    ),
    "campaigns:commitment_close": action(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record"
    ),
    "campaigns:expense_new": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record"),
    "campaigns:expense_correct": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record"),
    "campaigns:expense_reverse": action(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record"
    ),
    "campaigns:budget_history": page(*INVITED),
    "campaigns:money_import": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record"),
    "campaigns:money_import_preview": form(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule money.record; everybody his own files"
    ),
    "campaigns:money_export": page(*CAMPAIGN_READERS),
    "campaigns:scenarios": page(*INVITED),
    "campaigns:scenario_new": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:scenario_edit": form(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:scenario_choose": action(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"
    ),
    "campaigns:scenario_drop": action(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"
    ),
    "campaigns:message": page(*INVITED),
    "campaigns:core_edit": form(CAMPAIGN_READERS, PLANNING, note="message.edit"),
    "campaigns:fact_new": form(CAMPAIGN_READERS, PLANNING, note="message.edit"),
    "campaigns:fact_edit": form(CAMPAIGN_READERS, PLANNING, note="message.edit"),
    "campaigns:fact_delete": action(CAMPAIGN_READERS, PLANNING, note="message.edit"),
    "campaigns:variants_new": form(CAMPAIGN_READERS, PLANNING, note="message.edit"),
    "campaigns:variant_edit": form(CAMPAIGN_READERS, PLANNING, note="variant.edit"),
    "campaigns:variant_preview": action(CAMPAIGN_READERS, PLANNING, note="variant.edit"),
    "campaigns:variant_confirm": action(CAMPAIGN_READERS, PLANNING, note="variant.confirm"),
    "campaigns:message_versions": page(*INVITED),
    "campaigns:share": action(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "campaigns:reviews": page(*INVITED, note="reviewers: the regions they speak for"),
    "campaigns:review_inbox": page(Role.REVIEWER, scope=Scope.SIGNED_IN, note="everybody his own"),
    "campaigns:review": page(*INVITED, note="as campaigns:reviews"),
    "campaigns:verdict": action(CAMPAIGN_READERS, (Role.REVIEWER,), note="only the named reviewer"),
    "campaigns:review_understood": action(CAMPAIGN_READERS, (Role.REVIEWER,), note="as campaigns:verdict"),
    "campaigns:review_approve": action(CAMPAIGN_READERS, (Role.REVIEWER,), note="as campaigns:verdict"),
    "campaigns:review_assign": action(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="as for share"),
    "campaigns:gate": page(*INVITED),
    "campaigns:step": form(PLANNING, note="who may, says campaigns/services/transitions.py"),
    "campaigns:region_step": form(PLANNING, note="as campaigns:step"),
    "campaigns:approve": form((Role.MANAGER,), note="of all its regions, not the owner"),
    "campaigns:waive": action((Role.MANAGER,), note="of the region, not the owner"),
    "campaigns:confirm_share": form((Role.MANAGER,), note="as campaigns:approve"),
    "campaigns:releases": page(*INVITED),
    "campaigns:release": page(*INVITED),
    "campaigns:release_compare": page(*INVITED),
    "campaigns:decisions": page(*INVITED),
    "campaigns:touchpoints": page(*CAMPAIGN_READERS),
    "campaigns:touchpoint_leave_out": form(
        CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"
    ),
    "strategy:list": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="one set of goals for all"),
    "strategy:create": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN),
    "strategy:detail": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="its campaigns: visible ones"),
    "strategy:pdf": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="as strategy:detail"),
    "strategy:edit": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule strategy.edit"),
    "strategy:part": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule strategy.edit"),
    "strategy:remove": action((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule strategy.edit"),
    "decisions:list": page(*CAMPAIGN_READERS, Role.TEAM_LEAD, note="DecisionQuerySet.visible_to"),
    "decisions:create": form((Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN, note="rule decision.write"),
    "decisions:detail": page(*CAMPAIGN_READERS, Role.TEAM_LEAD, note="as decisions:list"),
    "decisions:edit": form((Role.MARKETER, *MANAGING), note="rule decision.edit"),
    "decisions:step": action((Role.MARKETER, *MANAGING), note="rules decision.edit, decision.decide"),
    "decisions:answer": action(
        (*CAMPAIGN_READERS, Role.TEAM_LEAD), note="who speaks for the department that is asked"
    ),
    "themes:board": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="themes belong to the company"),
    "themes:create": form(PLANNING, scope=Scope.SIGNED_IN),
    "themes:detail": form(CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="everybody may comment"),
    "themes:edit": form(PLANNING, scope=Scope.SIGNED_IN),
    "themes:vote": action(CAMPAIGN_READERS, scope=Scope.SIGNED_IN),
    "themes:move": action(CAMPAIGN_READERS, PLANNING, scope=Scope.SIGNED_IN),
    # --- briefings ----------------------------------------------------------------------------------------
    "briefings:campaign": page(*PLANNING, note="names of people only for briefing.write"),
    "briefings:draft": action(PLANNING, (Role.MARKETER, *MANAGING), note="rule briefing.write"),
    "briefings:edit": form(PLANNING, (Role.MARKETER, *MANAGING), note="rule briefing.write"),
    "briefings:preview": action(PLANNING, (Role.MARKETER, *MANAGING), note="rule briefing.write"),
    "briefings:start": page(*PLANNING, note="rule briefing.write"),
    "briefings:take": form(PLANNING, (Role.MARKETER, *MANAGING), note="rule briefing.write"),
    "briefings:publish": form(PLANNING, (Role.MARKETER, *MANAGING), note="rule briefing.write"),
    "briefings:remind": action(PLANNING, (Role.MARKETER, *MANAGING), note="rule briefing.write"),
    "briefings:versions": page(*PLANNING, note="rule briefing.write"),
    "briefings:version": page(*PLANNING, note="rule briefing.write"),
    "briefings:deliveries": page(*PLANNING, note="rule briefing.write"),
    "briefings:decide": action(PLANNING, (Role.MARKETER, *MANAGING), note="rule briefing.write"),
    "briefings:templates": page(*PLANNING, scope=Scope.SIGNED_IN, note="templates belong to the company"),
    "briefings:template_new": form(PLANNING, (Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN),
    "briefings:template_edit": form(PLANNING, (Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN),
    "briefings:template_delete": action(PLANNING, (Role.MARKETER, *MANAGING), scope=Scope.SIGNED_IN),
    "briefings:asked": page(Role.MARKETER, *MANAGING, scope=Scope.SIGNED_IN, note="of campaigns they plan"),
    "briefings:asked_question": form(
        (Role.MARKETER, *MANAGING), note="who plans the campaign, or for the region"
    ),
    "briefings:asked_assign": action((Role.MARKETER, *MANAGING), note="as briefings:asked_question"),
    "briefings:inbox": page(scope=Scope.SIGNED_IN, note="everybody his own"),
    "briefings:read": page(scope=Scope.OWN, note="who has it in his inbox; others 404"),
    "briefings:confirm": action(None, scope=Scope.OWN, note="as briefings:read"),
    "briefings:check": action(None, scope=Scope.OWN, note="as briefings:read"),
    "briefings:refresh": action(None, scope=Scope.OWN, note="as briefings:read"),
    "briefings:training": page(scope=Scope.SIGNED_IN, note="everybody his own"),
    "briefings:training_team": page(*TEAM_KEEPERS, note="rule team.manage"),
    "briefings:training_rhythm": action(TEAM_KEEPERS, note="rule team.manage"),
    "briefings:training_export": page(*TEAM_KEEPERS, note="rule team.manage"),
    "briefings:team_status": page(scope=Scope.OWN, note="lead and deputy of a serving team"),
    # --- kpis ---------------------------------------------------------------------------------------------
    "kpis:list": page(*PLANNING, scope=Scope.SIGNED_IN, note="one catalogue for all regions"),
    "kpis:create": form(PLANNING, MANAGING, scope=Scope.SIGNED_IN),
    "kpis:edit": form(PLANNING, MANAGING, scope=Scope.SIGNED_IN),
    "kpis:targets": form(INVITED, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    # --- desk ---------------------------------------------------------------------------------------------
    "desk:now": page(*PLANNING, *FRONT, note="regions they plan for or that their teams serve; others 404"),
    "desk:ask": form((*PLANNING, *FRONT), note="as desk:now; about an offer that the person sees"),
    "desk:questions": page(*PLANNING, *FRONT, scope=Scope.SIGNED_IN, note="everybody his own"),
    "desk:offer": page(*PLANNING, *FRONT, note="as desk:now; coming ones: planners and who was briefed"),
    # --- dashboard ----------------------------------------------------------------------------------------
    "home": page(scope=Scope.SIGNED_IN, note="everybody his own work"),
    "home_waiting": page(scope=Scope.SIGNED_IN, note="as home"),
    "home_readiness": page(*INVITED),
    "nav_badges": page(scope=Scope.SIGNED_IN, note="as home"),
    "portfolio": page(*PLANNING, note="campaigns that the person may see"),
    "portfolio_load": page(*PLANNING, note="as portfolio"),
    "portfolio_limits": form(PLANNING, MANAGING, scope=Scope.SIGNED_IN, note="of the whole company"),
    "portfolio_warnings": page(*PLANNING, note="about campaigns that the person may see"),
    "portfolio_warning": page(*PLANNING, note="as portfolio_warnings"),
    "portfolio_aside": action(PLANNING, note="rule warning.set_aside: owner, managers of all its regions"),
    "portfolio_take_up": action(PLANNING, note="as portfolio_aside"),
    "portfolio_step": action(PLANNING, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "portfolio_campaign": page(*PLANNING, note="as campaigns:detail"),
    "calendar": page(*CAMPAIGN_READERS, note="campaigns that the person may see"),
    "timeline": page(*CAMPAIGN_READERS, note="as calendar"),
    "calendar_move": action(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "calendar_add": action(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "calendar_remove": action(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "calendar_hours": action(CAMPAIGN_READERS, (Role.MARKETER, *MANAGING), note="rule campaign.edit"),
    "calendar_pdf": page(*CAMPAIGN_READERS, note="as calendar"),
    "calendar_picture": page(*CAMPAIGN_READERS, note="as calendar"),
    "calendar_views": page(*CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="one's own and shared ones"),
    "calendar_view_save": action(CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="everybody his own"),
    "calendar_view": page(*CAMPAIGN_READERS, scope=Scope.OWN, note="one's own and shared ones"),
    "calendar_view_change": action(CAMPAIGN_READERS, scope=Scope.OWN, note="one's own"),
    "calendar_view_delete": action(CAMPAIGN_READERS, scope=Scope.OWN, note="one's own"),
    "calendar_view_links": form((Role.MARKETER, *MANAGING), scope=Scope.OWN, note="of one's own views"),
    "calendar_view_link_revoke": action(
        (Role.MARKETER, *MANAGING), scope=Scope.OWN, note="of one's own views"
    ),
    "shared": public("GET", note="the secret in the address is the right; as its maker sees it"),
    "shared_pdf": public("GET", note="as shared"),
    "calendar_feed": form(CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="everybody his own"),
    "calendar_feed_revoke": action(CAMPAIGN_READERS, scope=Scope.SIGNED_IN, note="everybody his own"),
    "calendar_feed_read": public("GET", note="the secret in the address is the right"),
}


def access_for(view_name: str) -> Access | None:
    """The row of a URL name, else the row of its namespace ("admin:*"), else None."""
    row = ACCESS.get(view_name)
    if row is None and ":" in view_name:
        row = ACCESS.get(f"{view_name.rpartition(':')[0]}:*")
    return row


Rule = Callable[[Any, Any], bool]
R = TypeVar("R", bound=Rule)
_RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[R], R]:
    """Decorator for `(user, object) -> bool`: what a person may do with an object he can see."""

    def keep(function: R) -> R:
        if _RULES.setdefault(name, function) is not function:
            raise ValueError(f"there are two rules {name}")
        return function

    return keep


def can(user: Any, action: str, obj: Any = None) -> bool:
    """True if the person may do `action` ("team.manage") with `obj`; KeyError for an unknown action.

    Somebody who isn't signed in, or has left, may do nothing.
    """
    decide = _RULES[action]
    return bool(user.is_authenticated and user.is_active and decide(user, obj))
