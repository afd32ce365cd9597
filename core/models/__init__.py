"""Records of the mechanism: base classes, events, ledger, folios, imports, search."""

from core.models.base import Record, Source
from core.models.event import Event
from core.models.folio import FolioCounter
from core.models.imports import ImportBatch, ImportRow
from core.models.ledger import LedgerEntry, LedgerHead
from core.models.match import MatchKey
from core.models.outbox import MailSettings, Message, Reminder, Subscription
from core.models.purge import Purge
from core.models.receipt import Receipt
from core.models.revision import Revision
from core.models.roll import RollEntry
from core.models.seal import EventSeal
from core.models.search import SearchEntry, SearchWord
from core.models.tally import TalliedFact, Tally

__all__ = [
    "Event",
    "EventSeal",
    "FolioCounter",
    "ImportBatch",
    "ImportRow",
    "LedgerEntry",
    "LedgerHead",
    "MailSettings",
    "MatchKey",
    "Message",
    "Purge",
    "Receipt",
    "Record",
    "Reminder",
    "Revision",
    "RollEntry",
    "SearchEntry",
    "SearchWord",
    "Source",
    "Subscription",
    "TalliedFact",
    "Tally",
]
