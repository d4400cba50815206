"""Patrols (巡访): teams, outings, the sites drawn for them, and what was recorded on the way.

An outing stands on its records (`PatrolRecord`), which phones send late, twice and in any order: when it began and
ended and how many people were there follows from them (`cases.actions.record_patrol`), so the order never matters.
Teams are a figure of heads; of the volunteers nothing is kept but the accounts of those who carry the phone.
"""

import uuid
from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.permissions import MANAGE_PATROLS, READ_CASES, AnyUser, can, scope_of
from assets.models import Campaign
from cases.models.case import Case
from places.models import Area, Changed, Road, Site, Unit

MOST_PEOPLE = 2_000


class TeamKind(models.TextChoices):
    """Who goes out."""

    VOLUNTEERS = "volunteers", _("Volunteers")
    STAFF = "staff", _("Staff")
    PHOTO_TEAM = "photo_team", _("Photo team")


@pghistory.track(exclude=["phone"])
class Team(models.Model):
    """A patrol team (巡访团、拍客团). The telephone is seen by its members and the desk alone."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=TeamKind.choices)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="patrol_teams", verbose_name=_("area")
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patrol_teams",
        verbose_name=_("unit"),
    )
    leader = models.CharField(_("team leader"), max_length=40, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    headcount = models.PositiveIntegerField(_("headcount"), default=0)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="patrol_teams", verbose_name=_("accounts")
    )
    confirms = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account of the leader, who confirms hours"),
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("patrol team")
        verbose_name_plural = _("patrol teams")
        ordering = ["name"]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.area.code


class PatrolQuerySet(models.QuerySet["Patrol"]):
    """Patrols as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "PatrolQuerySet":
        """Those of the reader's districts; unannounced ones only once they have ended, but for desk and team."""
        condition = scope_of(user, MANAGE_PATROLS).within("area__code")
        open_to_all = Q(announced=True) | Q(ended_at__isnull=False)
        condition |= scope_of(user, READ_CASES).within("area__code") & open_to_all
        if isinstance(user, User) and user.is_active and user.pk is not None:  # a passer-by has no account
            condition |= Q(team__in=user.patrol_teams.values("pk"))
        return self.filter(condition)

    def in_state(self, state: str) -> "PatrolQuerySet":
        """Those that are so far (`PatrolState`)."""
        return self.filter(_IN_STATE[PatrolState(state)])


class PatrolState(models.TextChoices):
    """How far an outing is; follows from its dates."""

    PLANNED = "planned", pgettext_lazy("patrol", "Planned")
    UNDERWAY = "underway", pgettext_lazy("patrol", "Under way")
    ENDED = "ended", pgettext_lazy("patrol", "Ended")
    VOIDED = "voided", pgettext_lazy("patrol", "Voided")


_IN_STATE = {
    PatrolState.PLANNED: Q(voided_at=None, started_at=None, ended_at=None),
    PatrolState.UNDERWAY: Q(voided_at=None, started_at__isnull=False, ended_at=None),
    PatrolState.ENDED: Q(voided_at=None, ended_at__isnull=False),
    PatrolState.VOIDED: Q(voided_at__isnull=False),
}


@pghistory.track()
class Patrol(models.Model):
    """One outing of one team. Its area is the team's at planning."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="patrols", verbose_name=_("patrol team")
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    announced = models.BooleanField(
        _("announced"),
        default=True,
        help_text=_("An unannounced one is hidden from streets until it has ended."),
    )
    concentrated = models.BooleanField(
        _("concentrated"), default=False, help_text=_("Many teams at once, as opposed to spread over time.")
    )
    regular = models.BooleanField(_("regular"), default=True)
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patrols",
        verbose_name=_("campaign"),
    )
    areas = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name=_("areas"))
    roads = models.ManyToManyField(Road, blank=True, related_name="+", verbose_name=_("roads"))
    planned_for = models.DateTimeField(_("planned start"), db_index=True)
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("planned by"),
    )

    started_at = models.DateTimeField(_("started at"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)
    people = models.PositiveIntegerField(_("people present"), null=True, blank=True, editable=False)

    confirmed_at = models.DateTimeField(_("hours confirmed at"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_people = models.PositiveIntegerField(_("people, confirmed"), null=True, blank=True)
    confirmed_minutes = models.PositiveIntegerField(_("minutes each, confirmed"), null=True, blank=True)

    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True, editable=False)
    void_reason = models.CharField(_("why it was voided"), max_length=300, blank=True)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        ordering = ["-planned_for", "-id"]
        constraints = [
            models.CheckConstraint(
                name="patrol_hours_are_whole",
                condition=Q(confirmed_at=None, confirmed_people=None, confirmed_minutes=None)
                | Q(
                    confirmed_at__isnull=False,
                    confirmed_people__isnull=False,
                    confirmed_minutes__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="patrol_void_says_why", condition=Q(voided_at=None) | ~Q(void_reason="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="planned_for_good",
                operation=pgtrigger.Update,
                condition=Changed("uid", "team", "area", "announced"),
            ),
            pgtrigger.Protect(
                name="confirmed_once",
                operation=pgtrigger.UpdateOf("confirmed_at", "confirmed_people", "confirmed_minutes"),
                condition=pgtrigger.Condition("OLD.confirmed_at IS NOT NULL"),
            ),
            pgtrigger.Protect(
                name="voided_for_good",
                operation=pgtrigger.UpdateOf("voided_at"),
                condition=pgtrigger.Condition("OLD.voided_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.day:%Y-%m-%d}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.area.code

    @property
    def day(self) -> datetime:
        """When it was, else when it is to be."""
        return self.started_at or self.planned_for

    @property
    def state(self) -> PatrolState:
        """How far it is."""
        if self.voided_at is not None:
            return PatrolState.VOIDED
        if self.ended_at is not None:
            return PatrolState.ENDED
        return PatrolState.UNDERWAY if self.started_at is not None else PatrolState.PLANNED

    @property
    def minutes(self) -> int | None:
        """How long it took, in whole minutes; None while that is not known."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(0, round((self.ended_at - self.started_at).total_seconds() / 60))

    def is_visible_to(self, user: AnyUser) -> bool:
        """Whether a reader may know of it, asked of one patrol (`visible_to` asks of many)."""
        if can(user, MANAGE_PATROLS, self):
            return True
        if can(user, READ_CASES, self) and (self.announced or self.ended_at is not None):
            return True
        return isinstance(user, User) and user.patrol_teams.filter(pk=self.team_id).exists()


