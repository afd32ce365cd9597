"""What can be imported and exported, by kind. Each app's `resources` module registers its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from core.imports.problems import FileRefused

if TYPE_CHECKING:
    from core.imports.resource import RecordResource

_kinds: dict[str, type[RecordResource]] = {}


def register(resource: type[RecordResource]) -> type[RecordResource]:
    """Class decorator: the resource answers for its `kind`."""
    if resource.kind in _kinds:
        raise ValueError(f"{resource.kind} is registered twice")
    _kinds[resource.kind] = resource
    return resource


def kinds() -> dict[str, type[RecordResource]]:
    """Kind → resource, in the order in which a new forum needs them, for commands, desk and admin."""
    autodiscover_modules("resources")
    shared = {kind: resource for kind, resource in _kinds.items() if not resource.own_page}
    return dict(sorted(shared.items(), key=lambda item: item[1].position))


def resource_for(kind: str) -> type[RecordResource]:
    """The resource of a kind; raises `FileRefused` with the list of kinds."""
    known = kinds()
    if kind not in _kinds:
        raise FileRefused(_("There is no kind “%(kind)s”. Kinds: %(kinds)s.") % {"kind": kind, "kinds": ", ".join(known)})
    return _kinds[kind]


def resource_of(model: type) -> type[RecordResource] | None:
    """The resource that imports records of `model`, if there is one (admin list pages)."""
    return next((resource for resource in kinds().values() if resource._meta.model is model), None)
