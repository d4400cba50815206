"""The counters that component ids are taken from; `assets/codes.py` takes them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ComponentCounter(models.Model):
    """Next serial number of one (district, item code); only ever grows."""

    district_code = models.CharField(_("district code"), max_length=6)
    item_code = models.CharField(_("item code"), max_length=5)
    next_serial = models.PositiveIntegerField(_("next serial number"), default=1)

    class Meta:
        verbose_name = _("component counter")
        verbose_name_plural = _("component counters")
        constraints = [
            models.UniqueConstraint(fields=["district_code", "item_code"], name="one_counter_per_item"),
            models.CheckConstraint(
                name="serial_has_six_digits",
                condition=models.Q(next_serial__gte=1, next_serial__lte=1_000_000),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.district_code}{self.item_code} → {self.next_serial}"
