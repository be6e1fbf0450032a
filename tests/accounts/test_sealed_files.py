"""Files sealed under the key of their row: they come back whole, and nothing altered or foreign opens."""

import pytest
from cryptography.fernet import Fernet

from aftersales.accounts.sealing import (
    BrokenSeal,
    Erased,
    MasterKeyMissing,
    check_key,
    new_person_key,
    seal_bytes,
    unseal_bytes,
)


@pytest.mark.parametrize("content", [b"", b"a,b\n", "周小梅".encode(), bytes(range(256)) * 500])
def test_what_was_sealed_comes_back_and_is_not_readable_before(content):
    key = new_person_key()

    sealed = seal_bytes(key, content)

    assert unseal_bytes(key, sealed) == content
    assert not content or content not in sealed


def test_another_key_an_altered_file_and_no_key_open_nothing():
    key = new_person_key()
    sealed = seal_bytes(key, b"a list")

    with pytest.raises(BrokenSeal):
        unseal_bytes(new_person_key(), sealed)
    for harmed in (sealed[:-4], sealed[:-8] + b"AAAA" + sealed[-4:], b"", b"a list"):
        with pytest.raises(BrokenSeal):
            unseal_bytes(key, harmed)
    with pytest.raises(Erased):
        unseal_bytes("", sealed)


def test_a_key_is_looked_at_without_anything_that_it_seals(settings):
    key = new_person_key()

    assert check_key(key) is None
    settings.FIELD_KEYS = [f"new:{Fernet.generate_key().decode()}"]
    with pytest.raises(MasterKeyMissing):
        check_key(key)
