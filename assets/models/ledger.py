"""Ledgers (台账): an office's files on their way into the catalogue, each of their rows, what the office's words mean.

A ledger's row is there for good, and so is its address: until it is imported it shows where the import stands, and
afterwards it is the report. The file itself lies in a folder of its own below VAR_DIR.
"""

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import IMPORT, AnyUser, scope_of
from assets.models.background import BackgroundRun
from assets.models.batch import Batch


class LedgerState(models.TextChoices):
    """How far a ledger is. While something is being done for it, its run says how that goes."""

    READING = "reading", _("Being read")
    UNREADABLE = "unreadable", _("Not readable")
    READ = "read", _("Columns to be answered")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Waiting for a decision")
    IMPORTING = "importing", _("Being imported")
    IMPORTED = "imported", _("Imported")
    UNDOING = "undoing", _("Being undone")


BUSY = (LedgerState.READING, LedgerState.CHECKING, LedgerState.IMPORTING, LedgerState.UNDOING)
"""States that end by themselves."""
UNDECIDED = (
    LedgerState.READING,
    LedgerState.UNREADABLE,
    LedgerState.READ,
    LedgerState.CHECKING,
    LedgerState.CHECKED,
)
"""States in which nothing has been asked to be written."""


class LedgerQuerySet(models.QuerySet["Ledger"]):
    """Ledgers as somebody may see them."""

    def visible_to(self, user: AnyUser) -> "LedgerQuerySet":
        """One's own, and those of every office in whose area one may import."""
        scope = scope_of(user, IMPORT)
        if scope.is_nowhere:
            return self.none()
        if scope.is_everywhere:
            return self
        return self.filter(models.Q(uploaded_by=user) | scope.within("office"))


class Ledger(models.Model):
    """One file of an office.

    office: code of the area whose office it comes from; empty for one that stands above all districts.
    contents: what was found in the file (`importing.describing`).
    answers: what a person said about it (`importing.answers`).
    headers: field → column, as the last check took them.
    report: counts, codes and notes of the last check or of the import.
    problem: why the last attempt came to nothing; a code with parameters, or a sentence.
    undone: the batch that undid the import, while it is undone.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.CharField(_("importing office"), max_length=15, blank=True)
    filename = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(_("bytes"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="ledgers",
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    state = models.CharField(
        _("state"), max_length=10, choices=LedgerState.choices, default=LedgerState.READING
    )
    run = models.ForeignKey(
        BackgroundRun,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("run"),
    )
    contents = models.JSONField(_("contents"), default=dict, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    headers = models.JSONField(_("columns"), default=dict, blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True)
    problem = models.JSONField(_("problem"), default=dict, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("imported by"),
    )
    imported_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    batch = models.OneToOneField(
        Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger", verbose_name=_("batch")
    )
    undone = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    photos_run = models.ForeignKey(
        BackgroundRun,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photos"),
    )

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger")
        verbose_name_plural = _("ledgers")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(settings.VAR_DIR) / "ledgers" / str(self.uid)

    @property
    def file(self) -> Path:
        """The file as it was sent; its name here says nothing but the format."""
        return self.folder / f"ledger{Path(self.filename).suffix.lower()}"

    @property
    def is_busy(self) -> bool:
        """Whether something is being done for it."""
        return self.state in BUSY

    @property
    def is_imported(self) -> bool:
        """Whether it is in the catalogue, or was and has been undone."""
        return self.state in (LedgerState.IMPORTED, LedgerState.UNDOING)

    def may_be_handled_by(self, user: User) -> bool:
        """Whether somebody may go on with it: who sees it may, and what they may write is checked row by row."""
        scope = scope_of(user, IMPORT)
        return scope.covers(self.office) or (self.uploaded_by_id == user.pk and not scope.is_nowhere)


class RowOutcome(models.TextChoices):
    """What is to happen, or has happened, to a row."""

    CREATED = "created", _("New")
    UPDATED = "updated", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REFUSED = "refused", _("Refused")


class LedgerRow(models.Model):
    """One row of a ledger as the last check saw it; written set by set by `importing.rows`.

    code: component id of the asset it means, or will have. verdicts: [{code, field, value, params}]. changes:
    [{field, old, new}] with keys of lists as they are. codes: those of the verdicts, to filter by.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="rows", db_index=False)
    row = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=RowOutcome.choices)
    doubtful = models.BooleanField(_("doubtful"))
    asset = models.ForeignKey(
        "assets.Asset",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    code = models.CharField(_("component id"), max_length=17, blank=True)
    own_number = models.CharField(_("office's own number"), max_length=80, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    point = models.PointField(_("point"), srid=4326, null=True, spatial_index=False)
    codes = ArrayField(models.CharField(max_length=40), default=list)
    verdicts = models.JSONField(default=list)
    changes = models.JSONField(default=list)

    class Meta:
        verbose_name = _("row of a ledger")
        verbose_name_plural = _("rows of ledgers")
        ordering = ["ledger", "row"]
        constraints = [models.UniqueConstraint(fields=["ledger", "row"], name="ledger_row_once")]

    def __str__(self) -> str:
        return f"{self.ledger_id} · {self.row}"


class MeaningKind(models.TextChoices):
    """What kind of word an office's meaning is remembered of."""

    COLUMN = "column", _("Column")
    TYPE = "type", _("Type")
    THEME = "theme", _("Theme")
    UNIT = "unit", _("Unit")
    CONDITION = "condition", _("Condition")
    LIFECYCLE = "lifecycle", _("Lifecycle")

    @classmethod
    def of_cells(cls) -> tuple["MeaningKind", ...]:
        """The kinds of words that stand in cells, not in headings."""
        return tuple(kind for kind in cls if kind != cls.COLUMN)

    @property
    def may_grow(self) -> bool:
        """Whether a person may enter an unknown word into its list; conditions and lifecycles are what they are."""
        return self in (self.TYPE, self.THEME, self.UNIT)


class RememberedMeaning(models.Model):
    """What a word in an office's ledgers of the same headings means: a header a field, a name an entry of a list.

    Only what a person changed is kept, never what was guessed anyway.

    headings: the signature of the ledger's headings (`importing.describing`). said: the word, folded
    (`importing.names.folded`). meaning: a field's name, or empty for a column that is left out; an entry's code,
    a unit's name, or the code of a condition or lifecycle.
    """

    office = models.CharField(_("importing office"), max_length=15, blank=True)
    headings = models.CharField(_("headings"), max_length=16)
    kind = models.CharField(_("kind"), max_length=10, choices=MeaningKind.choices)
    said = models.CharField(_("said"), max_length=200)
    meaning = models.CharField(_("meaning"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("remembered meaning")
        verbose_name_plural = _("remembered meanings")
        constraints = [
            models.UniqueConstraint(fields=["office", "headings", "kind", "said"], name="meaning_once")
        ]

    def __str__(self) -> str:
        return f"{self.said} → {self.meaning}"
