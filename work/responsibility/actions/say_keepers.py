"""Say of many sites at once who keeps them from today on, as a file of sites does; undone as any import is.

Set-based: a file has thousands of sites. Whoever keeps a site already goes on; somebody else's row ends the day before,
or is voided if it began today, since two people cannot have one day.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.answering import keepers_of
from places.models import (
    BatchState,
    Holder,
    Responsibility,
    ResponsibilityBatch,
    ResponsibilityKind,
    Site,
    Unit,
)
from work.responsibility.actions.checking import Named, holder_named

_DAY = timedelta(days=1)


def say_keepers(
    actor: Actor, filename: str, keepers: Mapping[Site, Named | None], *, day: date | None = None
) -> ResponsibilityBatch | None:
    """Enter who keeps each site from a day (today) on, nobody where the mapping says None.

    Returns the import that undoes it (`undo_batch`), or None where everything is as it was. Open cases stay.

    Raises:
        PermissionDenied: the actor does not say who answers at one of the sites where that changes.
        ValidationError: naming `name`, `post`, `unit` or `telephone`.
    """
    from_day = day or timezone.localdate()
    with acting(actor):
        keys = [site.pk for site in keepers]
        # In one order, as two files at once would wait for one another for ever otherwise.
        list(
            Site.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk")
        )
        now, next_ones = keepers_of(keys, from_day), _following(keys, from_day)
        holders = _holders(actor, keepers.values())
        changing = {site: named for site, named in keepers.items() if not _stands(now.get(site.pk), named)}
        if not changing:
            return None
        for site in changing:
            authorise(actor, MANAGE_RESPONSIBILITY, site)
        batch = ResponsibilityBatch.objects.create(
            filename=filename[:200], by=actor.user, state=BatchState.APPLIED
        )
        _end(batch, [now[site.pk] for site in changing if site.pk in now], from_day)
        Responsibility.objects.bulk_create(
            [
                Responsibility(
                    kind=ResponsibilityKind.KEEPER,
                    site=site,
                    holder=holders[named],
                    begins_on=from_day,
                    ends_on=next_ones[site.pk] - _DAY if site.pk in next_ones else None,
                    document=filename[:200],
                    batch=batch,
                )
                for site, named in changing.items()
                if named is not None
            ],
            batch_size=2_000,
        )
    return batch


def _stands(row: Responsibility | None, named: Named | None) -> bool:
    if row is None or named is None:
        return row is None and named is None
    holder = row.holder
    return (holder.name, holder.post, holder.unit_id) == (
        named.name,
        named.post,
        named.unit.pk if named.unit else None,
    )


def _holders(actor: Actor, keepers: Iterable[Named | None]) -> dict[Named, Holder]:
    people = [named for named in dict.fromkeys(keepers) if named is not None]
    telephones: dict[tuple[str, str, Unit | None], str] = {}
    for named in people:
        who = (named.name, named.post, named.unit)
        # Two people of one name would become one, and the last number would be both's.
        if named.telephone and telephones.setdefault(who, named.telephone) != named.telephone:
            raise ValidationError(
                {
                    "responsible_phone": _(
                        "%(name)s has two telephones in this file: name the unit or the post."
                    )
                    % {"name": named.name or named.post}
                }
            )
    return {named: holder_named(actor, named) for named in people}


def _following(sites: list[int], day: date) -> dict[int, date]:
    """When the next row of each site begins that begins later."""
    rows = Responsibility.objects.standing().filter(
        kind=ResponsibilityKind.KEEPER, site__in=sites, begins_on__gt=day
    )
    return dict(rows.order_by("-begins_on").values_list("site_id", "begins_on"))


def _end(batch: ResponsibilityBatch, rows: list[Responsibility], day: date) -> None:
    """End rows the day before, void those that began on the day itself; the import remembers both."""
    last = day - _DAY
    earlier = [row for row in rows if row.begins_on < day]
    same_day = [row for row in rows if row.begins_on >= day]
    batch.ended = [
        [row.pk, row.ends_on.isoformat() if row.ends_on else None, last.isoformat()] for row in earlier
    ]
    batch.replaced = [row.pk for row in same_day]
    batch.save(update_fields=["ended", "replaced"])
    Responsibility.objects.filter(pk__in=[row.pk for row in earlier]).update(ends_on=last)
    Responsibility.objects.filter(pk__in=batch.replaced).update(
        voided_at=timezone.now(), void_reason=_("Replaced on the same day by “%(file)s”.") % {"file": batch}
    )
