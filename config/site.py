"""Addresses without a language: choosing one, and what a load balancer asks."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.models.outbox import age_of_outbox


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page in the visitor's language; Spanish when nothing says otherwise."""
    language = get_language_from_request(request)
    response = redirect("/en/" if language.startswith("en") else "/es/")
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and its migrations are applied; 503 with the reason when not.

    It also tells how long mails have waited. That alone is no reason to take the site from its readers, so it turns 503 only
    where a monitor asks for it: `/readyz?outbox`.
    """
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "database does not answer"}, status=503)
    if pending:
        return JsonResponse({"status": "migrations are pending"}, status=503)
    outbox = age_of_outbox()
    late = outbox["age"] > settings.OUTBOX_MAX_AGE
    status = "mails have waited too long" if late else "ok"
    return JsonResponse({"status": status, "outbox": outbox}, status=503 if late and "outbox" in request.GET else 200)


#: How long what security.txt says can be relied on (RFC 9116 advises less than a year).
SECURITY_TXT_HOLDS = dt.timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness, as RFC 9116 has it; `Expires` moves on once a day."""
    expires = timezone.now().astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) + SECURITY_TXT_HOLDS
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: es, en",
        f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
    )
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=24 * 60 * 60)
    return response
