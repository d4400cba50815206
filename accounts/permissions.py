"""Who may do what, where: `can`, `require` and the scopes that set-based code filters by.

A role holds in an area and all below it. Area codes nest by prefix (370105 ⊃ 370105001 ⊃ 370105001008), so "below" is
a prefix test. Everybody with a role reads the whole of each district they hold any role in; writing is confined to the
membership's own area. Every view and every action asks here (docs/design.md).
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Protocol

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import Role, User
from places.models import Area

READ = "read"
EXPORT = "export"
REGISTER = "register"
EDIT = "edit"
MOVE = "move"
REMOVE = "remove"
INSPECT = "record_inspection"
VOID = "void_inspection"
PLAN_MAINTENANCE = "plan_maintenance"
DO_MAINTENANCE = "do_maintenance"
POST_ARTWORK = "post_artwork"
REVIEW_FIELD_WORK = "review_field_work"  # decide what phones sent and could not simply be applied
SUPERVISE_CREWS = "supervise_crews"  # see who was where, and end their phones' tokens
IMPORT = "import"
MANAGE_LISTS = "manage_lists"
MANAGE_PLACES = "manage_places"
MANAGE_RESPONSIBILITY = "manage_responsibility"  # say who answers for what, and so see names and telephones
SEE_HOLDERS = "see_holders"  # be told the names and telephones of those who answer
MANAGE_USERS = "manage_users"
ADMINISTER = "administer"  # open the administration pages at all
READ_CASES = "read_cases"
REPORT_PROBLEM = "report_problem"
REPORT_FIXED = "report_fixed"  # report what was found and put right at once
FILE_CASE = "file_case"  # file, reject, merge, classify
DISPATCH_CASE = "dispatch_case"
ANSWER_CASE = "answer_case"  # accept, return, ask for more time, put right: cases of one's own unit
ACCEPT_FOR_STREET = "accept_for_street"
HOLD_CASE = "hold_case"
EXTEND_CASE = "extend_case"
APPROVE_CASE = "approve_case"  # what is a leader's: long holds, second extensions
VERIFY_CASE = "verify_case"
VOID_CASE = "void_case"
URGE_CASE = "urge_case"
MANAGE_PATROLS = "manage_patrols"  # keep teams, plan and void patrols, draw their sites
DO_PATROL = "do_patrol"  # go out with one's own team
PUBLISH_PAIR = (
    "publish_pair"  # cover what is nobody's business on photos, and show before and after to everybody
)
MANAGE_CAMPAIGNS = "manage_campaigns"  # open, change and close campaigns
EXPOSE_CASE = "expose_case"  # propose an exposure, approve another's, look again
KEEP_MEDIA = "keep_media"  # enter and import what media printed
READ_COVERAGE = "read_coverage"  # what the coverage rules come to; a street its own
MANAGE_COVERAGE = "manage_coverage"  # keep the rules, and raise cases from gaps
READ_EVALUATION = "read_evaluation"  # rounds, visits and results
EVALUATE = "evaluate"  # compare sites with the handbook on the spot
MANAGE_EVALUATION = "manage_evaluation"  # plan rounds, draw their sites, void visits
SHOW_ON_WALLS = "show_on_walls"  # make and end the addresses of screens that nobody signs in to
READ_SHEETS = "read_sheets"  # published score sheets and bulletins
PREPARE_SHEETS = "prepare_sheets"  # see what is not published: dry runs, and lists nobody has approved
PUBLISH_SHEET = "publish_sheet"  # keep score schemes, give bonuses, publish, answer appeals
APPROVE_LIST = "approve_list"  # of honour and of concern, as a second person
APPEAL_SCORE = "appeal_score"  # for one's own street

_EVERY_VERB = frozenset(
    {
        READ,
        EXPORT,
        REGISTER,
        EDIT,
        MOVE,
        REMOVE,
        INSPECT,
        VOID,
        PLAN_MAINTENANCE,
        DO_MAINTENANCE,
        POST_ARTWORK,
        REVIEW_FIELD_WORK,
        SUPERVISE_CREWS,
        IMPORT,
        MANAGE_LISTS,
        MANAGE_PLACES,
        MANAGE_RESPONSIBILITY,
        SEE_HOLDERS,
        MANAGE_USERS,
        ADMINISTER,
        READ_CASES,
        REPORT_PROBLEM,
        REPORT_FIXED,
        FILE_CASE,
        DISPATCH_CASE,
        ANSWER_CASE,
        ACCEPT_FOR_STREET,
        HOLD_CASE,
        EXTEND_CASE,
        APPROVE_CASE,
        VERIFY_CASE,
        VOID_CASE,
        URGE_CASE,
        MANAGE_PATROLS,
        DO_PATROL,
        PUBLISH_PAIR,
        MANAGE_CAMPAIGNS,
        EXPOSE_CASE,
        KEEP_MEDIA,
        READ_COVERAGE,
        MANAGE_COVERAGE,
        READ_EVALUATION,
        EVALUATE,
        MANAGE_EVALUATION,
        SHOW_ON_WALLS,
        READ_SHEETS,
        PREPARE_SHEETS,
        PUBLISH_SHEET,
        APPROVE_LIST,
        APPEAL_SCORE,
    }
)
# What is for those who work outside, for units and for leaders, and so not for the desk.
_NOT_THE_DESKS = frozenset({REPORT_FIXED, ANSWER_CASE, ACCEPT_FOR_STREET, APPROVE_CASE, APPEAL_SCORE})
# What has no place is everybody's: who answers for one street changes no list for all the others.
_OF_A_WHOLE_DISTRICT = frozenset({MANAGE_LISTS, MANAGE_COVERAGE})
VERBS_OF_ROLE: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: _EVERY_VERB,
    Role.PUBLICITY: _EVERY_VERB - {MANAGE_USERS} - _NOT_THE_DESKS,
    Role.STREET_EDITOR: frozenset(
        {
            READ,
            EXPORT,
            REGISTER,
            EDIT,
            MOVE,
            REMOVE,
            INSPECT,
            VOID,
            PLAN_MAINTENANCE,
            DO_MAINTENANCE,
            POST_ARTWORK,
            REVIEW_FIELD_WORK,
            SUPERVISE_CREWS,
            IMPORT,
            MANAGE_RESPONSIBILITY,
            SEE_HOLDERS,
            ADMINISTER,
            READ_CASES,
            REPORT_PROBLEM,
            ANSWER_CASE,
            ACCEPT_FOR_STREET,
            READ_COVERAGE,
            READ_EVALUATION,
            READ_SHEETS,
            APPEAL_SCORE,
        }
    ),
    Role.CREW: frozenset(
        {
            READ,
            REGISTER,
            INSPECT,
            DO_MAINTENANCE,
            READ_CASES,
            REPORT_PROBLEM,
            REPORT_FIXED,
            ANSWER_CASE,
            DO_PATROL,
        }
    ),
    Role.PATROL: frozenset({READ, READ_CASES, REPORT_PROBLEM, REPORT_FIXED, VERIFY_CASE, DO_PATROL}),
    # Registers what the catalogue does not know and says what is missing: a difference is a finding by itself.
    Role.EVALUATOR: frozenset(
        {READ, READ_CASES, REPORT_PROBLEM, REGISTER, INSPECT, READ_EVALUATION, EVALUATE}
    ),
    # Reads the cases of their own units only, which needs no verb.
    Role.LIAISON: frozenset({READ, ANSWER_CASE}),
    Role.LEADER: frozenset(
        {
            READ,
            READ_CASES,
            REPORT_PROBLEM,
            APPROVE_CASE,
            URGE_CASE,
            SEE_HOLDERS,
            READ_COVERAGE,
            READ_EVALUATION,
            READ_SHEETS,
            PREPARE_SHEETS,
            APPROVE_LIST,
        }
    ),
    Role.PLANNER: frozenset({READ, EXPORT, READ_CASES, READ_COVERAGE, READ_EVALUATION, READ_SHEETS}),
    Role.VIEWER: frozenset({READ, READ_CASES, READ_COVERAGE, READ_EVALUATION}),
}
EVERYWHERE = ""
DIGITS_OF_A_DISTRICT = 6

AnyUser = User | AnonymousUser


class Placed(Protocol):
    """Anything that lies in an area: an asset, a site, an area itself."""

    @property
    def scope_code(self) -> str:
        """Code of the deepest area it lies in."""


@dataclass(frozen=True)
class Scope:
    """Area-code prefixes in which something is allowed; `EVERYWHERE` is the empty prefix."""

    prefixes: frozenset[str]

    def covers(self, code: str) -> bool:
        """Whether an area code lies in the scope."""
        return any(code.startswith(prefix) for prefix in self.prefixes)

    @property
    def is_everywhere(self) -> bool:
        """Whether nothing is outside the scope."""
        return EVERYWHERE in self.prefixes

    @property
    def is_nowhere(self) -> bool:
        """Whether nothing is inside the scope."""
        return not self.prefixes

    def within(self, *paths: str) -> Q:
        """The rows that lie in the scope: one of the paths leads to the code of their area.

        It can be joined to others by `|` too: of everywhere it is true, where an empty `Q` would let the other decide.
        """
        if self.is_everywhere:
            return ~Q(pk__in=[])
        condition = Q(pk__in=[])
        for prefix in sorted(self.prefixes):
            for path in paths:
                condition |= Q(**{f"{path}__startswith": prefix})
        return condition

    @property
    def key(self) -> str:
        """A stable text for cache keys."""
        return "*" if self.is_everywhere else ",".join(sorted(self.prefixes))


def grants_of(user: User) -> tuple[tuple[str, str], ...]:
    """(role, area-code prefix) pairs of a user, read once per user object and its copies."""
    cached: tuple[tuple[str, str], ...] | None = getattr(user, "_grants", None)
    if cached is None:
        cached = tuple(
            (role, code or EVERYWHERE) for role, code in user.memberships.values_list("role", "area__code")
        )
        user._grants = cached  # type: ignore[attr-defined]
    return cached


def passer_by(district: str) -> User:
    """Who stands before a screen of a district: nobody's account, who reads what a viewer of that district reads."""
    user = User(is_active=True)
    user._grants = ((Role.VIEWER, district),)  # type: ignore[attr-defined]
    return user


