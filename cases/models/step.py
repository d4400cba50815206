"""The steps of a case: one row for everything that was done to it. The state of a case is that of its last step."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.models import Origin
from cases.models.case import Case, State
from cases.models.lists import UNITS
from places.models import MarksChange, Topic, Unit


class Verb(models.TextChoices):
    """What can be done to a case; who may, and from where to where, is in `cases.transitions`."""

    REPORT = "report", _("Report")
    REPORT_FIXED = "report_fixed", _("Report as put right at once")
    ADD_REPORT = "add_report", _("Add a report of the same")
    FILE = "file", pgettext_lazy("verb", "File")
    REJECT = "reject", _("Reject")
    TAKE_UP = "take_up", _("Take up after all")
    MERGE = "merge", _("Merge with another")
    RECLASSIFY = "reclassify", _("Change category or urgency")
    DISPATCH = "dispatch", _("Dispatch")
    HAND_OVER = "hand_over", _("Hand over to a successor")
    ACCEPT = "accept", _("Accept")
    RETURN = "return", _("Return")
    ASK_HOLD = "ask_hold", _("Ask for a hold")
    HOLD = "hold", _("Grant the hold")
    REFUSE_HOLD = "refuse_hold", _("Refuse the hold")
    RESUME = "resume", _("Resume")
    ASK_EXTENSION = "ask_extension", _("Ask for an extension")
    EXTEND = "extend", _("Grant the extension")
    REFUSE_EXTENSION = "refuse_extension", _("Refuse the extension")
    FIX = "fix", _("Report as put right")
    VERIFY = "verify", _("Verify and close")
    REJECT_FIX = "reject_fix", _("Not good enough")
    REOPEN = "reopen", _("Open again")
    ASK_VOID = "ask_void", _("Propose to void")
    VOID = "void", _("Void")
    REFUSE_VOID = "refuse_void", _("Do not void")
    URGE = "urge", _("Urge")
    ANSWER_URGE = "answer_urge", _("Answer the urging")


# Those that answer what another asked, once.
ANSWERS = (Verb.HOLD, Verb.REFUSE_HOLD, Verb.EXTEND, Verb.REFUSE_EXTENSION, Verb.VOID, Verb.REFUSE_VOID)

# Refuses a step from a state in which the case is not: then somebody else was quicker, or the action is wrong.
_CARRY_OUT = """
    UPDATE cases_case SET state = NEW.state_after WHERE id = NEW.case_id AND state = NEW.state_before;
    IF NOT FOUND THEN
        RAISE check_violation USING MESSAGE = format('case %s is not %s', NEW.case_id, NEW.state_before);
    END IF;
    RETURN NULL;
"""


class CaseStep(models.Model):
    """One step of one case: who did what, when, and what it carried. Never changed, never deleted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", verbose_name=_("case"))
    verb = models.CharField(_("step"), max_length=18, choices=Verb.choices)
    state_before = models.CharField(_("state before"), max_length=12, choices=State.choices)
    state_after = models.CharField(_("state after"), max_length=12, choices=State.choices)
    at = models.DateTimeField(_("at"))
    written_at = models.DateTimeField(_("written at"), db_default=Now(), editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="case_steps",
        verbose_name=_("by"),
    )
    actor_name = models.CharField(_("by whom"), max_length=150)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    link = models.ForeignKey(
        "cases.CaseLink",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name=_("by the link"),
    )
    batch = models.ForeignKey(
        "cases.CaseBatch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name=_("together with others"),
    )
    reason = models.TextField(_("reason"), blank=True)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="case_steps",
        verbose_name=_("unit"),
    )
    person = models.CharField(_("person"), max_length=40, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    amount = models.DecimalField(_("how much"), max_digits=6, decimal_places=2, null=True, blank=True)
    amount_unit = models.CharField(_("of what"), max_length=16, choices=UNITS, blank=True)
    about = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("answers"),
    )
    other = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="named_by",
        verbose_name=_("other case"),
    )
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of cases")
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["about"],
                name="case_request_answered_once",
                condition=Q(verb__in=[verb.value for verb in ANSWERS]),
            ),
        ]
        triggers = [
            MarksChange(Topic.CASES),
            pgtrigger.Trigger(
                name="carry_out",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Row,
                func=_CARRY_OUT,
            ),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d %H:%M}"
