"""Show before and after of a case to everybody: photos are covered where they must be, looked at, approved."""

from collections.abc import Sequence
from io import BytesIO
from math import isfinite

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from accounts.permissions import PUBLISH_PAIR
from assets.history import Actor, acting, authorise
from assets.models import Photo, PhotoStage
from assets.photos import StoredPhoto, photo_file, store_photo
from cases.models import Case, CasePhoto, State
from portal.models import PublishedPair, Redaction

MOST_BOXES = 60
LONGEST_WORDS = 200
# Smaller is a slip of the finger, not a box: a two-hundredth of a side.
_SMALLEST = 0.005
Box = tuple[float, float, float, float]


def redact_photo(actor: Actor, photo: CasePhoto | Photo, boxes: Sequence[Sequence[float]]) -> Redaction:
    """Make a copy of a photo with boxes burnt in; the photo itself stays as it is.

    Args:
        photo: of a case, or of the maintenance job that goes with one.
        boxes: each left, top, right, bottom, as shares of width and height; none where nothing is to be covered.

    Raises:
        PermissionDenied: the actor may not publish there.
        ValidationError: naming `boxes` (no rectangles inside the photo, or too many) or `photo` (its file is missing,
            or it is of no case and no case's job).
    """
    for case in _cases_of(photo):
        authorise(actor, PUBLISH_PAIR, case)
    kept = read_boxes(boxes)
    stored = store_photo(_burnt(photo, kept))
    with acting(actor):
        return Redaction.objects.create(
            photo=photo if isinstance(photo, CasePhoto) else None,
            of_job=photo if isinstance(photo, Photo) else None,
            boxes=[list(box) for box in kept],
            sha256=stored.sha256,
            width=stored.width,
            height=stored.height,
            made_by=actor.user,
        )


def publish_pair(
    actor: Actor, case: Case, before: Redaction, after: Redaction, words: str, *, looked_at: bool
) -> PublishedPair:
    """Approve two copies for everybody's eyes; what was shown of the case before is withdrawn by that.

    Raises:
        PermissionDenied: the actor may not publish there.
        ValidationError: naming `state` (not closed), `before` or `after` (not copies of this case's photos of that
            stage), `words`, or `looked_at`.
    """
    authorise(actor, PUBLISH_PAIR, case)
    if not looked_at:
        raise ValidationError(
            {
                "looked_at": _(
                    "Look at both copies, and say that no face, number plate or telephone is to be seen."
                )
            }
        )
    text = words.strip()
    if not text or len(text) > LONGEST_WORDS:
        raise ValidationError(
            {"words": _("Say in at most %(most)s characters what was put right.") % {"most": LONGEST_WORDS}}
        )
    for name, copy, stage in (("before", before, PhotoStage.BEFORE), ("after", after, PhotoStage.AFTER)):
        if not copy.shows(case, stage):
            raise ValidationError({name: _("This is no copy of a photo of this case at that stage.")})
    with acting(actor):
        current = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if current.state != State.CLOSED:
            raise ValidationError({"state": _("Only what is put right, checked and closed is shown.")})
        _withdraw(actor, current)
        return PublishedPair.objects.create(
            case=current, before=before, after=after, words=text, approved_by=actor.user
        )


def withdraw_pair(actor: Actor, pair: PublishedPair) -> None:
    """Show a pair no longer; it can be published anew.

    Raises:
        PermissionDenied: the actor may not publish there.
    """
    authorise(actor, PUBLISH_PAIR, pair.case)
    with acting(actor):
        _withdraw(actor, pair.case)


def read_boxes(boxes: Sequence[Sequence[float]]) -> list[Box]:
    """The boxes with their corners in order, inside the photo; what is too small to be meant is left out.

    Raises:
        ValidationError: naming `boxes`.
    """
    if len(boxes) > MOST_BOXES:
        raise ValidationError({"boxes": _("At most %(most)s boxes.") % {"most": MOST_BOXES}})
    kept = []
    for box in boxes:
        if len(box) != 4 or not all(isinstance(number, int | float) and isfinite(number) for number in box):
            raise ValidationError({"boxes": _("A box is four numbers: left, top, right, bottom.")})
        (left, right), (top, bottom) = sorted((box[0], box[2])), sorted((box[1], box[3]))
        left, top, right, bottom = max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)
        if right - left >= _SMALLEST and bottom - top >= _SMALLEST:
            kept.append((left, top, right, bottom))
    return kept


def _cases_of(photo: CasePhoto | Photo) -> list[Case]:
    """The cases that a photo shows; a job may put several right.

    Raises:
        ValidationError: naming `photo`: it shows none.
    """
    if isinstance(photo, CasePhoto):
        return [photo.case]
    cases = Case.objects.filter(job__isnull=False, job=photo.maintenance_id).select_related("area")
    found = list(cases.defer("area__boundary"))
    if not found:
        raise ValidationError({"photo": _("This photo belongs to no case and to no case’s job.")})
    return found


def _burnt(photo: CasePhoto | Photo, boxes: Sequence[Box]) -> bytes:
    """The photo's pixels with the boxes over them, whole pixels and solid: nothing of what was there is left.

    What is opened is our own JPEG, written by `assets.photos`.
    """
    try:
        stored = StoredPhoto(photo.sha256, photo.width, photo.height, None)
        with Image.open(photo_file(stored)) as opened:
            picture = opened.convert("RGB")
    except FileNotFoundError:
        raise ValidationError({"photo": _("The file of this photo is missing.")}) from None
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for left, top, right, bottom in boxes:
        # Outwards to whole pixels.
        corners = (
            int(left * width),
            int(top * height),
            -int(-right * width // 1),
            -int(-bottom * height // 1),
        )
        draw.rectangle(corners, fill="black")
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _withdraw(actor: Actor, case: Case) -> None:
    shown = PublishedPair.objects.filter(case=case, withdrawn_at__isnull=True)
    shown.update(withdrawn_at=timezone.now(), withdrawn_by=actor.user)
