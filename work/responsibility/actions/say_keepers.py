"""Say of many sites at once who keeps them from today on, as a file of sites does; undone as any import is.

Set-based: a file has thousands of sites. Whoever keeps a site already goes on; somebody else's row ends the day before,
or is voided if it began today, since two people cannot have one day.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
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
        batch = ResponsibilityBatch(filename=filename[:200], by=actor.user, state=BatchState.APPLIED)
        _check_numbers(keepers, from_day)
        holders = {
            named: holder_named(actor, named, batch=batch)
            for named in dict.fromkeys(keepers.values())
            if named is not None
        }
        changing = {site: named for site, named in keepers.items() if not _stands(now.get(site.pk), named)}
        if not changing and not batch.telephones:
            return None
        for site in changing:
            authorise(actor, MANAGE_RESPONSIBILITY, site)
        batch.save()
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


def _check_numbers(keepers: Mapping[Site, Named | None], day: date) -> None:
    """That nobody of the same name is given somebody else's number, in the file or where the file does not look.

    Raises:
        ValidationError: naming `responsible_phone`.
    """
    telephones: dict[tuple[str, str, int | None], str] = {}
    for named in keepers.values():
        if named is not None and named.telephone:
            who = (named.name, named.post, named.unit.pk if named.unit else None)
            if telephones.setdefault(who, named.telephone) != named.telephone:
                _refuse_number(
                    _("%(name)s has two telephones in this file: name the unit or the post."), named.name
                )
    elsewhere = Holder.objects.filter(
        Exists(
            Responsibility.objects.standing()
            .filter(Q(ends_on=None) | Q(ends_on__gte=day), holder=OuterRef("pk"))
            .exclude(site__in=[site.pk for site in keepers])
        ),
        name__in={name for name, _post, _unit in telephones},
    ).exclude(telephone="")
    for name, post, unit, telephone in elsewhere.values_list("name", "post", "unit_id", "telephone"):
        if telephones.get((name, post, unit), telephone) != telephone:
            _refuse_number(
                _(
                    "%(name)s has another telephone, and answers elsewhere too: name the unit or the post if it is "
                    "somebody else; a new number of the same person is corrected on the page of responsibility."
                ),
                name,
            )


def _refuse_number(sentence: str, name: str) -> None:
    raise ValidationError({"responsible_phone": sentence % {"name": name}})


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
