"""The one gate for reading: hidden is 404, read-only is 403."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _

from core.addresses import PLAIN

M = TypeVar("M", bound=models.Model)


class GatedQuerySet(models.QuerySet[Any]):
    """Every record's queryset answers `visible_to(user)`: the rows that this person may read, and no others."""

    def visible_to(self, user: Any) -> GatedQuerySet:
        raise NotImplementedError(f"{self.model.__name__} does not say who may read it.")

    def public(self) -> GatedQuerySet:
        """What anybody may read."""
        return self.visible_to(None)


def get_by(user: Any, at_once: Any, queryset: Any, key: str) -> Any:
    """What `get_for` gives; `at_once(user, key)` is a prepared query (`core.prepared`) that has it mostly."""
    found = at_once(user, key) if PLAIN.match(key) else []
    return found[0] if found else get_for(user, queryset, key)


def get_for(user: Any, queryset: Any, key: str, *, allow: Any = None) -> Any:
    """The record with public key `key`, or 404 when it does not exist *or is hidden*, or 403 when `allow` says no.

    `queryset` is a model or a gated queryset; `allow(record, user)` is a permission predicate. A key in another case
    than ours is found too; compare `record.public_key` to redirect to the permanent address.
    """
    if isinstance(queryset, type):
        queryset = queryset._default_manager.all()
    name = queryset.model.KEY
    if len(key) > 80 or "\x00" in key:
        raise Http404
    visible = queryset.visible_to(user)
    record = visible.filter(**{name: key}).first() or visible.filter(**{f"{name}__iexact": key}).first()
    if record is None:
        raise Http404(_("There is no such record, or it is not public."))
    if allow is not None and not allow(record, user):
        raise PermissionDenied
    return record
