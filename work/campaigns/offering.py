"""What this room counts of a campaign and lets join one: jobs, and what is posted of its artworks."""

from collections.abc import Callable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import PLAN_MAINTENANCE
from assets.filter_parameters import FilterError
from assets.history import Actor
from assets.models import STANDING, Asset, Campaign, Maintenance, MaintenanceState
from places.models import Area
from work.actions.join_campaign import join_jobs, leave_jobs
from work.campaigns.counting import Counted, Counts, Joinable, grouped
from work.job_filter import of_assets, read_job_filter
from work.job_queries import FINISHED_STATES

MOST_NUMBERS = 500


def _jobs(campaigns: Sequence[Campaign], user: User) -> QuerySet[Maintenance]:
    jobs = Maintenance.objects.filter(of_assets(user), campaign__in=[campaign.pk for campaign in campaigns])
    return jobs.exclude(state=MaintenanceState.CANCELLED)


def _all_jobs(campaigns: Sequence[Campaign], user: User) -> Counts:
    return grouped(_jobs(campaigns, user), "campaign", "asset__street")


def _finished_jobs(campaigns: Sequence[Campaign], user: User) -> Counts:
    return grouped(_jobs(campaigns, user).filter(state__in=FINISHED_STATES), "campaign", "asset__street")


def _posted(campaigns: Sequence[Campaign], user: User) -> Counts:
    """Assets that show one of a campaign's artworks now."""
    keys = [campaign.pk for campaign in campaigns]
    assets = Asset.objects.visible_to(user).filter(artwork__campaigns__in=keys, lifecycle__in=STANDING)
    return grouped(
        assets.annotate(shown_for=F("artwork__campaigns")).filter(shown_for__in=keys), "shown_for", "street"
    )


def _job_list(state: str) -> Callable[[Campaign, Area | None], str]:
    def address(campaign: Campaign, street: Area | None) -> str:
        of_street = f"&street={street.code}" if street is not None else ""
        return f"{reverse('job-list')}?campaign={campaign.code}{state}{of_street}"

    return address


def _on_the_map(campaign: Campaign, street: Area | None) -> str:
    codes = ",".join(artwork.code for artwork in campaign.artworks.all())
    of_street = f"&street={street.code}" if street is not None else ""
    return f"{reverse('map')}?artwork={codes}{of_street}" if codes else ""


COUNTED = (
    Counted("jobs", gettext_lazy("Jobs"), _all_jobs, _job_list("")),
    Counted(
        "jobs_finished", gettext_lazy("Jobs finished"), _finished_jobs, _job_list("&state=done,verified")
    ),
    Counted("posted", gettext_lazy("Assets showing its artworks"), _posted, _on_the_map),
)


# --- Joining --------------------------------------------------------------------------------------------------------


def query_in(text: str) -> str | None:
    """The query string of an address that somebody pasted; None when the text is none."""
    text = text.strip()
    if "?" in text:
        return text.partition("?")[2].partition("#")[0]
    return text if "=" in text else None


def numbers_in(text: str) -> list[str]:
    """The numbers that somebody typed, separated by spaces, commas or lines.

    Raises:
        ValidationError: naming `which`: none, or too many.
    """
    found = text.replace(",", " ").replace("，", " ").replace("、", " ").replace("#", " ").split()
    if not found or len(found) > MOST_NUMBERS:
        raise ValidationError(
            {
                "which": _("Give from 1 to %(most)s numbers, or the address of a filtered list.")
                % {"most": MOST_NUMBERS}
            }
        )
    return found


def _jobs_of(actor: Actor, text: str) -> QuerySet[Maintenance]:
    query = query_in(text)
    if query is not None and actor.user is not None:
        try:
            return read_job_filter(query, actor.user).jobs(actor.user, PLAN_MAINTENANCE)
        except FilterError as error:
            raise ValidationError({"which": str(error)}) from None
    numbers = numbers_in(text)
    wrong = [number for number in numbers if not (number.isascii() and number.isdigit() and len(number) < 18)]
    if wrong:
        raise ValidationError({"which": _("“%(value)s” is no number of a job.") % {"value": wrong[0][:40]}})
    return Maintenance.objects.filter(pk__in=[int(number) for number in numbers])


JOBS = Joinable(
    "jobs",
    gettext_lazy("Jobs"),
    PLAN_MAINTENANCE,
    lambda actor, campaign, text: join_jobs(actor, campaign, _jobs_of(actor, text)),
    lambda actor, campaign, text: leave_jobs(actor, campaign, _jobs_of(actor, text)),
)
