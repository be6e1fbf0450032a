"""Personal data sealed under a key of its own for every person.

Three layers. A *master key* comes from ``settings.FIELD_KEYS``, a list of ``"id:fernetkey"`` with the
newest first. A *person key* is a random data key that belongs to one person and is stored next to their
data, wrapped by a master key. A *token* is one value sealed with the data key. So rotating a master key
re-wraps short keys instead of re-encrypting every value, and dropping the person key makes every token of
that person unreadable.

Tokens start with the name of the algorithm, so that a second one can be added and both can be read during
the change.
"""

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.lib.phones import PhoneError, normalise_phone

ALGORITHM = "f1"  # Fernet: AES-128-CBC with HMAC-SHA256
PHONE_INDEX_PURPOSE = b"aftersales/phone-index/1\0"
PHONE_INDEX_KEY_BYTES = 32


class Erased(Refused):
    """The person key was dropped: nobody can read this person's data again."""

    def __init__(self):
        super().__init__(
            _("The personal data of this person has been erased."),
            code="personal_data_erased",
        )


class SealError(Exception):
    """A sealed value cannot be read. It never carries the value, so it may be logged."""


class MasterKeyMissing(SealError):
    """The master key that wrapped a person key is no longer among settings.FIELD_KEYS."""


class BrokenSeal(SealError):
    """A token or person key was altered, cut short, or belongs to somebody else."""


@lru_cache(maxsize=8)
def _parsed(entries: tuple[str, ...]) -> dict[str, Fernet]:
    masters = {}
    for position, entry in enumerate(entries, start=1):
        key_id, colon, key = entry.partition(":")
        if not colon or not key_id:
            raise ImproperlyConfigured(f"FIELD_KEYS entry {position} is not of the form id:fernetkey.")
        if key_id in masters:
            raise ImproperlyConfigured(f"FIELD_KEYS holds the id {key_id} twice.")
        try:
            masters[key_id] = Fernet(key)
        except ValueError:
            # The value itself must not reach a log.
            raise ImproperlyConfigured(f"FIELD_KEYS entry {key_id} is not a Fernet key.") from None
    if not masters:
        raise ImproperlyConfigured("FIELD_KEYS is empty: personal data cannot be sealed.")
    return masters


def master_keys() -> dict[str, Fernet]:
    """Return the master keys by id, newest first.

    Raises ImproperlyConfigured, naming the entry but never the key, when FIELD_KEYS is empty or malformed.
    """
    return _parsed(tuple(settings.FIELD_KEYS))


def newest_master_id() -> str:
    """Return the id of the master key that wraps new person keys."""
    return next(iter(master_keys()))


def master_id_of(person_key: str) -> str:
    """Return the id of the master key that wraps this person key, or "" after erasure."""
    return person_key.partition(":")[0]


def _wrapped(data_key: bytes) -> str:
    key_id, master = next(iter(master_keys().items()))
    return f"{key_id}:{master.encrypt(data_key).decode()}"


def _data_key(person_key: str) -> bytes:
    if not person_key:
        raise Erased
    key_id, _colon, wrapped = person_key.partition(":")
    master = master_keys().get(key_id)
    if master is None:
        raise MasterKeyMissing(
            f"Master key {key_id} is not in FIELD_KEYS; put it back behind the newest one."
        )
    try:
        return master.decrypt(wrapped)
    except InvalidToken:
        raise BrokenSeal(f"A person key does not open with master key {key_id}.") from None


def _fingerprint(data_key: bytes) -> str:
    return hashlib.sha256(b"aftersales/data-key/1\0" + data_key).hexdigest()[:12]


def new_person_key() -> str:
    """Return a fresh data key for one person, wrapped by the newest master key."""
    return _wrapped(Fernet.generate_key())


def rewrap(person_key: str) -> str:
    """Wrap the same data key with the newest master key; the person's tokens stay as they are.

    Returns the argument unchanged when it is wrapped by the newest one already, so a rotation can be
    repeated, and "" for an erased person.
    """
    if not person_key or master_id_of(person_key) == newest_master_id():
        return person_key
    return _wrapped(_data_key(person_key))


