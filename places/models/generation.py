"""Change marks: a counter of commits that no writer waits for.

Tiles, legend counts and dictionaries are cached under a *generation* that must change with every commit and with
nothing else (docs/design.md). A single counter row would make every writer wait for a long import; a sequence moves
before the commit is visible. So each transaction inserts at most one row per topic, and the generation is the SUM over
the rows a reader can see: it grows exactly when a commit becomes visible. `generation.compact()` folds old rows
together without changing the sum.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What a change is about; each topic has a generation of its own."""

    ASSETS = "assets", _("Assets and what happened to them")
    PLACES = "places", _("Areas, roads and sites")
    DICTIONARY = "dictionary", _("Types, themes and other lists")
    PEOPLE = "people", _("Users and their memberships")
    CASES = "cases", _("Cases and what happened to them")


class ChangeMark(models.Model):
    """One transaction's mark on one topic; row with txid 0 holds the folded past."""

    topic = models.CharField(max_length=16, choices=Topic.choices)
    txid = models.BigIntegerField()
    weight = models.BigIntegerField(default=1)

    class Meta:
        verbose_name = _("change mark")
        verbose_name_plural = _("change marks")
        constraints = [models.UniqueConstraint(fields=["topic", "txid"], name="one_mark_per_transaction")]

    def __str__(self) -> str:
        return f"{self.topic} {self.txid}"


class MarksChange(pgtrigger.Trigger):
    """Statement trigger that leaves a change mark for its topic, once per transaction."""

    when = pgtrigger.After
    level = pgtrigger.Statement

    def __init__(self, topic: Topic, *, name: str = "mark_change") -> None:
        super().__init__(
            name=name,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=(
                "INSERT INTO places_changemark (topic, txid, weight) "  # noqa: S608
                f"VALUES ('{topic.value}', pg_current_xact_id()::text::bigint, 1) "
                "ON CONFLICT (topic, txid) DO NOTHING; RETURN NULL;"
            ),
        )
