"""Forms of the minutes: the text with its action items, circulation, remarks, and what became of an action item."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import MinutesVersion
from agreements.workspace.agreement_forms import NOTHING, long_text
from agreements.workspace.fields import Options, PickField, body_argument, options
from agreements.workspace.rows import RowForm, Rows, RowsBlock, WithRows
from core.forms import BaseForm, RecordForm, pair


class ActionRow(RowForm):
    """What, who, when."""

    pairs = [("what_es", "what_en"), ("owner", "due_on")]
    defaults = frozenset({"folio"})

    folio = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    what_es = long_text(gettext_lazy("What, in Spanish"), rows=2, required=True)
    what_en = long_text(gettext_lazy("What, in English"), rows=2)
    owner = PickField(
        label=gettext_lazy("Who"), error_messages={"required": gettext_lazy("Say which organization or public body does it.")}
    )
    due_on = forms.DateField(label=gettext_lazy("Until"), error_messages={"required": gettext_lazy("Say until when.")})

    def __init__(self, *args: Any, bodies: Options = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["bodies"] = bodies
        self.fields["owner"].offer(bodies)

    def as_item(self) -> dict[str, Any]:
        """The item as the doors take it."""
        return {**self.values("folio", "what_es", "what_en", "due_on"), **body_argument(self.cleaned_data["owner"])}


class MinutesForm(WithRows, RecordForm):
    """The minutes. `start` is what the first ones begin with; `corrects` the approved ones that new ones take the place of, and
    begin with; `bodies` those who can own an action item."""

    submit_label = gettext_lazy("Save the minutes")
    next_meeting = PickField(
        label=gettext_lazy("Next meeting"),
        required=False,
        help_text=gettext_lazy("Schedule it first, and it can be chosen here; what stays open comes back on its agenda."),
    )

    cause = forms.CharField(
        label=gettext_lazy("What is corrected, and why"),
        max_length=300,
        help_text=gettext_lazy("Public with the new version. The approved one stays as it is, at its place."),
    )

    class Meta:
        model = MinutesVersion
        fields = ["text_es", "text_en", "decisions_es", "decisions_en"]

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        bodies: Options,
        meetings: Options = NOTHING,
        start: dict[str, Any] | None = None,
        corrects: MinutesVersion | None = None,
        **kwargs: Any,
    ) -> None:
        record = kwargs.get("record")
        start = start or {}
        if corrects is not None:
            values = {name: getattr(corrects, name) for name in self._meta.fields}
            start = {"values": {**values, "next_meeting": corrects.meeting.next_meeting}}
        super().__init__(data, files, initial={**start.get("values", {}), **kwargs.pop("initial", {})}, **kwargs)
        self._made_with |= {"bodies": bodies, "meetings": meetings, "start": start, "corrects": corrects}
        self._made_with.pop("initial", None)
        self.fields["next_meeting"].offer(meetings)
        if record is not None:
            # The meeting that goes on from here is named when the minutes are first written.
            del self.fields["next_meeting"]
        if corrects is None:
            del self.fields["cause"]
        text = record or corrects
        items = text.action_items.select_related("organization", "agency").order_by("number") if text is not None else []
        self.row_sets = {
            "items": Rows(
                ActionRow,
                "items",
                label=gettext_lazy("Action item"),
                legend=gettext_lazy("Action items"),
                data=data,
                initial=[
                    {
                        "folio": each.folio,
                        "what_es": each.what_es,
                        "what_en": each.what_en,
                        "owner": each.owner,
                        "due_on": each.due_on,
                    }
                    for each in items
                ],
                bodies=bodies,
            )
        }

    def layout(self) -> list[Any]:
        return [
            *(["cause"] if "cause" in self.fields else []),
            Fieldset(gettext_lazy("What was discussed"), pair("text_es", "text_en"), css_class="group"),
            Fieldset(gettext_lazy("What was decided"), pair("decisions_es", "decisions_en"), css_class="group"),
            RowsBlock(self.row_sets["items"]),
            *(["next_meeting"] if "next_meeting" in self.fields else []),
        ]

    def text_values(self) -> dict[str, Any]:
        return self.values(*self._meta.fields)

    def action_items(self) -> list[dict[str, Any]]:
        return [row.as_item() for row in self.row_sets["items"].filled()]


class CirculateForm(BaseForm):
    """Until when remarks are taken."""

    submit_label = gettext_lazy("Circulate for remarks")
    remarks_until = forms.DateField(label=gettext_lazy("Remarks until"))


class RemarkForm(BaseForm):
    """A remark of somebody who was invited."""

    submit_label = gettext_lazy("Add the remark")
    text = long_text(gettext_lazy("Remark"), rows=3, required=True)


class ActionItemForm(BaseForm):
    """What became of an action item: done on a day, or turned into a commitment."""

    done_on = forms.DateField(label=gettext_lazy("Done on"), required=False)
    commitment = PickField(label=gettext_lazy("Became commitment"), required=False)

    def __init__(self, *args: Any, commitments: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["commitments"] = commitments
        self.fields["commitment"].offer(options(commitments, lambda each: f"{each.folio} · {each.text[:80]}"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and given.get("done_on") is None and given.get("commitment") is None:
            self.add_error("done_on", _("Say on which day it was done, or which commitment it became."))
        return given

    def initial_of(self, record: Any) -> dict[str, Any]:
        return {"done_on": record.done_on, "commitment": record.commitment}
