"""The layer of cases: its fields, declared once for files, /ogc/ and the change feed, as in `assets.layers`.

No names of private persons and no telephone numbers are in it. The lamp is of the moment of the answer.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.permissions import ANSWER_CASE, EXPORT, READ_CASES, AnyUser, scope_filter, scope_of
from assets.chosen_sql import Sql, chosen_ids
from assets.code_lists import Entry, fixed_list, offer_code_list
from assets.dictionaries import Dictionaries
from assets.fields import ASSET_TABLES, Field, Kind, Output, Tables
from assets.layers import Layer
from cases.filters import CaseFilter, read_case_filter, with_clock
from cases.lamps import LAMPS
from cases.models import Case, CaseCategory, CaseQuerySet, ClockKind, Source, State
from mapping.subjects import Feed, Subject, offer_subject
from places.generation import current
from places.models import Topic

_FILE = frozenset({Output.FILE})
ALIAS = "problem"

LAMP_SQL = """CASE WHEN clock.due_at IS NULL THEN 'none' WHEN clock.held_at IS NOT NULL THEN 'held'
    WHEN clock.due_at < now() THEN 'red' WHEN clock.amber_at <= now() THEN 'amber' ELSE 'green' END"""
# The clock that runs: of a case there is one at most (`one_clock_runs`).
RUNNING_CLOCK = (
    f"LEFT JOIN cases_clock clock ON clock.case_id = {ALIAS}.id"
    " AND clock.ended_at IS NULL AND clock.kind <> 'accept'"
)


def _field(name: str, title: Promise, kind: Kind, sql: str, *, codes: str = "") -> Field:
    return Field(name, title, kind, sql, _FILE, "", codes)


def _last(verb: str) -> str:
    """When a step was taken last."""
    return (
        "(SELECT max(step.at) FROM cases_casestep step"  # noqa: S608 -- constants
        f" WHERE step.case_id = {ALIAS}.id AND step.verb = '{verb}')"
    )


def _photos(stage: str) -> str:
    return (
        "ARRAY(SELECT '{site}' || {case-photo original} FROM cases_casephoto photo"  # noqa: S608 -- constants
        f" WHERE photo.case_id = {ALIAS}.id AND photo.stage = '{stage}' ORDER BY photo.id)::varchar[]"
    )


_TABLES = Tables(
    f"cases_case {ALIAS}",
    {
        "category": f"JOIN cases_casecategory category ON category.id = {ALIAS}.category_id",
        "rule": f"LEFT JOIN cases_deadlinerule rule ON rule.id = {ALIAS}.rule_id",
        "clock": RUNNING_CLOCK,
        "asset": f"LEFT JOIN assets_asset asset ON asset.id = {ALIAS}.asset_id",
        "original": f"LEFT JOIN cases_case original ON original.id = {ALIAS}.duplicate_of_id",
        "unit": f"LEFT JOIN places_unit unit ON unit.id = {ALIAS}.unit_id",
        **{
            # The places of a case are its own columns, joined as an asset's are.
            alias: ASSET_TABLES.joined[alias].replace("asset.", f"{ALIAS}.")
            for alias in ("street", "community", "road", "site", "site_kind")
        },
    },
    {"site_kind": frozenset({"site"})},
)

CASES = Layer(
    name="cases",
    title=_("Cases"),
    description=_("Reported problems, each at its place: how far it is, who answers for it, and its time."),
    tables=_TABLES,
    fields=(
        _field("code", _("Case number"), Kind.TEXT, f"{ALIAS}.code"),
        _field("uid", _("Unique id"), Kind.TEXT, f"{ALIAS}.uid::text"),
        _field("state", _("State"), Kind.TEXT, f"{ALIAS}.state", codes="case_state"),
        _field("lamp", _("Lamp"), Kind.TEXT, LAMP_SQL, codes="case_lamp"),
        _field("category", _("Category"), Kind.TEXT, "category.code", codes="case_category"),
        _field("category_name", _("Name of the category"), Kind.TEXT, "category.{name}"),
        _field("urgent", _("Urgent"), Kind.BOOLEAN, f"{ALIAS}.urgent"),
        _field("source", _("Source"), Kind.TEXT, f"{ALIAS}.source", codes="case_source"),
        _field("description", _("Description"), Kind.TEXT, f"{ALIAS}.description"),
        _field("unit", _("Answered by"), Kind.TEXT, "unit.name"),
        _field("due_at", _("Due"), Kind.MOMENT, "clock.due_at"),
        _field("due_for", _("What the time is for"), Kind.TEXT, "clock.kind", codes="case_clock"),
        _field("due_provisional", _("Provisional date"), Kind.BOOLEAN, "coalesce(clock.provisional, false)"),
        _field("rule", _("Deadline rule"), Kind.TEXT, "rule.code || ' (' || rule.edition || ')'"),
        _field("reported_at", _("Reported at"), Kind.MOMENT, f"{ALIAS}.reported_at"),
        _field("filed_at", _("Filed at"), Kind.MOMENT, _last("file")),
        _field("dispatched_at", _("Dispatched at"), Kind.MOMENT, _last("dispatch")),
        _field("fixed_at", _("Put right at"), Kind.MOMENT, _last("fix")),
        _field(
            "closed_at",
            _("Closed at"),
            Kind.MOMENT,
            f"CASE WHEN {ALIAS}.state = 'closed' THEN coalesce({_last('verify')}, {ALIAS}.reported_at) END",
        ),
        _field(
            "reworked",
            _("Times not good enough"),
            Kind.INTEGER,
            "(SELECT count(*) FROM cases_casestep step"  # noqa: S608 -- constants
            f" WHERE step.case_id = {ALIAS}.id AND step.verb = 'reject_fix')",
        ),
        _field("duplicate_of", _("Duplicate of"), Kind.TEXT, "original.code"),
        _field("asset", _("Component id of the asset"), Kind.TEXT, "asset.code"),
        _field("asset_name", _("Name of the asset"), Kind.TEXT, "asset.name"),
        _field("job", _("Maintenance job"), Kind.INTEGER, f"{ALIAS}.job_id"),
        _field("street", _("Street"), Kind.TEXT, "street.code", codes="street"),
        _field("street_name", _("Name of the street"), Kind.TEXT, "street.name"),
        _field("community", _("Community"), Kind.TEXT, "community.code", codes="community"),
        _field("community_name", _("Name of the community"), Kind.TEXT, "community.name"),
        _field("road_name", _("Road"), Kind.TEXT, "road.name"),
        _field("site_name", _("Site"), Kind.TEXT, "site.name"),
        _field("site_kind", _("Site kind"), Kind.TEXT, "site_kind.code", codes="site_kind"),
        _field("address", _("Address"), Kind.TEXT, f"{ALIAS}.address"),
        _field("origin", _("Origin"), Kind.TEXT, f"{ALIAS}.origin", codes="origin"),
        _field("version", _("Version"), Kind.INTEGER, f"{ALIAS}.version"),
        _field("updated_at", _("Updated at"), Kind.MOMENT, f"{ALIAS}.updated_at"),
        _field("photos_before", _("Photos from before"), Kind.LIST, _photos("before")),
        _field("photos", _("Photos from afterwards"), Kind.LIST, _photos("after")),
    ),
    key="code",
    geometry=f"{ALIAS}.point",
    shape="Point",
    interval=(f"{ALIAS}.reported_at", f"{ALIAS}.updated_at"),
    visible=lambda user, verb: _visible(user, verb),
    subject=ALIAS,
    is_main=True,
    ages=True,
)


def taken_away_by(user: AnyUser, verb: str = EXPORT) -> CaseQuerySet:
    """The cases that a user sees, in the districts where the user may also do a verb: take data away."""
    return Case.objects.visible_to(user).filter(scope_filter(scope_of(user, verb)))


def keys_of(cases: "QuerySet[Case]") -> Sql:
    """SQL of the keys of some cases, to be put into a larger statement."""
    return chosen_ids(cases)  # type: ignore[arg-type]  # which looks at the primary key alone


def _visible(user: AnyUser, verb: str) -> Sql:
    ids, params = keys_of(taken_away_by(user, verb))
    return f"{ALIAS}.id IN ({ids})", params


def _filtered(case_filter: CaseFilter, user: AnyUser) -> Sql:
    return keys_of(with_clock(taken_away_by(user)).filter(*case_filter.conditions.values()))


def seen_by(user: AnyUser) -> str:
    """What decides over the cases that somebody sees, over what `unit=mine` means, and their state: for cache keys."""
    units = sorted(user.units.values_list("pk", flat=True)) if user.is_authenticated else []
    (state,) = current(Topic.CASES)
    return f"{scope_of(user, READ_CASES).key} {scope_of(user, ANSWER_CASE).key} {units} {state}"


def _categories(_lists: Dictionaries) -> Iterable[Entry]:
    for category in CaseCategory.objects.order_by("code"):
        yield Entry(category.code, category.name_zh, category.name_en)


def _lamps(_lists: Dictionaries) -> Iterable[Entry]:
    for code, title in LAMPS.items():
        titles = {}
        for language in ("zh-hans", "en"):
            with override(language):
                titles[language] = str(title)
        yield Entry(code, titles["zh-hans"], titles["en"])


def offer_layers() -> None:
    """Have the layer in files and at /ogc/, with the lists that its codes come from."""
    offer_code_list("case_state", lambda _lists: [e for e in fixed_list(State) if e.code != State.DRAFT])
    offer_code_list("case_source", lambda _lists: fixed_list(Source))
    offer_code_list("case_clock", lambda _lists: fixed_list(ClockKind))
    offer_code_list("case_lamp", _lamps)
    offer_code_list("case_category", _categories)
    subject = Subject(
        CaseFilter,
        lambda query, user, extra: read_case_filter(query, user, extra=extra),
        _filtered,
        "cases",
        Feed(lambda user: with_clock(taken_away_by(user))),
        seen_by,
    )
    offer_subject(ALIAS, subject, CASES)
