"""The bulletin (通报) of a published month: one account, which the print page and the DOCX both show.

Everything comes from the frozen sheet; of lists only what a second person has approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, READ_CASES, READ_SHEETS, can
from assets.photos import StoredPhoto
from evaluation.assessment.reading import Shown, district_named, is_approved, month_named, sheet_named
from evaluation.assessment.scoring import rounded
from evaluation.models import ScoreSheet
from mapping.exports import audit
from mapping.exports.views import attachment
from mapping.models import ExportOutcome
from web.access import SignedInRequest, readers_only
from web.answers import private, show_page
from web.paging import only_parameters

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Picture:
    """One photo of a pair: where its file is, and how it is addressed on a page."""

    stage: str
    uid: str
    photo: StoredPhoto


@dataclass(frozen=True)
class WorstSite:
    """One of the sites with most problems."""

    number: int
    name: str
    kind: str
    street: str
    findings: str
    groups: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Bulletin:
    """What a bulletin says, in the reader's language."""

    title: str
    district: str
    month: str
    published: str
    publisher: str
    draft: bool
    tested: tuple[str, ...]
    shown: Shown
    problems: tuple[tuple[str, int, str], ...]
    worst: tuple[WorstSite, ...]
    lists: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    requests: tuple[Mapping[str, str], ...]
    sha256: str


def bulletin_of(sheet: ScoreSheet) -> Bulletin:
    """The bulletin of a sheet."""
    shown = Shown.of(sheet)
    told = shown.told
    facts = told["bulletin"]
    names = {row["code"]: row["name"] for row in told["streets"]}
    lists = [
        street_list
        for street_list in sheet.lists.select_related("decision").order_by("-kind")
        if is_approved(street_list)
    ]
    return Bulletin(
        title=_("%(district)s: bulletin on the assessment of streets, %(month)s")
        % {"district": told["district"]["name"], "month": told["month"]},
        district=told["district"]["name"],
        month=told["month"],
        published=f"{timezone.localtime(sheet.published_at):%Y-%m-%d}",
        publisher=sheet.publisher_name,
        draft=told["scheme"]["draft"],
        tested=tuple(_tested(told)),
        shown=shown,
        problems=tuple(_problems(facts.get("problems", ()))),
        worst=tuple(_worst(number, row, names) for number, row in enumerate(facts.get("worst", ()), 1)),
        lists=tuple(
            (str(street_list.get_kind_display()), tuple(street_list.entries)) for street_list in lists
        ),
        requests=tuple(facts.get("requests", ())),
        sha256=sheet.sha256,
    )


def _tested(told: Mapping[str, Any]) -> list[str]:
    facts = told["bulletin"]
    sentences = [_("Period: %(first)s to %(last)s.") % {"first": told["from"], "last": told["to"]}]
    if tested := facts.get("tested"):
        sentences.append(
            _(
                "On-site evaluation (%(names)s): %(observations)s observations of %(items)s items at"
                " %(sites)s sites; %(critical)s critical findings."
            )
            % {**tested, "names": _(", ").join(tested["rounds"])}
        )
    else:
        sentences.append(_("No on-site evaluation was made; its weight was shared among the other parts."))
    if found := facts.get("found"):
        sentences.append(
            _("Problems found: %(cases)s cases, at %(sites)s sites and on %(assets)s assets.") % found
        )
    if wrongly := facts.get("dispatched_wrongly"):
        sentences.append(
            _("Dispatched: %(n)s cases; of these %(top)s to different units (the desk’s account).") % wrongly
        )
    scheme = told["scheme"]
    sentences.append(
        _("Score scheme: %(name)s, edition %(edition)s.")
        % {"name": scheme["name"], "edition": scheme["edition"]}
    )
    return sentences


def named(row: Mapping[str, Any]) -> str:
    """A category in the reader's language."""
    zh = (get_language() or "zh").startswith("zh")
    return str(row["name_zh"] if zh else row["name_en"] or row["name_zh"])


def _problems(rows: Any) -> list[tuple[str, int, str]]:
    total = sum(row["cases"] for row in rows)
    return [(named(row), row["cases"], f"{100 * row['cases'] / total:.1f}%") for row in rows]


def _worst(number: int, row: Mapping[str, Any], names: Mapping[str, str]) -> WorstSite:
    stages = (("before", _("Before")), ("after", _("After")))
    pictures = [
        Picture(
            title,
            row["pair"][stage]["uid"],
            StoredPhoto(
                row["pair"][stage]["sha256"], row["pair"][stage]["width"], row["pair"][stage]["height"], None
            ),
        )
        for stage, title in stages
        if stage in row["pair"]
    ]
    return WorstSite(
        number=number,
        name=row["name"],
        kind=row["kind"],
        street=names.get(row["street"], ""),
        findings=_found_at(row),
        groups=_(", ").join(f"{named(group)} {group['cases']}" for group in row["groups"]),
        pictures=tuple(pictures),
    )


def _found_at(row: Mapping[str, Any]) -> str:
    """The rate of an evaluation, else how many cases."""
    if "top" not in row:
        return _("%(n)s cases") % {"n": row["cases"]}
    percent = rounded(Fraction(row["top"]) / row["n"] * 100)
    return _("%(rate)s%% of %(n)s observations") % {"rate": percent, "n": row["n"]}


@readers_only(READ_SHEETS)
def print_page(request: SignedInRequest, district: str, month: str) -> HttpResponse:
    """The bulletin on A4."""
    only_parameters(request)
    area = district_named(request.user, district)
    sheet = sheet_named(area, month_named(month))
    context = {
        "district": area,
        "sheet": sheet,
        "bulletin": bulletin_of(sheet),
        "sees_photos": can(request.user, READ_CASES),
        "printed_at": timezone.localtime(),
    }
    return show_page(request, "assessment/bulletin.html", context)


@readers_only(EXPORT)
def document(request: SignedInRequest, district: str, month: str) -> HttpResponse:
    """The bulletin as DOCX, noted among the exports, as every file that leaves is."""
    from evaluation.assessment.document import docx_of

    only_parameters(request)
    area = district_named(request.user, district)
    sheet = sheet_named(area, month_named(month))
    line = audit.begin_plain(
        request.user, layer="bulletin", format="docx", filter=f"month={month}", language=get_language()
    )
    bulletin = bulletin_of(sheet)
    data = docx_of(bulletin, pictures=can(request.user, READ_CASES))
    audit.finish(line, ExportOutcome.COMPLETE, rows=len(bulletin.shown.told["streets"]), size=len(data))
    response = HttpResponse(data, content_type=_DOCX)
    response["Content-Disposition"] = attachment(bulletin.title, f"bulletin-{month}.docx")
    return private(response)
