"""The models of `places`: where things are, who answers for a place, and the marks that say something changed."""

from places.models.area import Area, BoundaryStatus, Level
from places.models.changed import Changed
from places.models.dictionary import Dictionary
from places.models.former_answer import FormerAnswer
from places.models.generation import ChangeMark, MarksChange, Topic
from places.models.responsibility import (
    BatchState,
    Computed,
    Holder,
    Indicator,
    Responsibility,
    ResponsibilityBatch,
    ResponsibilityKind,
)
from places.models.road import Road
from places.models.site import Site, SiteKind, View
from places.models.unit import Unit

__all__ = [
    "Area",
    "BatchState",
    "BoundaryStatus",
    "ChangeMark",
    "Changed",
    "Computed",
    "Dictionary",
    "FormerAnswer",
    "Holder",
    "Indicator",
    "Level",
    "MarksChange",
    "Responsibility",
    "ResponsibilityBatch",
    "ResponsibilityKind",
    "Road",
    "Site",
    "SiteKind",
    "Topic",
    "Unit",
    "View",
]
