"""The forms of artworks: what is written about one, its approval, and hanging it on an asset."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import User
from assets.actions.edit_artwork import latest_state
from assets.models import Artwork, ArtworkOrigin, Asset
from assets.photos import photo_name, store_photo
from assets.rules.artworks import EDITABLE
from work.desk.fields_form import theme_choices
from work.desk.forms import DeskForm
from work.desk.widgets import Chooser, DayInput

_NUMBER_AT_END = re.compile(r"(\d+)$")


class ArtworkForm(DeskForm):
    """What is written about an artwork; beside each value the one that was shown, so that only what was touched counts.

    Args:
        artwork: the one that is edited; None for a new one.
    """

    base_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif"}),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    wording = forms.CharField(
        label=gettext_lazy("Wording"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Themes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("Origin"), required=False, choices=[("", "—"), *ArtworkOrigin.choices]
    )
    logo = forms.NullBooleanField(label=gettext_lazy("Carries the mark"), required=False)
    valid_from = forms.DateField(label=gettext_lazy("May hang from"), required=False, widget=DayInput())
    valid_to = forms.DateField(label=gettext_lazy("May hang until"), required=False, widget=DayInput())
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("What links, ledgers and paper call it by. It is never changed later."),
    )

    def __init__(self, artwork: Artwork | None, user: User, *args: Any, **kwargs: Any) -> None:
        self.artwork = artwork
        super().__init__(None, user, *args, **kwargs)

    def prepare(self) -> None:
        """Begin with what is written."""
        codes = self.artwork.themes if self.artwork else self.initial.get("themes", [])
        choices = theme_choices()
        # A theme that is no longer offered stays where it is.
        choices += [(code, code) for code in codes if code not in dict(choices)]
        self.fields["themes"].choices = choices  # type: ignore[attr-defined]
        if self.artwork is None:
            return
        del self.fields["code"]
        self.initial = {
            **{name: getattr(self.artwork, name) for name in EDITABLE if name != "picture"},
            "base_version": latest_state(self.artwork),
            **self.initial,
        }
        for name in EDITABLE:
            self.fields[name].show_hidden_initial = name != "picture"

    def written(self) -> dict[str, Any]:
        """Value by field, of those that somebody touched (of a new artwork: all); the picture is on disk then.

        Raises:
            ValidationError: naming `picture`: it is none, or damaged.
        """
        touched = EDITABLE if self.artwork is None else set(EDITABLE) & set(self.changed_data)
        values = {name: self.cleaned_data[name] for name in EDITABLE if name in touched and name != "picture"}
        file = self.cleaned_data.get("picture")
        if isinstance(file, UploadedFile):
            values["picture"] = _kept(file)
        return values


def _kept(file: UploadedFile) -> str:
    """The name of the picture that was made of a file: upright, small, nothing but its pixels (`assets.photos`)."""
    try:
        return photo_name(store_photo(file.file))  # type: ignore[arg-type]
    except ValidationError as error:
        raise ValidationError({"picture": error.messages}) from error


class ApproveForm(DeskForm):
    """Who signed it, when, under which number."""

    approved_by = forms.CharField(label=gettext_lazy("Approved by"), max_length=120)
    approved_on = forms.DateField(
        label=gettext_lazy("Approved on"), widget=DayInput(), initial=timezone.localdate
    )
    approval_document = forms.CharField(
        label=gettext_lazy("Document number"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("As it stands on the paper, if there is one."),
    )


class PostOnForm(DeskForm):
    """The asset that it goes up on, and when."""

    asset_code = forms.CharField(
        label=gettext_lazy("Asset"),
        help_text=gettext_lazy("Type a part of its name, address or component id."),
        error_messages={"required": gettext_lazy("Choose the asset that it hangs on.")},
    )
    posted_on = forms.DateField(
        label=gettext_lazy("Posted on"), widget=DayInput(), initial=timezone.localdate
    )

    def prepare(self) -> None:
        """Assets are suggested while somebody types."""
        self.fields["asset_code"].widget = Chooser(reverse("artwork-assets"), _name_of_asset)


def _name_of_asset(code: Any) -> str:
    asset = Asset.objects.select_related("type").filter(code=str(code)).first()
    return "" if asset is None else asset.name or asset.type.name


def next_code(after: Artwork | None = None) -> str:
    """A code that is free: the year and a number, or of a new version the earlier one's with a higher number."""
    taken = set(Artwork.objects.values_list("code", flat=True))
    if after is None:
        stem, number, width = f"{timezone.localdate().year}-", 1, 3
    else:
        found = _NUMBER_AT_END.search(after.code)
        stem = after.code[: found.start()] if found else f"{after.code}-"
        number, width = (int(found[1]) + 1, len(found[1])) if found else (2, 1)
    while (code := f"{stem}{number:0{width}d}") in taken:
        number += 1
    return code if len(code) <= 40 else ""
