"""Coverage rules (覆盖规则): how many pieces a place must have, as data with edition and source; what came of them.

A rule is a row, never code: which metric, which figure, of which pieces, at which places. A few rules are about how
is counted (how far apart, which pieces count). Results are written anew by `evaluation.coverage.computing`; the cases
that were raised from gaps stay, and are found again by rule, place and stretch.
"""

import uuid
from typing import Any

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.permissions import DIGITS_OF_A_DISTRICT, READ_COVERAGE, AnyUser, scope_of
from cases.models import Case, Confidence, State
from places.models import MarksChange, Road, Site, Topic

DIGITS_OF_A_STREET = 9
# A case in one of these is no longer about the gap.
CASE_ENDED = (State.CLOSED, State.REJECTED, State.DUPLICATE, State.VOIDED)


class Computable(models.TextChoices):
    """Whether the catalogue holds what a rule asks for."""

    YES = "yes", _("yes")
    PARTLY = "partly", _("partly")
    NO = "no", _("no")


class Metric(models.TextChoices):
    """What is measured (`evaluation.coverage.metrics`); the last three say how is counted, for all the others."""

    COUNT = "count", _("Pieces at a site")
    COUNT_PROMINENT = "count_prominent", _("Pieces in a prominent position at a site")
    COUNT_NEAR = "count_near", _("Pieces within some metres of a site")
    COUNT_ALONG_ROAD = "count_along_road", _("Pieces in any so many metres of a road")
    DISTINCT_THEMES = "distinct_themes", _("Different themes at a site")
    DISTANCE = "distance", _("Metres from a site to the nearest piece")
    THEME_SHARE = "theme_share", _("Share of a street's pieces that have a theme")
    LOCAL_SHARE = "local_artwork_share", _("Share of a street's pieces that show a local design")
    SITES_SHARE = "share_of_sites", _("Share of a street's sites that have enough pieces")
    IDLE_DAYS = "idle_days", _("Days that a face has been empty")
    NONE_ALLOWED = "none_allowed", _("Pieces where none may be")
    REPAIR_TIME = "repair_time", _("Time that a piece's repair takes")
    USED_UNSOUND = "used_unsound", _("Pieces of a street that are in use though damaged, faded or soiled")
    UNAPPROVED = (
        "unapproved",
        _("Pieces of a street with an artwork that was not approved before it was posted"),
    )
    COUNT_IN_SEASON = "count_in_season", _("Pieces at a site while a campaign's artworks are to hang")
    SPACING = "spacing", _("Counting: pieces nearer than so many metres count once")
    FIXED_ONLY = "fixed_only", _("Counting: only fixed carriers count")
    SOUND_ONLY = "sound_only", _("Counting: faded, soiled, covered, wrong or outdated pieces do not count")


COUNTING = (Metric.SPACING, Metric.FIXED_ONLY, Metric.SOUND_ONLY)


class Operator(models.TextChoices):
    """How what was found is held against what is wanted."""

    AT_LEAST = ">=", _("at least")
    AT_MOST = "<=", _("at most")
    EXACTLY = "=", _("exactly")


