"""Which shape a case has on the map: that of its category's group, which is what puts it right (`Defect.remedy`).

Both lists are the office's, so the groups are data: what is cleaned, repaired, printed anew, taken away; and the rest,
categories of no defect of an asset.
"""

from assets.models import Defect, MaintenanceKind
from cases.models import CaseCategory

OTHER = "other"
SHAPES = (
    MaintenanceKind.CLEAN.value,
    MaintenanceKind.REPAIR.value,
    MaintenanceKind.REPLACE_CONTENT.value,
    MaintenanceKind.REMOVE.value,
    OTHER,
)


def shapes_of_categories() -> dict[int, str]:
    """The shape of each category, by its key; its first defect decides, the urgent ones before."""
    defects = Defect.objects.order_by("-urgent", "code").values_list("code", "remedy")
    remedies = dict(defects)
    shapes = {}
    for key, codes in CaseCategory.objects.values_list("pk", "asset_defects"):
        found = next((remedies[code] for code in remedies if code in codes), OTHER)
        shapes[key] = found if found in SHAPES else OTHER
    return shapes
