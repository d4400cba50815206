"""The shape every editable list has: a code that never changes, names in two languages, an order."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

validate_code = RegexValidator(r"^[a-z][a-z0-9_]*$", _("Use small letters, digits and underscores."))


class Dictionary(models.Model):
    """Abstract entry of a list the office may edit (types, themes, defects, site kinds)."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[validate_code])
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("offered for new entries"), default=True)

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh
