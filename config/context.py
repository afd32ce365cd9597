"""What every page needs to know about the site."""

from __future__ import annotations

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, for titles and headers."""
    return {"site_name": "Acuerda"}
