"""What a rule's metric needs beside the threshold: the names, what each means, and which metric takes which."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evaluation.models import Metric


@dataclass(frozen=True)
class Parameter:
    """A number among a rule's parameters: its title with the unit, and what it may be."""

    name: str
    title: Promise
    least: float
    most: float
    usual: float | None = None


WINDOW = Parameter("window_m", _("Length of the window (metres)"), 10, 10_000)
REACH = Parameter("reach_m", _("How far from the road's line a piece may stand (metres)"), 5, 200, 50)
RADIUS = Parameter("radius_m", _("How far around the site (metres)"), 5, 2_000)
PIECES = Parameter("pieces", _("How many pieces a site needs"), 1, 100)

OF_METRIC: dict[str, tuple[Parameter, ...]] = {
    Metric.COUNT_ALONG_ROAD: (WINDOW, REACH),
    Metric.COUNT_NEAR: (RADIUS,),
    Metric.SITES_SHARE: (PIECES,),
}
PARAMETERS = (WINDOW, REACH, RADIUS, PIECES)


def missing(metric: str, parameters: dict[str, object]) -> list[Parameter]:
    """What a metric needs and a rule does not say."""
    return [
        parameter
        for parameter in OF_METRIC.get(metric, ())
        if parameter.usual is None and parameter.name not in parameters
    ]
