"""Forms of the inbox pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aftersales.notices import channels
from aftersales.notices.models import NoticeTemplate, Preference
from aftersales.web.service_forms import LineField, MomentField, NoteField, PhoneField, ServiceForm

TIME = {"type": "time"}


class MarkAllReadForm(forms.Form):
    """Up to which moment everything counts as read: that of the page which was looked at."""

    until = MomentField(widget=forms.HiddenInput)


class PreferenceForm(ServiceForm):
    """Channels, addresses, quiet hours and language. What is stored of an address is shown masked only."""

    wanted = forms.MultipleChoiceField(
        label=_("Tell me by"), required=False, widget=forms.CheckboxSelectMultiple
    )
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=120)
    forget_email = forms.BooleanField(label=_("Forget this e-mail address"), required=False)
    phone = PhoneField(label=_("Mobile number for SMS and WeChat"), required=False)
    forget_phone = forms.BooleanField(label=_("Forget this number"), required=False)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"), input_formats=["%H:%M"]
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        widget=forms.TimeInput(attrs=TIME, format="%H:%M"),
        input_formats=["%H:%M"],
    )
    language = forms.ChoiceField(label=_("Language of these messages"), choices=settings.LANGUAGES)

    def __init__(self, data=None, *, preference: Preference):
        offered = channels.active()
        initial = {
            "wanted": [code for code in offered if code not in preference.muted],
            "quiet_from": preference.quiet_from,
            "quiet_until": preference.quiet_until,
            "language": preference.language or settings.LANGUAGE_CODE,
        }
        super().__init__(data, initial=initial)
        self.fields["wanted"].choices = [(code, channel.label) for code, channel in offered.items()]
        kept = {channel.address_kind for channel in offered.values()}
        for kind in (channels.EMAIL, channels.PHONE):
            self._address(kind, getattr(preference, f"{kind}_masked"), is_used=kind in kept)
        # What is muted among the channels that are off at present stays so.
        self.muted_elsewhere = [code for code in preference.muted if code not in offered]

    def _address(self, kind: str, masked: str, *, is_used: bool) -> None:
        if masked:
            self.fields[kind].help_text = _("Stored: %(address)s. Leave this empty to keep it.") % {
                "address": masked
            }
        else:
            del self.fields[f"forget_{kind}"]
        if not is_used and not masked:
            del self.fields[kind]

    @property
    def muted(self) -> list[str]:
        offered = [code for code, _label in self.fields["wanted"].choices]
        wanted = self.cleaned_data["wanted"]
        return [*self.muted_elsewhere, *(code for code in offered if code not in wanted)]

    def address(self, kind: str) -> str | None:
        """The address to store; None to keep the one that is."""
        given = self.cleaned_data.get(kind, "")
        if given:
            return given
        return "" if self.cleaned_data.get(f"forget_{kind}") else None


class WordingPlaceForm(forms.Form):
    """Which words are to be changed: those of an event, for a channel or all, in a language."""

    event = forms.CharField(max_length=NoticeTemplate._meta.get_field("event").max_length)
    channel = forms.ChoiceField(required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = places()


class WordingForm(ServiceForm):
    """Words of the desk's own."""

    title = LineField(
        label=_("Title"),
        max_length=NoticeTemplate._meta.get_field("title").max_length,
        widget=forms.TextInput(attrs={"size": 60}),
    )
    body = NoteField(
        label=_("Text"), max_length=NoticeTemplate._meta.get_field("body").max_length, required=False
    )


def places() -> list[tuple[str, object]]:
    """Where words may stand: everywhere, or in one of the channels."""
    known = [(code, channel.label) for code, channel in channels.KNOWN.items() if channel.address_kind]
    return [("", _("Inbox and every channel")), *known]