class DrawOfSites(models.Model):
    """One draw: seed and settings, by which anybody can draw the same sites again. Never changed.

    Of what it is a draw, each model says; patrols here, rounds of evaluation further left.
    """

    seed = models.BigIntegerField(_("seed"))
    per_group = models.PositiveSmallIntegerField(
        _("sites of each kind in each street"), validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    kinds = ArrayField(models.CharField(max_length=40), verbose_name=_("site kinds"), default=list)
    pool = ArrayField(models.CharField(max_length=24), verbose_name=_("sites to draw from"), default=list)
    drawn = ArrayField(models.CharField(max_length=24), verbose_name=_("drawn"), default=list)
    reason = models.CharField(_("why it was drawn again"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        abstract = True
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class PatrolDraw(DrawOfSites):
    """A draw of the sites of a patrol."""

    patrol = models.ForeignKey(
        Patrol, on_delete=models.PROTECT, related_name="draws", verbose_name=_("patrol")
    )

    class Meta(DrawOfSites.Meta):
        verbose_name = _("draw of sites")
        verbose_name_plural = _("draws of sites")

    def __str__(self) -> str:
        return f"{self.patrol} #{self.seed}"


class PatrolChange(models.Model):
    """One change of what was planned: only what differs, before and after. Never changed itself."""

    patrol = models.ForeignKey(
        Patrol, on_delete=models.PROTECT, related_name="changes", verbose_name=_("patrol")
    )
    # By the names of `cases.actions.change_patrol.plan_of`: codes of places, the moment in seconds since 1970.
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    reason = models.CharField(_("why"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("change of a patrol")
        verbose_name_plural = _("changes of patrols")
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.patrol} {self.reason}"


# The sites are fixed by the time a team sets out, whatever writes to the table.
_FROZEN = """
    IF EXISTS (SELECT 1 FROM cases_patrol patrol WHERE patrol.started_at IS NOT NULL
               AND patrol.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.patrol_id ELSE NEW.patrol_id END) THEN
        RAISE check_violation USING MESSAGE = 'the sites of a patrol that has begun stay as they are';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class PatrolSite(models.Model):
    """A site that a patrol is to visit, in the order of the plan; fixed once it has begun."""

    patrol = models.ForeignKey(
        Patrol, on_delete=models.PROTECT, related_name="stops", verbose_name=_("patrol")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="patrol_stops", verbose_name=_("site")
    )
    place = models.PositiveSmallIntegerField(_("place in the order"))
    drawn = models.BooleanField(_("drawn"), default=False)

    class Meta:
        verbose_name = _("site of a patrol")
        verbose_name_plural = _("sites of patrols")
        ordering = ["patrol", "place"]
        constraints = [models.UniqueConstraint(fields=["patrol", "site"], name="patrol_site_once")]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.site}"


class RecordKind(models.TextChoices):
    """What was recorded on the way."""

    START = "start", pgettext_lazy("patrol", "Started")
    VISIT = "visit", _("Nothing wrong")
    PROBLEM = "problem", _("Problem reported")
    ADDITION = "addition", _("Added to a case")
    END = "end", pgettext_lazy("patrol", "Ended")


class PatrolRecord(models.Model):
    """One thing that somebody recorded on an outing. The track of a patrol is the places of these, and no more."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patrol = models.ForeignKey(
        Patrol, on_delete=models.PROTECT, related_name="records", verbose_name=_("patrol")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RecordKind.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patrol_records",
        verbose_name=_("site"),
    )
    case = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patrol_records",
        verbose_name=_("case"),
    )
    people = models.PositiveIntegerField(_("people present"), null=True, blank=True)
    position = models.PointField(_("recorded at"), srid=4326, null=True, blank=True, spatial_index=False)
    written_at = models.DateTimeField(_("written at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("record of a patrol")
        verbose_name_plural = _("records of patrols")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["site", "-at"], name="patrol_record_of_site")]
        constraints = [
            models.CheckConstraint(
                name="patrol_record_names_what_it_is_about",
                condition=Q(kind__in=["start", "end"], case=None, site=None)
                | Q(kind="visit", site__isnull=False, case=None)
                | Q(kind__in=["problem", "addition"], case__isnull=False),
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
