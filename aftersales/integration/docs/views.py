"""Pages for whoever connects a system. They are the same for everybody and need no account."""

from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views import View
from django.views.generic import TemplateView

from aftersales.integration.docs import errors, guide, reading
from aftersales.web.api.document import document, rendered
from aftersales.web.api.versions import has_already

KEPT_SECONDS = 300
LANGUAGES = {"zh": "zh-hans", "en": "en"}
FORMS = {"json": "application/vnd.oai.openapi+json", "yaml": "application/vnd.oai.openapi"}


def _language() -> str:
    return LANGUAGES.get((translation.get_language() or "")[:2], "zh-hans")


class SchemaView(View):
    """The OpenAPI document as JSON or YAML; `?form=yaml` and `?lang=en` choose."""

    def get(self, request):
        form = request.GET.get("form", "json")
        language = LANGUAGES.get(request.GET.get("lang", ""), _language())
        if form not in FORMS:
            raise Http404
        body, tag = rendered(language, form)
        if has_already(request, tag):
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(body, content_type=f"{FORMS[form]}; charset=utf-8")
        response.headers["ETag"] = tag
        response.headers["Content-Language"] = language
        patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
        return response


class DocsView(TemplateView):
    """Every area with its operations."""

    template_name = "integration/docs/index.html"

    def get_context_data(self, **kwargs):
        told = document(_language())
        about = told["info"]["description"].replace("`", "")
        return super().get_context_data(areas=reading.areas(told), about=about, tab="docs", **kwargs)


class AreaView(TemplateView):
    """The operations of one area with all that is sent and answered."""

    template_name = "integration/docs/area.html"

    def get_context_data(self, **kwargs):
        areas = reading.areas(document(_language()))
        area = next((each for each in areas if each.name == self.kwargs["area"]), None)
        if area is None:
            raise Http404
        return super().get_context_data(**{**kwargs, "area": area, "tab": "docs"})


class GuideView(TemplateView):
    """Integrate in an hour."""

    template_name = "integration/docs/guide.html"

    def get_context_data(self, **kwargs):
        base = self.request.build_absolute_uri("/").rstrip("/")
        return super().get_context_data(steps=guide.steps(), base=base, tab="guide", **kwargs)


class ErrorsView(TemplateView):
    """Every code of a refusal in both languages."""

    template_name = "integration/docs/errors.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(groups=errors.groups(), tab="errors", **kwargs)


class TryView(TemplateView):
    """Swagger UI over the same document, from our own files."""

    template_name = "integration/docs/try.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(lang=_language()[:2], tab="try", **kwargs)
