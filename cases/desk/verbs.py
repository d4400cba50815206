"""Each verb as pages do it: the form it is filled in with, what the form begins with, and the action it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor
from cases.actions.add_report import add_report
from cases.actions.dispatch_case import accept_case, dispatch_case, return_case
from cases.actions.extend_case import ask_extension, extend_case, refuse_extension
from cases.actions.file_case import file_case, merge_case, reclassify, reject_case, take_up_case
from cases.actions.fix_case import fix_case, reject_fix, reopen_case, verify_fix
from cases.actions.hold_case import ask_hold, hold_case, refuse_hold, resume_case
from cases.actions.urge_case import answer_urge, urge_case
from cases.actions.void_case import ask_void, refuse_void, void_case
from cases.desk import forms
from cases.models import Case, Verb
from cases.proposing import propose

Given = dict[str, Any]


@dataclass(frozen=True)
class Way:
    """How a page does a verb. `usual` verbs stand first and open, the others are folded."""

    form: type[forms.VerbForm]
    act: Callable[[Actor, Case, Given], object]
    initial: Callable[[Case], Given] = lambda case: {}
    usual: bool = False
    danger: bool = False


def _merge(actor: Actor, case: Case, given: Given) -> object:
    seen = Case.objects.visible_to(actor.user) if actor.user else Case.objects.none()
    other = seen.filter(code=given["other"].strip()).first()
    if other is None:
        raise ValidationError(
            {"other": _("There is no case “%(number)s” that you can see.") % {"number": given["other"][:24]}}
        )
    return merge_case(actor, case, other)


def _proposed(case: Case) -> Given:
    found = propose(case)
    if found is None:
        return {}
    return {"unit": found.unit.pk, "person": found.person, "why": found.why}


def _as_is(case: Case) -> Given:
    return {"category": case.category.code, "urgent": case.urgent}


def _in_two_days(case: Case) -> Given:
    return {"answer_by": timezone.localdate() + timedelta(days=2)}


WAYS: dict[Verb, Way] = {
    Verb.ADD_REPORT: Way(forms.AddReportForm, lambda actor, case, given: add_report(actor, case, **given)),
    Verb.FILE: Way(
        forms.ClassifyForm,
        lambda actor, case, given: file_case(actor, case, **given),
        _as_is,
        usual=True,
    ),
    Verb.REJECT: Way(
        forms.ReasonForm, lambda actor, case, given: reject_case(actor, case, **given), danger=True
    ),
    Verb.TAKE_UP: Way(
        forms.ReasonForm, lambda actor, case, given: take_up_case(actor, case, **given), usual=True
    ),
    Verb.MERGE: Way(forms.OtherForm, _merge),
    Verb.RECLASSIFY: Way(
        forms.ReclassifyForm, lambda actor, case, given: reclassify(actor, case, **given), _as_is
    ),
    Verb.DISPATCH: Way(
        forms.DispatchForm,
        lambda actor, case, given: dispatch_case(actor, case, **given),
        _proposed,
        usual=True,
    ),
    Verb.ACCEPT: Way(
        forms.VerbForm, lambda actor, case, given: accept_case(actor, case, **given), usual=True
    ),
    Verb.RETURN: Way(forms.ReturnForm, lambda actor, case, given: return_case(actor, case, **given)),
    Verb.ASK_HOLD: Way(forms.HoldForm, lambda actor, case, given: ask_hold(actor, case, **given)),
    Verb.HOLD: Way(
        forms.GrantHoldForm, lambda actor, case, given: hold_case(actor, case, **given), usual=True
    ),
    Verb.REFUSE_HOLD: Way(forms.ReasonForm, lambda actor, case, given: refuse_hold(actor, case, **given)),
    Verb.RESUME: Way(
        forms.VerbForm, lambda actor, case, given: resume_case(actor, case, **given), usual=True
    ),
    Verb.ASK_EXTENSION: Way(
        forms.ExtensionForm, lambda actor, case, given: ask_extension(actor, case, **given)
    ),
    Verb.EXTEND: Way(
        forms.GrantExtensionForm, lambda actor, case, given: extend_case(actor, case, **given), usual=True
    ),
    Verb.REFUSE_EXTENSION: Way(
        forms.ReasonForm, lambda actor, case, given: refuse_extension(actor, case, **given)
    ),
    Verb.FIX: Way(forms.FixForm, lambda actor, case, given: fix_case(actor, case, **given), usual=True),
    Verb.VERIFY: Way(
        forms.VerifyForm, lambda actor, case, given: verify_fix(actor, case, **given), usual=True
    ),
    Verb.REJECT_FIX: Way(
        forms.RejectFixForm, lambda actor, case, given: reject_fix(actor, case, **given), danger=True
    ),
    Verb.REOPEN: Way(forms.ReasonForm, lambda actor, case, given: reopen_case(actor, case, **given)),
    Verb.ASK_VOID: Way(
        forms.ReasonForm, lambda actor, case, given: ask_void(actor, case, **given), danger=True
    ),
    Verb.VOID: Way(forms.VerbForm, lambda actor, case, given: void_case(actor, case, **given), danger=True),
    Verb.REFUSE_VOID: Way(forms.ReasonForm, lambda actor, case, given: refuse_void(actor, case, **given)),
    Verb.URGE: Way(forms.UrgeForm, lambda actor, case, given: urge_case(actor, case, **given), _in_two_days),
    Verb.ANSWER_URGE: Way(
        forms.AnswerForm, lambda actor, case, given: answer_urge(actor, case, **given), usual=True
    ),
}
