"""What holds of money whoever writes it: sums, history, and what an allocation or commitment can bear."""

from core.triggers import Trigger, act, append_only, refuse

BUDGET, ALLOCATION = "campaigns_budget", "campaigns_allocation"
CHANGE, ROUND = "campaigns_allocationchange", "campaigns_budgetround"
COMMITMENT, END, EXPENSE = "campaigns_commitment", "campaigns_commitmentend", "campaigns_expense"
APPENDED = (CHANGE, COMMITMENT, END, EXPENSE)
# ROUND keeps SQLite's floating point at whole cents; a difference instead of a new sum lets a waiting writer
# under PostgreSQL add to what the first one left.
NOW = {"postgresql": "clock_timestamp()", "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')"}


def _history(event: str, amount: str, known: str, when: str) -> Trigger:
    """A trigger that writes a change of an allocation down; `known` is whether its author is."""
    row = "OLD" if event == "DELETE" else "NEW"

    def body(now: str) -> str:
        return (
            f"INSERT INTO {CHANGE} (budget_id, channel_id, amount, by_id, at, reason, move)"
            f" SELECT {row}.budget_id, c.channel_id, {amount},"
            f" CASE WHEN {known} THEN {row}.by_id END,"
            f" CASE WHEN {known} THEN COALESCE({row}.at, {now}) ELSE {now} END,"
            f" CASE WHEN {known} THEN {row}.reason ELSE '' END, CASE WHEN {known} THEN {row}.move END"
            f" FROM campaigns_campaignchannel c WHERE c.id = {row}.campaign_channel_id AND {when};"
        )

    return act(
        name=f"ek_allocation_history_{event.lower()}",
        table=ALLOCATION,
        event=event,
        body=body(NOW["postgresql"]),
        sqlite_body=body(NOW["sqlite"]),
    )


def _sums(table: str, where: str, **changes: str) -> Trigger:
    """A trigger that adds the changes (column: SQL) to the allocation `where` and to its budget."""
    added = ", ".join(f"{column} = ROUND({column} + {change}, 2)" for column, change in changes.items())
    body = (
        f"UPDATE {ALLOCATION} SET {added} WHERE id = {where};"
        f"UPDATE {BUDGET} SET {added}"
        f" WHERE id = (SELECT a.budget_id FROM {ALLOCATION} a WHERE a.id = {where});"
    )
    return act(name=f"ek_{table}_sums", table=table, event="INSERT", body=body)


_OF_COMMITMENT = f"(SELECT c.allocation_id FROM {COMMITMENT} c WHERE c.id = NEW.commitment_id)"
_SETTLED = f"(SELECT COALESCE(SUM(e.settles), 0) FROM {EXPENSE} e WHERE e.commitment_id = NEW.commitment_id)"
_RELEASED = f"(SELECT COALESCE(SUM(x.value), 0) FROM {END} x WHERE x.commitment_id = NEW.commitment_id)"
_VALUE = f"(SELECT c.value FROM {COMMITMENT} c WHERE c.id = NEW.commitment_id)"
_FOREIGN = f"""NOT EXISTS (SELECT 1 FROM {ALLOCATION} a
    WHERE a.id = NEW.allocation_id AND a.budget_id = NEW.budget_id)"""
_NOT_COVERED = f"""NOT EXISTS (SELECT 1 FROM {ALLOCATION} a JOIN {BUDGET} b ON b.id = a.budget_id
    WHERE a.id = NEW.allocation_id AND b.approved IS NOT NULL
    AND ROUND(a.amount - a.committed - a.spent - NEW.value, 2) >= 0)"""
_NO_ROUND = f"""NEW.approved IS NOT NULL AND (OLD.approved IS NULL OR NEW.approved <> OLD.approved)
    AND NOT EXISTS (SELECT 1 FROM {ROUND} r WHERE r.budget_id = NEW.id AND r.amount = NEW.approved
    AND r.kind IN ('approval', 'acceptance')
    AND r.number = (SELECT MAX(m.number) FROM {ROUND} m WHERE m.budget_id = NEW.id))"""


def _same(table: str, alias: str) -> str:
    return f"{alias}.supplier_key = NEW.supplier_key AND {alias}.number_key = NEW.number_key"


