"""Replacing an artwork everywhere is a campaign of its own kind: it opens with the jobs that are planned for it."""

from datetime import date, timedelta

from django.utils import timezone

from assets.models import Artwork, Asset, Batch, Campaign, CampaignKind
from places.models import Area

USUAL_DAYS = 14


def campaign_of_replacement(
    batch: Batch, artwork: Artwork | None, due_on: date | None, assets: list[int]
) -> Campaign | None:
    """Open the campaign of a batch that replaces an artwork by another; None for any other batch.

    In the transaction of `plan_jobs`, which has checked the permission for each asset.

    Args:
        artwork: the one to post.
        due_on: the day until which the jobs are to be done.
        assets: the keys of those that get a job; at least one.
    """
    if artwork is None or "old_artwork" not in batch.report:
        return None
    district = Area.objects.filter(pk__in=Asset.objects.filter(pk__in=assets[:1]).values("district")).first()
    if district is None:  # an asset of no district: nobody could read the campaign
        return None
    today = timezone.localdate()
    campaign = Campaign.objects.create(
        code=f"replacement-{batch.pk}",
        name_zh=batch.title[:80],
        kind=CampaignKind.REPLACEMENT,
        area=district,
        begins_on=today,
        ends_on=due_on or today + timedelta(days=USUAL_DAYS),
        post_by=due_on,
        batch=batch,
    )
    campaign.artworks.add(artwork)
    return campaign
