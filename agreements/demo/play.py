"""Playing the demonstration: the files, the accounts, then every scene in the order of its day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import translation

from agreements.demo.edition_2011 import Edition2011
from agreements.demo.edition_sample import SampleEdition
from agreements.demo.load import load_founding_files, make_accounts
from agreements.demo.promises_sample import Promises
from agreements.demo.signing import Scene
from agreements.demo.stage import Stage
from core.events import acting_from
from core.models.base import Source, entered_as
from core.models.event import Origin
from core.outbox.writing import quiet


def play(today: dt.date | None = None) -> None:
    """Fill an empty database, all or nothing: a demonstration that was interrupted leaves an empty one.

    Days are counted from `today`, by default today in Mexico City.
    """
    with transaction.atomic(), acting_from(Origin.COMMAND), quiet(), translation.override("es"):
        load_founding_files()
        make_accounts()
        stage = Stage(today)
        with entered_as(Source.SAMPLE):
            perform(Edition2011(stage).scenes())
            sample = SampleEdition(stage)
            perform([*sample.scenes(), *Promises(sample).scenes()])


def perform(scenes: list[Scene]) -> None:
    """Play scenes in the order of their moments, so that the ledger reads as a calendar does."""
    for _moment, scene in sorted(scenes, key=lambda scene: scene[0]):
        scene()