def scope_of(user: AnyUser, verb: str) -> Scope:
    """Where a user may do a thing. Reading reaches the whole district of any membership."""
    if not isinstance(user, User) or not user.is_active:
        return Scope(frozenset())
    if user.is_superuser:
        return Scope(frozenset({EVERYWHERE}))
    prefixes = {code for role, code in grants_of(user) if verb in VERBS_OF_ROLE.get(role, frozenset())}
    if verb in (READ, EXPORT, READ_CASES, READ_EVALUATION, READ_SHEETS, PREPARE_SHEETS):
        prefixes = {code[:DIGITS_OF_A_DISTRICT] for code in prefixes}
    if verb in _OF_A_WHOLE_DISTRICT:
        prefixes = {code for code in prefixes if len(code) <= DIGITS_OF_A_DISTRICT}
    return Scope(frozenset(prefixes))


def own_areas(user: AnyUser) -> Scope:
    """Where a user has any role: the street of a street's people, the district of the district's."""
    if not isinstance(user, User) or not user.is_active:
        return Scope(frozenset())
    if user.is_superuser:
        return Scope(frozenset({EVERYWHERE}))
    return Scope(frozenset(code for _role, code in grants_of(user)))


def can(user: AnyUser, verb: str, obj: Placed | None = None) -> bool:
    """Whether a user may do `verb` to `obj`; without `obj`, whether anywhere at all."""
    scope = scope_of(user, verb)
    return not scope.is_nowhere if obj is None else scope.covers(obj.scope_code)


