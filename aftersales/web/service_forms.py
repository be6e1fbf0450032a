"""Forms that ask a service: strict fields, a form key against double sending, refusals as form errors."""

import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from aftersales.lib.errors import InvalidValue, Refused
from aftersales.lib.money import MAX_FEN, MAX_MILLI, fen_to_yuan, format_milli, parse_milli, yuan_to_fen
from aftersales.lib.phones import normalise_phone

FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
KEY_DIGITS = 19
CURRENCY = re.compile(r"^¥\s*|\s*(?:元|圆)$")


class ServiceForm(forms.Form):
    """A plain form for one service call.

        if form.is_valid() and form.call(services.accept, thing=thing, by=request.user, now=now):
            return redirect(form.result)

    A refusal becomes an error of the field it names (`Refused.field`, else `fields_by_code`), or of
    the whole form. The refusal itself stays in `refused` for the door to look at.
    """

    fields_by_code: dict[str, str] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.result: Any = None
        self.refused: Refused | None = None

    def call(self, service: Callable[..., Any], /, **arguments: Any) -> bool:
        """Call the service; True with `result` set, or False with the refusal among the errors."""
        try:
            self.result = service(**arguments)
        except Refused as refused:
            self.refuse(refused)
            return False
        return True

    def refuse(self, refused: Refused) -> None:
        """Show a refusal that was met outside `call`, where the person will look for it."""
        self.refused = refused
        field = refused.field or self.fields_by_code.get(refused.code)
        shown_at = field if field in self.fields else None
        self.add_error(shown_at, ValidationError(refused.message, code=refused.code))


class KeyedForm(ServiceForm):
    """A service form with a hidden key of its own: sent twice, it is one submission.

    Give `form_key` to `idempotency.once`. A page that comes back with errors keeps its key.
    """

    form_key = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        validators=[
            RegexValidator(
                FORM_KEY, code="key_malformed", message=_("Open the form again and send it once more.")
            )
        ],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = new_form_key

    @property
    def shown_values(self) -> dict[str, Any]:
        """The cleaned values without the key: what the fingerprint of a submission is made of."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}


def new_form_key() -> str:
    """A key that nobody guesses: 144 random bits."""
    return secrets.token_urlsafe(18)


LINE_AND_DIRECTION = frozenset(
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
)


def is_unprintable(character: str) -> bool:
    """Whether a character is a control or a lone surrogate, or breaks or turns around the line."""
    return unicodedata.category(character) in ("Cc", "Cs") or character in LINE_AND_DIRECTION


class LineField(forms.CharField):
    """One line of text. Outer blanks go, control and direction characters are refused."""

    allowed_controls = ""
    default_error_messages = {
        "unprintable": _("This contains characters that cannot be printed. Type the text again."),
    }

    def __init__(self, *, max_length: int, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if any(is_unprintable(each) and each not in self.allowed_controls for each in value):
            raise ValidationError(self.error_messages["unprintable"], code="unprintable")
        return value


class NoteField(LineField):
    """Several lines of text; line ends become a line feed."""

    allowed_controls = "\n"
    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


class ChineseNameField(LineField):
    """A person's name in any script: 杨昌荣, 阿卜杜拉·买买提, Li Ming. One to 40 characters."""

    default_error_messages = {"not_a_name": _("Enter a name: letters or Chinese characters only.")}

    def __init__(self, *, max_length: int = 40, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if any(unicodedata.category(each)[0] not in "LM" and each not in " ·•‧.-'’" for each in value):
            raise ValidationError(self.error_messages["not_a_name"], code="not_a_name")
        return value


class PhoneField(forms.CharField):
    """A Chinese mobile or landline number; gives its digits. Spaces, dashes and +86 are taken off."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    default_error_messages = {
        "not_a_phone": _("Enter a mobile number with 11 digits or a landline with its area code.")
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 30)
        super().__init__(**kwargs)

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return value
        try:
            return normalise_phone(value)
        except InvalidValue:
            raise ValidationError(self.error_messages["not_a_phone"], code="not_a_phone") from None


class DayField(forms.DateField):
    """A day from a calendar control; years that every database can express."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")

    def clean(self, value):
        day = super().clean(value)
        if day is not None and not 2000 <= day.year <= 2999:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class MomentField(forms.DateTimeField):
    """A moment as datetime-local controls send it, in local time unless it says otherwise.

    The years from 2000 to 2999: what can be told apart from a slip of the pen, and what every database and
    time zone can express.
    """

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
    default_validators = [
        MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
        MaxValueValidator(datetime(2999, 12, 31, tzinfo=UTC)),
    ]


class ExactNumberField(forms.Field):
    """A number that is kept as a whole number of small units. Full-width digits count as digits."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "not_a_number": _("Enter a plain number such as 12.5, without commas."),
        "negative": _("The number must not be negative."),
        "too_large": _("The number is too large."),
        "zero": _("The number must be more than zero."),
    }

    def __init__(self, *, positive: bool = False, maximum: int | None = None, **kwargs):
        super().__init__(**kwargs)
        self.positive = positive
        self.maximum = maximum

    def read(self, text: str) -> int:
        raise NotImplementedError

    def to_python(self, value):
        if value in self.empty_values:
            return None
        text = unicodedata.normalize("NFKC", str(value)).strip()
        if not text:
            return None
        try:
            units = self.read(text)
        except InvalidValue as wrong:
            code = wrong.code if wrong.code in self.error_messages else "not_a_number"
            raise ValidationError(self.error_messages[code], code=code) from None
        if self.positive and units == 0:
            raise ValidationError(self.error_messages["zero"], code="zero")
        if self.maximum is not None and units > self.maximum:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        return units


class YuanField(ExactNumberField):
    """An amount typed in yuan ("12.34", "¥12"); gives whole fen. `maximum` is in fen."""

    default_error_messages = {"too_many_decimals": _("Use at most two decimals.")}

    def __init__(self, *, maximum: int = MAX_FEN, **kwargs):
        super().__init__(maximum=maximum, **kwargs)

    def read(self, text):
        return yuan_to_fen(CURRENCY.sub("", text))

    def prepare_value(self, value):
        return str(fen_to_yuan(value)) if type(value) is int else value


class RowsField(forms.ModelMultipleChoiceField):
    """Several of the rows on offer. What no key can be is refused here: databases answer with an error."""

    def clean(self, value):
        for text in map(str, value if isinstance(value, list | tuple) else ()):
            if not (text.isascii() and text.isdecimal() and len(text) < KEY_DIGITS):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": text[:40]}
                )
        return super().clean(value)


class QuantityField(ExactNumberField):
    """A number of pieces or kilograms with up to three decimals; gives whole thousandths."""

    default_error_messages = {"too_many_decimals": _("Use at most three decimals.")}

    def __init__(self, *, maximum: int = MAX_MILLI, **kwargs):
        super().__init__(maximum=maximum, **kwargs)

    def read(self, text):
        return parse_milli(text)

    def prepare_value(self, value):
        return format_milli(value) if type(value) is int else value
