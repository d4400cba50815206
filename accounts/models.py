"""Users and their memberships. What a role may do is in `accounts/permissions.py`."""

import uuid
from typing import Any

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from places.models import Area, MarksChange, Topic, Unit


class Role(models.TextChoices):
    """What a member is there for; `accounts.permissions` says what each may do."""

    ADMINISTRATOR = "administrator", _("Administrator")
    PUBLICITY = "publicity", _("Publicity staff")
    STREET_EDITOR = "street_editor", _("Street editor")
    CREW = "crew", _("Crew")
    PATROL = "patrol", _("Patrol member")
    EVALUATOR = "evaluator", _("Evaluator")
    LIAISON = "liaison", _("Unit liaison")
    LEADER = "leader", _("Leader")
    PLANNER = "planner", _("Planner")
    VIEWER = "viewer", _("Viewer")


# Whatever switches an account off, its tokens end and its sessions never open anything again.
_END_ACCESS = """
    NEW.access_generation = OLD.access_generation + 1;
    UPDATE accounts_accesstoken SET revoked_at = now() WHERE user_id = OLD.id AND revoked_at IS NULL;
    RETURN NEW;
"""


@pghistory.track(exclude=["password", "last_login", "access_generation"], model_name="UserEvent")
class User(AbstractUser):
    """A person who signs in. Rights come from memberships, never from the user itself (except is_superuser)."""

    display_name = models.CharField(_("name shown"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    units = models.ManyToManyField(Unit, blank=True, related_name="members", verbose_name=_("units"))
    must_change_password = models.BooleanField(
        _("must choose a password of their own"),
        default=False,
        db_default=False,
        help_text=_("Somebody else set the present one. Nothing opens until it is changed."),
    )
    # Counted up by a trigger when the account is switched off; part of what a session must match.
    access_generation = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        triggers = [
            pgtrigger.Trigger(
                name="access_ends",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("is_active"),
                condition=pgtrigger.Condition("OLD.is_active AND NOT NEW.is_active"),
                func=_END_ACCESS,
            ),
            MarksChange(Topic.PEOPLE),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name shown, which is how people here are called; else the user name."""
        return self.display_name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; with a new password also end the tokens, as Django ends the sessions.

        A hash made anew for the same password, as signing in does it now and then, is no new password.
        """
        if getattr(self, "_password", None) is None:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session must match: the password, and since when the account is switched on."""
        # Not in django-stubs; both hashes that Django compares a session with come from it.
        of_password = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{of_password}.{self.access_generation}"


@pghistory.track()
class Membership(models.Model):
    """One role of one user in one area and everything below it."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("area"),
        help_text=_("The role holds in this area and all below it; empty means every district."),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "area"], name="membership_once", nulls_distinct=False
            )
        ]
        triggers = [MarksChange(Topic.PEOPLE)]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.area or _('everywhere')}"


class SignInBucket(models.Model):
    """How many sign-in tries somebody has left; `accounts/throttle.py` reads and writes it."""

    key = models.CharField(_("key"), max_length=64, unique=True)
    full_at = models.DateTimeField(_("full again at"), db_index=True)

    class Meta:
        verbose_name = _("sign-in bucket")
        verbose_name_plural = _("sign-in buckets")

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.full_at:%H:%M:%S}"


class TokenPurpose(models.TextChoices):
    """What a token opens; one for a purpose opens nothing else."""

    DATA = "data", _("Reading and exporting, for programs such as QGIS")
    FIELD = "field", _("Sending from a phone")


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Tokens."""

    def live(self) -> "AccessTokenQuerySet":
        """Those that still open something."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class AccessToken(models.Model):
    """A secret by which a program or a phone acts as its user; `accounts/tokens.py` issues and checks it.

    Only a digest is kept: who reads this table can use none of them.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("user"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=TokenPurpose.choices)
    label = models.CharField(_("label"), max_length=100, help_text=_("The program or phone that holds it."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user} · {self.label}"

    @property
    def is_live(self) -> bool:
        """Whether it still opens something."""
        return self.revoked_at is None and self.expires_at > timezone.now()
