"""Accounts (sign-in by e-mail) and roles."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import KeyField, TextLine
from core.gate import GatedQuerySet
from forum.roles import Roles, roles_of


def account_key() -> str:
    return f"u-{secrets.token_hex(6)}"


class UserQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> UserQuerySet:
        """Administrators see all accounts; organizers those of officials, delegates and fellow organizers; everybody the own."""
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        own = models.Q(pk=getattr(user, "pk", None), pk__isnull=False)
        if roles.organizer:
            rows = Role.objects.filter(
                models.Q(kind__in=[RoleKind.OFFICIAL, RoleKind.DELEGATE]) | models.Q(edition_id__in=roles.editions)
            )
            own |= models.Q(pk__in=rows.values("user")) & ~models.Q(role_rows__kind=RoleKind.ADMINISTRATOR)
        return self.filter(own)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Accounts are found by e-mail address in lower case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=self.normalize_email(email))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account. Without a password nobody can sign in to it yet."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account with the administrator role, for `manage.py createsuperuser`."""
        user = self.create_user(email, password, **fields)
        Role.objects.create(user=user, kind=Role.Kind.ADMINISTRATOR)
        return user


class User(AbstractBaseUser):
    """An account. What it may do follows from its roles alone; there are no groups and no permission rows."""

    key = KeyField(_("key"), unique=True, default=account_key, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=200, unique=True)
    name = TextLine(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language of messages"), max_length=2, choices=[("es", "español"), ("en", "English")], default="es"
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("A closed account stays in the record but cannot sign in.")
    )
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    epoch = models.PositiveIntegerField(_("changes that ended its sessions"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    KEY = "key"
    #: Masked in events: the trail of an account outlives it.
    PRIVATE = frozenset({"email", "name"})

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("email",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(language__in=["es", "en"]),
                name="user_language",
                violation_error_message=_("The language of messages is es or en."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = UserManager.normalize_email(self.email)
        super().save(*args, **kwargs)

    @property
    def public_key(self) -> str:
        return self.key

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session of this account carries: another password or another role ends them all (promise 7)."""
        value = f"{self.password}:{self.epoch}"
        return salted_hmac("forum.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_new(self) -> bool:
        """Invited, and nobody has come yet: no password, no sign-in."""
        return self.last_login is None and not self.has_usable_password()

    @property
    def needs_second_factor(self) -> bool:
        """Organizers, officials and administrators sign in with a second factor, delegates may; nobody must in the demo."""
        return not self.is_demo and (self.roles.organizer or self.roles.official)

    @property
    def lacks_second_factor(self) -> bool:
        """It needs one and has none. `with_factor` comes with the account at each request (`forum.accounts.Backend`)."""
        return not getattr(self, "with_factor", False) and self.needs_second_factor

    @cached_property
    def roles(self) -> Roles:
        """The roles in force, in one query; kept for the life of this instance (one request)."""
        rows = list(self.role_rows.values_list("kind", "edition_id", "agency_id", "organization_id"))
        return Roles(
            administrator=any(kind == Role.Kind.ADMINISTRATOR for kind, *_rest in rows),
            editions=frozenset(edition for kind, edition, _a, _o in rows if kind == Role.Kind.ORGANIZER),
            agencies=frozenset(agency for kind, _e, agency, _o in rows if kind == Role.Kind.OFFICIAL),
            organizations=frozenset(organization for kind, _e, _a, organization in rows if kind == Role.Kind.DELEGATE),
        )

    @cached_property
    def acting_label(self) -> str:
        """The functions of the account in words that stay true when the account is gone: no name, no address."""
        rows = self.role_rows.select_related("edition", "agency", "organization")
        return "; ".join(sorted(row.words for row in rows)) or "account"

    @property
    def is_staff(self) -> bool:
        """Organizers and administrators use the admin; officials and delegates never do."""
        return self.is_active and self.roles.organizer

    @property
    def is_superuser(self) -> bool:
        return self.is_active and self.roles.administrator

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own question; the admin's classes of this project ask finer ones (see config.admin)."""
        return self.is_superuser

    def has_perms(self, perms: Any, obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class RoleKind(models.TextChoices):
    ORGANIZER = "organizer", pgettext_lazy("role of an account", "organizer")
    OFFICIAL = "official", pgettext_lazy("role of an account", "official")
    DELEGATE = "delegate", pgettext_lazy("role of an account", "delegate")
    ADMINISTRATOR = "administrator", pgettext_lazy("role of an account", "administrator")


def place_constraint(name: str) -> models.CheckConstraint:
    """Each kind of role has its place: an organizer an edition, an official an agency, a delegate an organization."""
    places = {"organizer": "edition", "official": "agency", "delegate": "organization", "administrator": None}
    condition = models.Q()
    for kind, place in places.items():
        empty = {f"{other}__isnull": other != place for other in ("edition", "agency", "organization")}
        condition |= models.Q(kind=kind, **empty)
    return models.CheckConstraint(
        condition=condition,
        name=name,
        violation_error_message=_(
            "An organizer has an edition, an official an agency, a delegate an organization, an administrator none of them."
        ),
    )


class Role(models.Model):
    """One role of one account, for one edition, agency or organization."""

    Kind = RoleKind

    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="role_rows")
    kind = models.CharField(_("role"), max_length=14, choices=Kind.choices)
    edition = models.ForeignKey(
        "forum.Edition", verbose_name=_("edition"), null=True, blank=True, on_delete=models.CASCADE, related_name="roles"
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.CASCADE, related_name="roles"
    )
    organization = models.ForeignKey(
        "forum.Organization",
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="roles",
    )
    post = TextLine(_("post"), max_length=150, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("kind", "id")
        constraints = [
            place_constraint("role_has_its_place"),
            models.UniqueConstraint(
                fields=["user", "edition"],
                condition=models.Q(kind="organizer"),
                name="role_organizer_once",
                violation_error_message=_("This account has that role already."),
            ),
            models.UniqueConstraint(
                fields=["user", "agency"],
                condition=models.Q(kind="official"),
                name="role_official_once",
                violation_error_message=_("This account has that role already."),
            ),
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=models.Q(kind="delegate"),
                name="role_delegate_once",
                violation_error_message=_("This account has that role already."),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(kind="administrator"),
                name="role_administrator_once",
                violation_error_message=_("This account has that role already."),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def place(self) -> Any:
        """The edition, agency or organization; None for an administrator."""
        return self.edition or self.agency or self.organization

    @property
    def words(self) -> str:
        return f"{self.kind}: {self.place.public_key}" if self.place is not None else str(self.kind)