def seal(person_key: str, text: str) -> str:
    """Encrypt one value for one person. The empty string stays empty.

    The token reads ``f1:<key id>:<ciphertext>``. Sealing the same text twice gives two different tokens.
    Raises Erased without a person key, MasterKeyMissing or BrokenSeal when the person key cannot be opened.
    """
    if text == "":
        return ""
    data_key = _data_key(person_key)
    return f"{ALGORITHM}:{_fingerprint(data_key)}:{Fernet(data_key).encrypt(text.encode()).decode()}"


def unseal(person_key: str, token: str) -> str:
    """Decrypt one value. The empty token stays empty.

    Raises Erased after erasure, MasterKeyMissing or BrokenSeal when the value cannot be trusted.
    """
    if token == "":
        return ""
    data_key = _data_key(person_key)
    algorithm, _colon, rest = token.partition(":")
    if algorithm != ALGORITHM:
        raise BrokenSeal("A sealed value does not start with the name of a known algorithm.")
    key_id, _colon, ciphertext = rest.partition(":")
    if key_id != _fingerprint(data_key):
        raise BrokenSeal("A sealed value belongs to another person's key.")
    try:
        return Fernet(data_key).decrypt(ciphertext).decode()
    except InvalidToken:
        raise BrokenSeal("A sealed value was altered or cut short.") from None


def is_sealed(value: str) -> bool:
    """Say whether the text has the shape of a token; it does not check that it opens."""
    return value.startswith(f"{ALGORITHM}:")


def comparable_phone(phone: str) -> str:
    """Return the digits that two spellings of one number have in common, "" when there are none.

    A Chinese number comes in its normal form; of other text the bare digits are taken, so that a foreign or
    service number in an order can be found too.
    """
    try:
        return normalise_phone(phone)
    except PhoneError:
        return "".join(re.findall("[0-9]", unicodedata.normalize("NFKC", phone)))


def phone_index(phone: str) -> str:
    """Return the blind index of a phone number: 64 hex digits, or "" when the number holds no digit.

    Keyed with settings.PHONE_INDEX_KEY: phone numbers are few enough to try them all, so a bare hash would
    be as good as the number. Changing that key means computing every index again.
    """
    number = comparable_phone(phone)
    if not number:
        return ""
    key = settings.PHONE_INDEX_KEY
    if isinstance(key, str):
        key = key.encode()
    if len(key) < PHONE_INDEX_KEY_BYTES:
        raise ImproperlyConfigured(f"PHONE_INDEX_KEY needs at least {PHONE_INDEX_KEY_BYTES} characters.")
    return hmac.new(key, PHONE_INDEX_PURPOSE + number.encode(), hashlib.sha256).hexdigest()


def same_phone(phone: str, index: str) -> bool:
    """Compare a phone number with a stored blind index in constant time. No number matches nothing."""
    computed = phone_index(phone)
    return bool(computed) and hmac.compare_digest(computed, index)


def check_key(person_key: str) -> None:
    """Raise Erased, MasterKeyMissing or BrokenSeal when a row's key cannot be opened."""
    _data_key(person_key)


def seal_bytes(person_key: str, content: bytes) -> bytes:
    """Encrypt a file for one row with a key of its own; what comes back is longer by a third.

    Raises Erased without a key, MasterKeyMissing or BrokenSeal when the key cannot be opened.
    """
    data_key = _data_key(person_key)
    return f"{ALGORITHM}:{_fingerprint(data_key)}:".encode() + Fernet(data_key).encrypt(content)


def unseal_bytes(person_key: str, sealed: bytes) -> bytes:
    """Decrypt a file. Raises as `unseal` does."""
    data_key = _data_key(person_key)
    mark = f"{ALGORITHM}:{_fingerprint(data_key)}:".encode()
    if not sealed.startswith(mark):
        raise BrokenSeal("A sealed file belongs to another key.")
    try:
        return Fernet(data_key).decrypt(sealed[len(mark) :])
    except InvalidToken:
        raise BrokenSeal("A sealed file was altered or cut short.") from None
