"""The small forms of the panel's verbs. What a value means is checked by the actions; forms only read it."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assets.models import Approval, Artwork, Asset, Condition, Defect
from work.desk.widgets import DayInput, PhotosField

SEEN_CONDITIONS = [(condition, condition.label) for condition in Condition if condition]


class DeskForm(forms.Form):
    """A form about one asset; its inputs say where their hints and problems stand."""

    def __init__(self, asset: Asset | None, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "desk-%s", "label_suffix": "", **kwargs})
        self.asset = asset
        self.user = user
        self.prepare()
        for name, field in self.fields.items():
            described = f"desk-{name}-hint " if field.help_text else ""
            field.widget.attrs["aria-describedby"] = f"{described}desk-{name}-problem"
            field.widget.use_required_attribute = lambda initial: False

    def prepare(self) -> None:
        """Fill in what depends on asset and user."""


def defect_choices() -> list[tuple[str, str]]:
    """Defects by code, in the reader's language."""
    return [(defect.code, defect.name) for defect in Defect.objects.filter(active=True)]


class InspectForm(DeskForm):
    """What somebody saw, with photos of it."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    condition = forms.TypedChoiceField(
        label=_("Condition"),
        choices=SEEN_CONDITIONS,
        coerce=lambda value: Condition(int(value)),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say which condition you saw.")},
    )
    defects = forms.MultipleChoiceField(
        label=_("Defects"), choices=defect_choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    photos = PhotosField(label=_("Photos"), required=False)
    seen_on = forms.DateField(
        label=_("Seen on"),
        widget=DayInput(),
        initial=timezone.localdate,
        required=False,
        help_text=_("What was seen on an earlier day changes the condition only if nobody has looked since."),
    )
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=4000
    )

    def prepare(self) -> None:
        """The same form sent twice is one record."""
        self.initial.setdefault("uid", uuid.uuid4())


class PostForm(DeskForm):
    """What goes up, and when."""

    artwork = forms.ModelChoiceField(Artwork.objects.none(), label=_("Artwork"), to_field_name="code")
    posted_on = forms.DateField(label=_("Posted on"), widget=DayInput(), initial=timezone.localdate)

    def prepare(self) -> None:
        """Only what may hang today, by title."""
        today = timezone.localdate()
        field: Any = self.fields["artwork"]
        field.queryset = Artwork.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=today),
            Q(valid_to__isnull=True) | Q(valid_to__gte=today),
            approval=Approval.APPROVED,
        ).order_by("title", "code")


class TakeDownForm(DeskForm):
    """When it came down."""

    taken_down_on = forms.DateField(label=_("Taken down on"), widget=DayInput(), initial=timezone.localdate)


class RemoveForm(DeskForm):
    """When it went, and why."""

    removal_reason = forms.CharField(label=_("Reason for removal"), max_length=200)
    removed_on = forms.DateField(label=_("Removed on"), widget=DayInput(), initial=timezone.localdate)


class VoidForm(DeskForm):
    """Why an inspection does not count."""

    inspection = forms.IntegerField(widget=forms.HiddenInput)
    void_reason = forms.CharField(label=_("Why it is void"), max_length=200)


class UndoForm(DeskForm):
    """The change that led to this version."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
