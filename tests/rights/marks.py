"""Strings that exist nowhere else, so that finding one in an answer proves where it came from."""

import secrets
import string

RARE_SURNAMES = "龘靐齉麤鱻"
"""What a masked name still shows; nobody in the demo or in a template is called so."""


class Marks:
    """The strings of one place.

    `open_marks` may be shown to whoever reaches the place, `firm_stem` also to whoever may read the list of
    parties, which is one list for the programme. `secret_marks` are clear names, phones, addresses and
    accounts of consumers, which nobody is shown without a reveal.
    """

    def __init__(self, surname: str):
        self.stem, self.firm_stem, self.secret_stem = (_stem(letter) for letter in "qjx")
        self.surname = surname
        self.names: set[str] = set()
        self.masked: set[str] = {f"{surname}**"}
        self.secret_marks: set[str] = {self.secret_stem}

    def word(self, what: str) -> str:
        """A word that says what it was put into: "qhzkwprt" + "product"."""
        return f"{self.stem}{what}"

    def firm(self, what: str) -> str:
        """A word for a row that is not scoped."""
        return f"{self.firm_stem}{what}"

    def also(self, number: str) -> str:
        """A number that the system made up itself and that is just as telling."""
        self.names.add(number)
        return number

    def person(self) -> dict[str, str]:
        """Name, phone, address and account of a consumer, and their masked forms on the list."""
        digits = "".join(secrets.choice(string.digits) for _ in range(8))
        phone, account = f"199{digits}", f"6222{secrets.randbelow(10**15):015d}"
        self.secret_marks |= {phone, account}
        self.masked |= {f"199****{phone[-4:]}"}
        return {
            "name": f"{self.surname}{self.secret_stem}",
            "phone": phone,
            "address": f"贵州省贵阳市修文县六广镇{self.secret_stem}组",
            "account": account,
        }

    @property
    def open_marks(self) -> frozenset[str]:
        return frozenset({self.stem, *self.names, *self.masked})


def _stem(letter: str) -> str:
    return letter + "".join(secrets.choice(string.ascii_lowercase) for _ in range(7))
