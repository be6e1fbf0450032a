"""Old parts that were taken back: what lies at the stations, and what went to the merchants."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import keyset_page
from claims.forms.parts import OldPartsSentForm
from claims.queries import parts as reading
from claims.services import old_parts as service
from claims.views.places import CasePage

PAGE_SIZE = 50


class OldPartList(CasePage):
    """What was taken back, the longest first, to tick what is sent on; `?sent=1` shows what has gone."""

    permission = "claims.keep_parts"
    template_name = "claims/old_part_list.html"

    def get(self, request):
        return self._page(self._form(initial={"sent_on": timezone.localdate()}))

    def post(self, request):
        form = self._form(request.POST)
        if form.is_valid() and form.call(
            service.send_on, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Sent on: %(count)s") % {"count": form.result})
            return redirect("claims:old_part_list")
        return self._page(form)

    def _form(self, *args, **kwargs) -> OldPartsSentForm:
        return OldPartsSentForm(*args, uses=reading.old_parts(), **kwargs)

    def _page(self, form):
        is_sent = self.request.GET.get("sent") == "1"
        page = keyset_page(
            reading.old_parts(sent=is_sent),
            cursor=self.request.GET.get("cursor", ""),
            order=reading.SENT_ORDER if is_sent else reading.OLD_ORDER,
            size=PAGE_SIZE,
        )
        now, ticked = timezone.now(), set(form["uses"].value() or ()) if form.is_bound else set()
        for use in page.rows:
            use.is_late = reading.lies_long(use, now)
            use.is_ticked = str(use.pk) in ticked
        return self.page(form=form, is_sent=is_sent, list_page=page, status=409 if form.refused else 200)
