"""The models of `assets`: the catalogue, what is printed, what happened to it, and the lists it is described by."""

from assets.models.artwork import Approval, Artwork, ArtworkOrigin, Posting
from assets.models.asset import STANDING, Asset, AssetQuerySet, Lifecycle
from assets.models.background import BackgroundRun, RunState, WorkerSign
from assets.models.batch import Batch, BatchItem, BatchKind, Outcome
from assets.models.campaign import Campaign, CampaignKind, CampaignQuerySet, CampaignTarget
from assets.models.codes import ComponentCounter
from assets.models.component_state import ComponentState
from assets.models.inspection import CONDITION_BY_CODE, Condition, Inspection
from assets.models.ledger import Ledger, LedgerRow, LedgerState, MeaningKind, RememberedMeaning, RowOutcome
from assets.models.lists import AssetType, CodeKind, Defect, Family, StandardCode, Theme
from assets.models.maintenance import Maintenance, MaintenanceState, Priority
from assets.models.origin import Origin
from assets.models.photo import Photo, PhotoStage
from assets.models.support import Support, SupportKind
from assets.models.work import MaintenanceKind

__all__ = [
    "CONDITION_BY_CODE",
    "STANDING",
    "Approval",
    "Artwork",
    "ArtworkOrigin",
    "Asset",
    "AssetQuerySet",
    "AssetType",
    "BackgroundRun",
    "Batch",
    "BatchItem",
    "BatchKind",
    "Campaign",
    "CampaignKind",
    "CampaignQuerySet",
    "CampaignTarget",
    "CodeKind",
    "ComponentCounter",
    "ComponentState",
    "Condition",
    "Defect",
    "Family",
    "Inspection",
    "Ledger",
    "LedgerRow",
    "LedgerState",
    "Lifecycle",
    "Maintenance",
    "MaintenanceKind",
    "MaintenanceState",
    "MeaningKind",
    "Origin",
    "Outcome",
    "Photo",
    "PhotoStage",
    "Posting",
    "Priority",
    "RememberedMeaning",
    "RowOutcome",
    "RunState",
    "StandardCode",
    "Support",
    "SupportKind",
    "Theme",
    "WorkerSign",
]
