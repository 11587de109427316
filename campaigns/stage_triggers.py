"""What holds of stages whoever writes: no start before every earlier checkpoint said go."""

from core.triggers import append_only, refuse

REGION, STAGE, PLACE = "campaigns_campaignregion", "campaigns_stage", "campaigns_stageregion"
DECISION = "campaigns_checkpointdecision"

_ANSWER = f"(SELECT d.answer FROM {DECISION} d WHERE d.stage_id = p.id ORDER BY d.id DESC LIMIT 1)"
_NO_GO = f"""NEW.running = 'live' AND OLD.running = 'waiting' AND EXISTS (
    SELECT 1 FROM {PLACE} r JOIN {STAGE} s ON s.id = r.stage_id
    JOIN {STAGE} p ON p.campaign_id = s.campaign_id AND p.position < s.position
    WHERE r.campaign_region_id = NEW.id AND COALESCE({_ANSWER}, '') <> 'go')"""
_RELEASED = "SELECT 1 FROM campaigns_campaign c WHERE c.id = {campaign} AND c.release_id IS NOT NULL"
_OF_PLACE = f"(SELECT s.campaign_id FROM {STAGE} s WHERE s.id = OLD.stage_id)"
_FOREIGN = f"""NOT EXISTS (SELECT 1 FROM {STAGE} s JOIN {REGION} r ON r.campaign_id = s.campaign_id
    WHERE s.id = NEW.stage_id AND r.id = NEW.campaign_region_id)"""

TRIGGERS = [
    refuse(
        name="ek_region_waits_for_checkpoint",
        table=REGION,
        event="UPDATE",
        when=_NO_GO,
        message="A region of a later stage starts only after every earlier checkpoint said go",
    ),
    refuse(
        name="ek_stageregion_stays",
        table=PLACE,
        event="DELETE",
        when=f"EXISTS ({_RELEASED.format(campaign=_OF_PLACE)})",
        message="An approved rollout keeps its stages",
    ),
    refuse(
        name="ek_stageregion_moves_not",
        table=PLACE,
        event="UPDATE",
        when=f"EXISTS ({_RELEASED.format(campaign=_OF_PLACE)})",
        message="An approved rollout keeps its stages",
    ),
    refuse(
        name="ek_stageregion_own_campaign",
        table=PLACE,
        event="INSERT",
        when=_FOREIGN,
        message="A stage has regions of its own campaign",
    ),
    refuse(
        name="ek_stage_keeps_place",
        table=STAGE,
        event="UPDATE",
        when="(OLD.position <> NEW.position OR OLD.campaign_id <> NEW.campaign_id)"
        f" AND EXISTS ({_RELEASED.format(campaign='OLD.campaign_id')})",
        message="An approved rollout keeps its stages",
    ),
    *append_only(DECISION),
]
