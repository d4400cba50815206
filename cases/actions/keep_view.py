"""Keep a view of the list of cases under a name, or forget it. It is its owner's alone, and so leaves no history."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ
from assets.history import Actor, acting, authorise
from cases.filters import CaseFilter
from cases.models import SavedView

MOST_VIEWS = 30
LONGEST_NAME = 40


def keep_view(actor: Actor, name: str, case_filter: CaseFilter) -> SavedView:
    """Keep a filter under a name; the same name again keeps the new filter.

    Raises:
        PermissionDenied: nobody is signed in, or may read nothing.
        ValidationError: naming `name` (empty, or has a NUL), or saying that there are too many.
    """
    authorise(actor, READ)
    if actor.user is None:
        raise PermissionDenied
    called = name.strip()[:LONGEST_NAME]
    if not called or "\0" in called:
        raise ValidationError({"name": _("Give the view a name.")})
    with acting(actor):
        # One at a time for one person: two tabs at once keep no thirty-first.
        User.objects.select_for_update().get(pk=actor.user.pk)
        views = actor.user.case_views
        if views.count() >= MOST_VIEWS and not views.filter(name=called).exists():
            raise ValidationError(_("At most %(most)s views: delete one first.") % {"most": MOST_VIEWS})
        kept, _new = views.update_or_create(name=called, defaults={"query": case_filter.query_string})
    return kept


def forget_view(actor: Actor, view: SavedView) -> None:
    """Forget a view of one's own.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    authorise(actor, READ)
    if actor.user is None or view.user_id != actor.user.pk:
        raise PermissionDenied
    with acting(actor):
        view.delete()
