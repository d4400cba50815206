"""Units that a batch entered into the list: its undoing takes them off what is offered, and undoing that offers them.

A unit stays in the database, since removed assets and the history name it. One that is used by now stays on offer.
"""

from django.db.backends.utils import CursorWrapper

from assets.models import Batch

# Every row that makes a unit somebody's: an asset that stands, a job, a member, something that it answers for, a part
# of a larger unit.
_USED = """
    EXISTS (SELECT FROM assets_asset a WHERE a.lifecycle <> 'removed'
                AND u.id IN (a.owner_id, a.maintainer_id, a.supervisor_id))
    OR EXISTS (SELECT FROM assets_maintenance j WHERE j.crew_id = u.id)
    OR EXISTS (SELECT FROM accounts_user_units m WHERE m.unit_id = u.id)
    OR EXISTS (SELECT FROM places_holder h JOIN places_responsibility r ON r.holder_id = h.id
               WHERE h.unit_id = u.id AND r.voided_at IS NULL)
    OR EXISTS (SELECT FROM places_unit part WHERE part.parent_id = u.id)
"""


def put_back_units(cursor: CursorWrapper, batch: Batch) -> None:
    """Offer, or no longer offer, each unit as before `batch`, if nobody has changed it or begun to use it since."""
    cursor.execute(
        f"""
        WITH said AS (
            SELECT e.pgh_obj_id AS unit_id, e.active, c.metadata @> jsonb_build_object('batch', %s) IS TRUE AS own,
                   lag(e.active, 1, false) OVER states AS before, lead(e.pgh_id) OVER states IS NULL AS is_last
            FROM places_unitevent e LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
            WINDOW states AS (PARTITION BY e.pgh_obj_id ORDER BY e.pgh_id)
        )
        UPDATE places_unit u SET active = said.before
        FROM said
        WHERE said.unit_id = u.id AND said.own AND said.is_last AND said.active <> said.before
          AND (said.before OR NOT ({_USED}))
        """,  # noqa: S608 (a literal of this module)
        [batch.pk],
    )