def require(user: AnyUser, verb: str, obj: Placed | None = None) -> None:
    """Raise PermissionDenied, in the reader's language, unless `can`."""
    if not can(user, verb, obj):
        raise PermissionDenied(
            _("Your role does not allow this here.")
            if obj is not None
            else _("Your role does not allow this.")
        )


def scope_filter(scope: Scope, *, through: str = "") -> Q:
    """The scope as a filter on rows that have an `area`, that area's `district` and a `code`, or lead to such rows.

    A district, which everybody reads, is found by its key, and so through an index however many districts there are. A
    row without an area counts by the first six digits of `code`, the district that issued it.

    Args:
        through: how a model leads there: `asset__`.
    """
    if scope.is_everywhere:
        return Q()
    districts = {prefix for prefix in scope.prefixes if len(prefix) == DIGITS_OF_A_DISTRICT}
    condition = Q(pk__in=[])
    for code in sorted(districts):
        district = Subquery(Area.objects.filter(code=code).values("pk"))
        condition |= Q(**{f"{through}district_id": district})
        condition |= Q(**{f"{through}area__isnull": True, f"{through}code__startswith": code})
    if smaller := sorted(scope.prefixes - districts):
        within = reduce(or_, (Q(code__startswith=prefix) for prefix in smaller))
        condition |= Q(**{f"{through}area__in": Area.objects.filter(within).values("pk")})
    return condition