@pghistory.track()
class CoverageRule(models.Model):
    """One rule in one edition.

    `parameters` holds what its metric needs beside the threshold (`evaluation.coverage.parameters`): metres of a
    window, metres around a site, pieces that a site must have, indoors or outdoors, defects that do not count.
    """

    code = models.CharField(_("code"), max_length=20)
    edition = models.CharField(_("edition"), max_length=60)
    name_zh = models.CharField(_("Chinese wording"), max_length=200)
    name_en = models.CharField(_("English wording"), max_length=300, blank=True)
    metric = models.CharField(_("metric"), max_length=30, choices=Metric.choices, blank=True)
    metric_as_written = models.CharField(_("metric as written"), max_length=60, blank=True)
    operator = models.CharField(
        _("operator"), max_length=2, choices=Operator.choices, default=Operator.AT_LEAST
    )
    threshold = models.DecimalField(_("threshold"), max_digits=10, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    window = models.CharField(_("where, as written"), max_length=120, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    site_kinds = ArrayField(
        models.CharField(max_length=40), verbose_name=_("site kinds"), default=list, blank=True
    )
    carriers = ArrayField(
        models.CharField(max_length=40), verbose_name=_("carriers"), default=list, blank=True
    )
    themes = ArrayField(models.CharField(max_length=40), verbose_name=_("themes"), default=list, blank=True)
    computable = models.CharField(
        _("computable from the catalogue"), max_length=6, choices=Computable.choices, default=Computable.YES
    )
    needs = models.CharField(_("needs"), max_length=120, blank=True)
    obstacle = models.CharField(_("why it cannot be computed"), max_length=300, blank=True)
    active = models.BooleanField(_("switched on"), default=False)
    place = models.CharField(_("from where"), max_length=60, blank=True)
    year = models.CharField(_("year"), max_length=20, blank=True)
    status = models.CharField(_("what it is here"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, default=Confidence.LOW
    )

    class Meta:
        verbose_name = _("coverage rule")
        verbose_name_plural = _("coverage rules")
        ordering = ["edition", "code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="coverage_rule_once_an_edition"),
            models.CheckConstraint(
                name="coverage_rule_on_can_be_computed",
                condition=Q(active=False) | (Q(obstacle="") & ~Q(metric="")),
            ),
        ]
        # What it comes to is computed anew.
        triggers = [MarksChange(Topic.DICTIONARY)]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The wording in the reader's language."""
        english = (get_language() or "").startswith("en") and self.name_en
        return self.name_en if english else self.name_zh

    @property
    def obstacles(self) -> list[str]:
        """Why it cannot be computed, in the reader's language."""
        from evaluation.coverage.obstacles import in_words

        return in_words(self.obstacle)

    @property
    def is_counting(self) -> bool:
        """Whether it says how others count, and has no results itself."""
        return self.metric in COUNTING


class PlaceKind(models.TextChoices):
    """What a result is about."""

    SITE = "site", _("Site")
    ROAD = "road", _("Road")
    STREET = "street", _("Street")
    FACE = "face", _("Face")


class CoverageResultQuerySet(models.QuerySet["CoverageResult"]):
    """Results as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "CoverageResultQuerySet":
        """Those of the user's own streets, or of the whole district for whoever reads it."""
        scope = scope_of(user, READ_COVERAGE)
        if scope.is_everywhere:
            return self
        districts = [code for code in scope.prefixes if len(code) == DIGITS_OF_A_DISTRICT]
        streets = {code[:DIGITS_OF_A_STREET] for code in scope.prefixes if len(code) > DIGITS_OF_A_DISTRICT}
        return self.filter(Q(district__in=districts) | Q(streets__overlap=sorted(streets)))


class CoverageResult(models.Model):
    """What a rule comes to at one place: wanted and found, with the pieces counted and those left out.

    `streets` are codes: a stretch of road may lie in several. Lengths are metres along the road line, in EPSG:4548.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.ForeignKey(
        CoverageRule, on_delete=models.CASCADE, related_name="results", verbose_name=_("coverage rule")
    )
    kind = models.CharField(_("kind of place"), max_length=8, choices=PlaceKind.choices)
    place = models.CharField(_("key of the place"), max_length=40)
    name = models.CharField(_("place"), max_length=200)
    site_kind = models.CharField(_("site kind"), max_length=40, blank=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    road = models.ForeignKey(Road, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    from_m = models.FloatField(_("from metre"), default=0)
    to_m = models.FloatField(_("to metre"), default=0)
    streets: Any = ArrayField(models.CharField(max_length=9), verbose_name=_("streets"), default=list)
    district = models.CharField(_("district"), max_length=6)
    point = models.PointField(_("point"), srid=4326)
    shape = models.LineStringField(_("stretch"), srid=4326, null=True, spatial_index=False)
    wanted = models.DecimalField(_("wanted"), max_digits=10, decimal_places=2)
    found = models.DecimalField(_("found"), max_digits=12, decimal_places=2)
    ok = models.BooleanField(_("fulfilled"))
    counted: Any = ArrayField(models.BigIntegerField(), verbose_name=_("pieces counted"), default=list)
    left_out = models.JSONField(_("pieces left out"), default=dict)
    counted_number = models.PositiveIntegerField(_("number counted"), default=0)
    computed_at = models.DateTimeField(_("computed at"))

    objects = CoverageResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage result")
        verbose_name_plural = _("coverage results")
        ordering = ["ok", "id"]
        indexes = [GinIndex(fields=["streets"], name="coverage_result_streets")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.name}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with: its one street, or the district."""
        return self.streets[0] if len(self.streets) == 1 else self.district


class CoverageCase(models.Model):
    """A case raised from a gap: found again by rule, place and stretch, which results are made anew without."""

    rule = models.ForeignKey(CoverageRule, on_delete=models.PROTECT, related_name="cases")
    place = models.CharField(_("key of the place"), max_length=40)
    from_m = models.FloatField(default=0)
    to_m = models.FloatField(default=0)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="coverage_gap")

    class Meta:
        verbose_name = _("case of a coverage gap")
        verbose_name_plural = _("cases of coverage gaps")
        indexes = [models.Index(fields=["rule", "place"], name="coverage_case_place")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.place} {self.case_id}"
