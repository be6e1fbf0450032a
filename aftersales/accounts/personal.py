"""The columns of a person whose name, phone, address and account are sealed."""

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.accounts import sealing
from aftersales.lib.masking import mask_account, mask_address, mask_name, mask_phone

MASKS = {
    "name": mask_name,
    "phone": lambda phone: mask_phone(sealing.comparable_phone(phone)),
    "address": mask_address,
    "account": mask_account,
}


class SealedTextField(models.TextField):
    """A column that holds tokens of aftersales.accounts.sealing and nothing else.

    It cannot be searched: the same text has a different token every time, so a look-up would silently find
    nothing. It cannot be edited in a form, and storing text that is not sealed raises ValueError.
    """

    description = _("Sealed text")

    def __init__(self, *args, **kwargs):
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is sealed and cannot be searched with {lookup_name}.")

    def get_transform(self, lookup_name):
        raise FieldError(f"{self.name} is sealed and cannot be searched with {lookup_name}.")

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if value and not sealing.is_sealed(value):
            raise ValueError(f"{self.name} takes sealed text only.")
        return value


class OwnKey(models.Model):
    """A row that seals personal data under a key of its own."""

    person_key = models.TextField(_("person key"), blank=True, default="", editable=False)

    class Meta:
        abstract = True

    def rewrap_key(self) -> list[str]:
        """Wrap the row's key with the newest master key; return the changed columns, none if it was."""
        wrapped = sealing.rewrap(self.person_key)
        if wrapped == self.person_key:
            return []
        self.person_key = wrapped
        return ["person_key"]


class SealedPerson(OwnKey):
    """Somebody we know by name: a consumer, a farmer, an agent.

    Pages, lists, the API and exports show the masked columns. The sealed ones are opened by the clear_
    methods alone, and only services that write an audit row with a reason in the same transaction call
    those. Once erased, the row keeps its place in claims and figures but nothing about the person, and does
    not change again.
    """

    name_sealed = SealedTextField(_("name (sealed)"), blank=True, default="")
    phone_sealed = SealedTextField(_("phone (sealed)"), blank=True, default="")
    address_sealed = SealedTextField(_("address (sealed)"), blank=True, default="")
    account_sealed = SealedTextField(_("account (sealed)"), blank=True, default="")
    phone_index = models.CharField(
        _("phone index"),
        max_length=64,
        blank=True,
        default="",
        db_index=True,
        editable=False,
    )
    name_masked = models.CharField(
        pgettext_lazy("person", "name"), max_length=64, blank=True, default="", editable=False
    )
    phone_masked = models.CharField(_("phone"), max_length=32, blank=True, default="", editable=False)
    address_masked = models.CharField(_("address"), max_length=128, blank=True, default="", editable=False)
    account_masked = models.CharField(
        pgettext_lazy("bank", "account"), max_length=64, blank=True, default="", editable=False
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(person_key="", phone_index=""),
                name="%(app_label)s_%(class)s_erased_without_key",
            )
        ]

    def __str__(self):
        return " ".join(part for part in (self.name_masked, self.phone_masked) if part) or f"#{self.pk}"

    def set_personal(self, *, name=None, phone=None, address=None, account=None) -> list[str]:
        """Seal the values that are given and write their masks; None leaves a value alone, "" empties it.

        Changes the instance only and returns the names of the changed columns, ready for
        ``save(update_fields=...)``. The first value gives the person their key. Raises Erased after erasure.
        """
        if self.erased_at is not None:
            raise sealing.Erased
        given = {"name": name, "phone": phone, "address": address, "account": account}
        given = {part: text.strip() for part, text in given.items() if text is not None}
        changed = []
        if given and not self.person_key:
            self.person_key = sealing.new_person_key()
            changed.append("person_key")
        for part, text in given.items():
            longest = self._meta.get_field(f"{part}_masked").max_length
            setattr(self, f"{part}_sealed", sealing.seal(self.person_key, text))
            setattr(self, f"{part}_masked", MASKS[part](text)[:longest])
            changed += [f"{part}_sealed", f"{part}_masked"]
        if "phone" in given:
            self.phone_index = sealing.phone_index(given["phone"])
            changed.append("phone_index")
        return changed

    def clear_name(self) -> str:
        """Return the name in the clear. Only services that write an audit row call this. Raises Erased."""
        return self._clear(self.name_sealed)

    def clear_phone(self) -> str:
        """Return the phone in the clear. Only services that write an audit row call this. Raises Erased."""
        return self._clear(self.phone_sealed)

    def clear_address(self) -> str:
        """Return the address in the clear. Only services that write an audit row call this. Raises Erased."""
        return self._clear(self.address_sealed)

    def clear_account(self) -> str:
        """Return the account in the clear. Only services that write an audit row call this. Raises Erased."""
        return self._clear(self.account_sealed)

    def _clear(self, token):
        if self.erased_at is not None:
            raise sealing.Erased
        return sealing.unseal(self.person_key, token)

    def erase_personal(self, *, now) -> list[str]:
        """Drop the person's key, index, masks and sealed values for good; return the changed columns.

        Changes the instance only. Calling it again keeps the first moment. A backup made before still holds
        the person key: backups follow their own term.
        """
        if self.erased_at is not None:
            return []
        columns = ["person_key", "phone_index"]
        columns += [f"{part}_{kind}" for part in MASKS for kind in ("sealed", "masked")]
        for column in columns:
            setattr(self, column, "")
        self.erased_at = now
        return [*columns, "erased_at"]
