"""Counting again how much is bad."""

from django.utils.translation import gettext_lazy as _

from aftersales.web.service_forms import LineField, QuantityField
from claims.forms.compensation import VersionedForm
from claims.models import OrderLine


class CountForm(VersionedForm):
    """The new quantity, and why it is another one."""

    bad_milli = QuantityField(
        label=_("How much is bad?"),
        positive=True,
        error_messages={"too_large": _("More than was bought. Count again.")},
    )
    reason = LineField(label=_("Why is it counted again?"), max_length=200, min_length=4)

    def __init__(self, *args, line: OrderLine, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bad_milli"].maximum = line.quantity_milli