_EXPENSE_SLOT = f"""NEW.slot IS NOT NULL AND NEW.slot <> (SELECT COUNT(*) FROM {EXPENSE} r
    WHERE r.reverses_id IS NOT NULL AND {_same(EXPENSE, "r")})"""
_COMMITMENT_SLOT = f"""NEW.slot IS NULL OR NEW.slot <> (SELECT COUNT(*) FROM {COMMITMENT} c
    JOIN {END} x ON x.commitment_id = c.id WHERE x.kind = 'corrected' AND {_same(COMMITMENT, "c")})"""
_NO_REVERSAL = f"""NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {EXPENSE} o
    WHERE o.id = NEW.reverses_id AND o.reverses_id IS NULL AND o.allocation_id = NEW.allocation_id
    AND ROUND(o.amount + NEW.amount, 2) = 0 AND ROUND(o.value + NEW.value, 2) = 0
    AND o.currency = NEW.currency AND {_same(EXPENSE, "o")})"""


def _refused(table: str, name: str, message: str, when: str, event: str = "INSERT") -> Trigger:
    return refuse(name=f"ek_{name}", table=table, event=event, message=message, when=when)


TRIGGERS = [
    _history("INSERT", "NEW.amount", "1 = 1", "NEW.amount <> 0"),
    _history(
        "UPDATE", "ROUND(NEW.amount - OLD.amount, 2)", "NEW.turn <> OLD.turn", "NEW.amount <> OLD.amount"
    ),
    _history("DELETE", "-OLD.amount", "1 = 0", "OLD.amount <> 0"),
    _sums(COMMITMENT, "NEW.allocation_id", committed="NEW.value"),
    _sums(END, _OF_COMMITMENT, committed="(- NEW.value)"),
    _sums(EXPENSE, "NEW.allocation_id", committed="(- NEW.settles)", spent="NEW.value"),
    _refused(
        ALLOCATION,
        "allocation_below_used",
        "An allocation is not lowered below what is committed and spent",
        "NEW.amount < OLD.amount AND ROUND(NEW.amount - NEW.committed - NEW.spent, 2) < 0",
        "UPDATE",
    ),
    _refused(
        BUDGET, "budget_approved_by_round", "A budget is approved by its last round", _NO_ROUND, "UPDATE"
    ),
    _refused(
        BUDGET,
        "budget_currency_stays",
        "A budget from which money was promised or paid keeps its currency",
        f"NEW.currency <> OLD.currency AND (EXISTS (SELECT 1 FROM {COMMITMENT} c WHERE c.budget_id = NEW.id)"
        f" OR EXISTS (SELECT 1 FROM {EXPENSE} e WHERE e.budget_id = NEW.id))",
        "UPDATE",
    ),
    _refused(COMMITMENT, "commitment_own_budget", "A commitment draws from its own budget", _FOREIGN),
    _refused(
        COMMITMENT, "commitment_covered", "A commitment needs an allocation that bears it", _NOT_COVERED
    ),
    _refused(COMMITMENT, "commitment_slot", "This commitment is there already", _COMMITMENT_SLOT),
    _refused(EXPENSE, "expense_own_budget", "An expense draws from its own budget", _FOREIGN),
    _refused(EXPENSE, "expense_slot", "This invoice is there already", _EXPENSE_SLOT),
    _refused(EXPENSE, "expense_reversal", "A reversal is the opposite of its expense", _NO_REVERSAL),
    _refused(
        EXPENSE,
        "expense_of_commitment",
        "An expense settles a commitment of its channel, and no more than is left of it",
        f"NEW.commitment_id IS NOT NULL AND ({_OF_COMMITMENT} <> NEW.allocation_id"
        f" OR ROUND({_VALUE} - {_SETTLED} - {_RELEASED} - NEW.settles, 2) < 0"
        f" OR ROUND({_SETTLED} + NEW.settles, 2) < 0)",
    ),
    _refused(
        END,
        "commitment_end_is_rest",
        "An end releases what is left of the commitment",
        f"ROUND({_VALUE} - {_SETTLED} - NEW.value, 2) <> 0",
    ),
    *(trigger for table in APPENDED for trigger in append_only(table)),
]
