"""Inputs of the panel's forms that a browser does not have: choosing one of very many, and several photos."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Chooser(forms.TextInput):
    """One row of a long list: typed words, suggestions from the server, the row's key in a hidden input beside it.

    Args:
        address: where suggestions come from.
        words: the name of a row by its key, for what is chosen already.
    """

    template_name = "desk/chooser.html"

    def __init__(self, address: str, words: Callable[[Any], str]) -> None:
        super().__init__()
        self.address = address
        self.words = words

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the list's address and the chosen row's name."""
        context = super().get_context(name, value, attrs)
        context["widget"]["address"] = self.address
        context["widget"]["words"] = self.words(value) if value not in (None, "") else ""
        return context


class PhotosInput(forms.FileInput):
    """A file input that takes several pictures; the page's script adds dropping them."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*,.heic,.heif", "multiple": True})


class PhotosField(forms.FileField):
    """Any number of files, none too; whether they are photos is seen when they are stored."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files that were sent."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(file, initial) for file in files]
