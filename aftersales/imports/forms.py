"""What somebody says who brings a list in, and who agrees to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from aftersales.imports.kinds import Kind
from aftersales.imports.models import ImportForm
from aftersales.web.filter_forms import FilterForm, SearchField
from aftersales.web.list_rows import ZIP_MARK
from aftersales.web.service_forms import KeyedForm, ServiceForm

OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"
LOOKED_AT_BYTES = 4096


class UploadForm(KeyedForm):
    """A list and how it is to be read. Size and form are looked at before anything is read."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"empty": _("The file is empty.")},
    )

    def __init__(self, *args, kind: Kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.options = kind.options()
        self.fields |= self.options
        self.fields["file"].help_text = _("XLSX or CSV (UTF-8), at most %(size)s.") % {
            "size": filesizeformat(kind.most_bytes)
        }

    def clean_file(self):
        given = self.cleaned_data["file"]
        form = given.name.rpartition(".")[2].casefold()
        if form not in ImportForm.values:
            raise ValidationError(_("Choose an XLSX or CSV file."), code="wrong_form")
        if given.size > self.kind.most_bytes:
            raise ValidationError(
                _("The file has more than %(size)s. Divide it.")
                % {"size": filesizeformat(self.kind.most_bytes)},
                code="too_large",
            )
        given.seek(0)
        start = given.read(LOOKED_AT_BYTES)
        if start.startswith(OLD_EXCEL_MARK):
            raise ValidationError(_("This is an old Excel file. Save it as XLSX."), code="old_excel")
        if start.startswith(ZIP_MARK) != (form == ImportForm.XLSX) or (
            form == ImportForm.CSV and b"\0" in start
        ):
            raise ValidationError(
                _("The file is not what its name says. Save it as XLSX or CSV."), code="wrong_content"
            )
        given.seek(0)
        self.form = form
        return given

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen beside the file."""
        return {name: self.cleaned_data[name] for name in self.options}


class ConfirmForm(ServiceForm):
    """Agreeing to a list: all of it, or the rows without mistakes."""

    keep_good = forms.BooleanField(required=False)


class HistoryForm(FilterForm):
    """What narrows the log of lists."""

    q = SearchField(label=_("Name or fingerprint"))
    kind = forms.ChoiceField(label=_("Kind of list"), required=False)
    whose = forms.ChoiceField(
        label=_("Whose"),
        choices=[("", _("My own")), ("all", _("Everybody in my reach"))],
        required=False,
    )

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", _("All kinds of lists")),
            *((kind.code, kind.title) for kind in kinds),
        ]
