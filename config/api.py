"""`/api/v1/`: the public lists as data, and their description (design.md section 6)."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from agreements.open_lists import AGREEMENTS, COMMITMENT_FIELDS, MEETINGS
from config.pages.views import API_LISTS, commitments_asked
from core.open_lists import OpenList, data_answer, described, refusal
from forum.open_lists import AGENCIES, EDITIONS, ORGANIZATIONS
from proposals.open_lists import PROPOSALS

VERSION = "1.0"
COMMITMENTS = OpenList(
    "commitments",
    "What is promised in signed agreements, with how each stands today.",
    commitments_asked,
    COMMITMENT_FIELDS,
    lambda rows: rows.select_related("agreement", "lead__organization", "lead__agency"),
)
LISTS = dict(zip(API_LISTS, (PROPOSALS, AGREEMENTS, COMMITMENTS, MEETINGS, ORGANIZATIONS, AGENCIES, EDITIONS), strict=True))


@require_safe
def api(request: HttpRequest) -> JsonResponse:
    """What there is, with addresses."""
    lists = {name: request.build_absolute_uri(reverse("api_list", args=[name])) for name in LISTS}
    return data_answer({"openapi": request.build_absolute_uri(reverse("openapi")), "lists": lists})


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The description of the lists, in English whoever asks."""
    with override("en"):
        return data_answer(described(list(LISTS.values()), request, VERSION))


@require_safe
def api_list(request: HttpRequest, name: str) -> JsonResponse:
    """A page of one list: the parameters of its page, and `after`."""
    return LISTS[name].answer(request) if name in LISTS else unknown(request)


@require_safe
def unknown(request: HttpRequest, rest: str = "") -> JsonResponse:
    """Nothing stands at this address: said as data, with where to begin."""
    begin = request.build_absolute_uri(reverse("api"))
    return refusal([_("Nothing stands at this address. What there is: %(address)s") % {"address": begin}], 404)


urlpatterns = [
    path("", api, name="api"),
    path("openapi.json", openapi, name="openapi"),
    path("<slug:name>/", api_list, name="api_list"),
    path("<path:rest>", unknown, name="api_unknown"),
]
