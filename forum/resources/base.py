"""What the resources of several apps share: the edition that rows belong to, codes of areas, who may import."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

from core.dates import Precision
from core.events import SYSTEM
from core.imports.cells import LEADING_YES, Reference, YesNo, english
from core.imports.columns import Column
from core.imports.problems import CellError, FileRefused
from core.imports.reader import Table
from core.imports.resource import RecordResource
from core.text import fold
from forum.models import Agency, Area, Edition, Organization
from forum.permissions import is_any_organizer


class AreaCode(Widget):
    """An area of one kind by INEGI or ISO code, by its name in Spanish or English, the official one, that of 2011 or its abbreviation.
    A lost leading zero comes back."""

    names_records = True

    @property
    def says(self) -> str:
        if self.kinds == STATE:
            return _("INEGI code of a federal entity with two digits (01 … 32), or its name.")
        return _("ISO 3166 code (MX, US, US-CA), or the name.")

    @property
    def example(self) -> str:
        return "32" if self.kinds == STATE else "US" if self.kinds == COUNTRY else "US-CA"

    def __init__(self, *kinds: str) -> None:
        super().__init__()
        self.kinds = kinds

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> Area:
        areas = resource.cache.get(("areas", self.kinds)) or self.load(resource)
        text = value.strip()
        code = text.zfill(2) if text.isascii() and text.isdigit() else text.casefold()
        found = areas.get(code) or areas.get(f"name {fold(text)}")
        if found is None:
            remedy = (
                _("Write its INEGI code with two digits, for example 01 or 32.")
                if "federal_entity" in self.kinds and len(self.kinds) == 1
                else _("Write its ISO 3166 code, for example MX, US or US-CA.")
            )
            raise CellError(_("“%(value)s” is not an area that is known here.") % {"value": value}, remedy)
        return found

    def load(self, resource: Any) -> dict[str, Area]:
        areas: dict[str, Area] = {}
        for area in Area.objects.filter(kind__in=self.kinds).order_by("-pk"):
            names = (area.name_2011, area.abbreviation, area.official_name, area.name_en, area.name_es)
            areas |= dict.fromkeys((f"name {fold(name)}" for name in names if name), area)
            areas |= {code.casefold(): area for code in (area.code, area.code_2011, area.inegi) if code}
        resource.cache["areas", self.kinds] = areas
        return areas

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if value is None:
            return ""
        return str(value.inegi if self.kinds == ("federal_entity",) else value.code)


STATE = ("federal_entity",)
COUNTRY = ("country",)
SUBDIVISION = ("federal_entity", "subdivision")


class YesWithNote(Widget):
    """Yes or no and a note, `sí (el año no consta)`: the value is (bool, note)."""

    says = gettext_lazy("Yes or no, with a note in brackets.")
    example = "no"

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> tuple[bool, str]:
        start = LEADING_YES.match(value)
        if start is None:
            return YesNo().clean(value), ""
        note = value[start.end() :].strip()
        if note.startswith("(") and note.endswith(")"):
            note = note[1:-1].strip()
        return YesNo().clean(start[1]), note

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        answer, note = value
        return f"{YesNo().render(answer)} ({note})" if note else YesNo().render(answer)


def coarser(*precisions: str) -> str:
    """The least exact of some precisions."""
    order = (Precision.YEAR, Precision.MONTH, Precision.INFERRED, Precision.DAY)
    return str(min(precisions, key=order.index)) if precisions else str(Precision.DAY)


class BodyReference(Widget):
    """An organization or an agency by its key (an agency also by its acronym)."""

    names_records = True
    says = gettext_lazy("The key of an organization or of a public body.")
    example = "SRE"

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> Any:
        organizations = Reference(Organization, kind="organizations")
        found = organizations.look_up(value.strip(), row, resource)
        if found is not None:
            return found
        try:
            return Reference(Agency, kind="organizations, agencies", also=("acronym",)).clean(value, row, resource=resource)
        except CellError as error:
            error.choices = [*organizations.meant(value, row, resource), *error.choices]
            raise

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value.key)


class OrganizersResource(RecordResource):
    """What organizers of any edition import. `edition_path` leads to the edition where records belong to one: an export
    then holds those of the editions that the person organizes, and no others."""

    edition_path: ClassVar[str] = ""

    def allowed(self) -> bool:
        return self.actor is SYSTEM or is_any_organizer(None, self.actor)

    def editions(self) -> Any:
        """The editions into which the actor may import."""
        return Edition.objects.all() if self.actor is SYSTEM else Edition.objects.organized_by(self.actor)

    def slugs(self) -> str:
        return ", ".join(self.editions().values_list("slug", flat=True)[:20]) or _("none")

    def check_place(self) -> None:
        if self.edition_key and not self.editions().filter(slug=self.edition_key).exists():
            raise FileRefused(
                _("There is no edition “%(slug)s”. Editions: %(slugs)s.") % {"slug": self.edition_key, "slugs": self.slugs()}
            )

    def records(self) -> Any:
        records = super().records()
        if self.edition_path and self.actor is not SYSTEM:
            records = records.filter(**{f"{self.edition_path}__in": self.editions()})
        if self.edition_path and self.edition_key:
            records = records.filter(**{f"{self.edition_path}__slug": self.edition_key})
        return records


class OfEditionResource(OrganizersResource):
    """Rows that belong to one edition: that of the column, else `--edition`, else the only one there is."""

    edition_path = "edition"

    default_edition: Edition | None = None

    def settle_place(self, table: Table) -> None:
        # Keys of rows are told apart by edition.
        if self.edition_key:
            self.default_edition = self.editions().get(slug=self.edition_key)
        elif "edition" not in self.names_given:
            self.default_edition = self.only_edition()
            if self.default_edition is None:
                raise FileRefused(self.which_edition())

    def stand_at(self, row: dict[str, str]) -> None:
        super().stand_at(row)
        if row.get("edition", "").strip() and isinstance(self.fields["edition"].widget, Reference):
            self.values["edition"] = self.fields["edition"].take(row["edition"], row, self)

    def edition_choices(self) -> list[str]:
        return list(self.editions().values_list("slug", flat=True))

    def only_edition(self) -> Edition | None:
        found = list(self.editions()[:2])
        return found[0] if len(found) == 1 else None

    def which_edition(self) -> str:
        if not self.editions().exists():
            return _("There is no edition yet: import or enter one first (editions).")
        return _(
            "There are several editions: say which one, where the file is chosen (in the command by --edition) or in the column “%(column)s”. Editions: %(slugs)s."
        ) % {
            "column": "edition" if english() else "foro",
            "slugs": self.slugs(),
        }

    def edition_of_row(self) -> Edition:
        """The edition of the row; raises `CellError`."""
        given = self.values.get("edition")
        if given is None:
            given = self.default_edition or self.sole_edition
        elif self.edition_key and self.default_edition is not None and given != self.default_edition:
            raise CellError(
                _("The row is for the edition “%(row)s” and the import for “%(all)s”.")
                % {"row": given.slug, "all": self.default_edition.slug}
            )
        if given is None:
            raise CellError(self.which_edition())
        return given

    def complete(self) -> None:
        self.values["edition"] = self.edition_of_row()

    def key_of(self, texts: dict[str, str]) -> str:
        key = super().key_of(texts)
        if not key:
            return ""
        place = texts.get("edition", "").strip()
        if not place and (edition := self.default_edition or self.sole_edition):
            place = edition.slug
        return f"{place.casefold()}|{key}"

    @cached_property
    def sole_edition(self) -> Edition | None:
        return self.only_edition()

    def find(self) -> Any:
        """By the one column of `identity` within the edition of the row."""
        name = self.identity[0]
        if self.found is not None:
            return next(iter(self.found.get((self.values["edition"].pk, self.values[name]), ())), None)
        return self.model._default_manager.filter(edition=self.values["edition"], **{name: self.values[name]}).first()


def edition_of_row(resource: Any, row: Any) -> dict[str, Any]:
    """Narrows a reference to what belongs to the edition of the row."""
    return {"edition": resource.edition_of_row()}


def edition_column() -> Column:
    return Column("foro", "edition", "edición", widget=Reference(Edition, kind="editions"))
