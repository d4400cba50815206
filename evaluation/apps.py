"""App configuration of the room `evaluation`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    """Registers `evaluation` with Django."""

    name = "evaluation"
    verbose_name = _("Evaluation")
