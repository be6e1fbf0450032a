"""Who somebody is: the account with which a person signs in."""

from django.contrib import auth
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import DEFAULT_DB_ALIAS, models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager):
    use_in_migrations = True

    def get_by_natural_key(self, username):
        return self.get(username=username)

    def create_user(self, username, password=None, **fields):
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, password=None, **fields):
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who signs in, or the system itself. Created by a manager; never deleted, only deactivated.

    What the person may do and see comes from grants alone; `is_superuser` opens no row and no page.
    """

    first_name = None
    last_name = None
    full_name = models.CharField(_("full name"), max_length=60)
    county_code = models.CharField(
        _("county"),
        max_length=12,
        blank=True,
        db_index=True,
        help_text=_("The county whose manager looks after this account."),
    )

    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    password_is_one_time = models.BooleanField(default=False, editable=False)

    objects = UserManager()

    class Meta:
        verbose_name = _("user account")
        verbose_name_plural = _("user accounts")
        ordering = ["username"]

    def __str__(self):
        return self.full_name or self.username

    def has_perm(self, perm, obj=None):
        """Asked of the grants alone: unlike Django's own, a superuser gets no shortcut."""
        return any(
            backend.has_perm(self, perm, obj)
            for backend in auth.get_backends()
            if hasattr(backend, "has_perm")
        )

    def has_module_perms(self, app_label):
        return any(
            backend.has_module_perms(self, app_label)
            for backend in auth.get_backends()
            if hasattr(backend, "has_module_perms")
        )

    def get_session_auth_hash(self):
        """Changes with the password and with `session_epoch`, so that raising either ends every session."""
        return salted_hmac(
            f"{User.__module__}.session", f"{self.password}:{self.session_epoch}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self):
        return iter(())

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name


SYSTEM_USERNAME = "system"


def system_user(*, using: str = DEFAULT_DB_ALIAS) -> User:
    """The account under which tasks, commands and rules act; it cannot sign in."""
    user, created = User.objects.using(using).get_or_create(
        username=SYSTEM_USERNAME, defaults={"full_name": "System", "is_active": False}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
