"""A 40-page agreement with 200 commitments as PDF and DOCX, and its page: seconds and queries, in a database of its own.

python -m bench.printed      (makes and throws away an SQLite database; the target is 2 seconds for the PDF)
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from typing import Any

COMMITMENTS, CLAUSES, TIMES = 200, 40, 5
TEXT = (
    "Las partes acuerdan que, antes del cierre del ejercicio, el Instituto instalará en los consulados que determine el comité "
    "un módulo con equipo propio, personal capacitado y horario publicado, y que las organizaciones difundirán fechas y requisitos. "
)


def fill() -> Any:
    """A signed agreement of 200 commitments, as the doors make it."""
    from agreements import workflow
    from core.events import SYSTEM
    from tests import factories as make

    edition = make.edition(slug="banco", folio_prefix="BA1", stage="agreements")
    agency, organization = make.agency(key="IFE"), make.organization(key="ORG-01")
    agreement = workflow.create_agreement(
        edition=edition,
        actor=make.user("organizer@example.org", organizer=edition),
        values={"title_es": "Acuerdo de cuarenta páginas", "background_es": TEXT * 3, "place": "Puebla"},
        parties=[{"agency": agency}, {"organization": organization}],
        clauses=[{"text_es": f"{number}. {TEXT * 2}"} for number in range(1, CLAUSES + 1)],
    )
    organizer = agreement.created_by
    lead, shared = agreement.parties.order_by("id")
    for number in range(1, COMMITMENTS + 1):
        workflow.add_commitment(
            agreement=agreement,
            actor=organizer,
            values={
                "text_es": f"Compromiso {number}: {TEXT}",
                "due_on": "2027-06-30",
                "deliverable": f"Acta de entrega {number}",
                "means_of_verification": f"Acta firmada {number}",
            },
            lead=lead,
            co_responsible=[shared],
        )
    workflow.open_for_signature(agreement=agreement, actor=organizer)
    for party in (lead, shared):
        workflow.accept(agreement=agreement, party=party, actor=SYSTEM, mode="in_person")
    return agreement


def main() -> None:
    with tempfile.TemporaryDirectory() as room:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings", DEBUG="1", VAR_DIR=room, PAGE_CACHE="0", DATABASE_URL=f"sqlite:///{room}/x"
        )
        import django

        django.setup()
        import pypdf
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection, reset_queries
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        settings.ALLOWED_HOSTS = ["*"]
        call_command("migrate", verbosity=0)
        agreement = fill()
        reset_queries()
        client = Client()
        print(f"{'':8}{'first s':>9}{'best s':>9}{'queries':>9}{'kB':>8}")
        for ending in ("/", ".pdf", ".docx"):
            address, seconds = f"/es/acuerdos/{agreement.folio}{ending}", []
            for _time in range(TIMES):
                begin = time.perf_counter()
                with CaptureQueriesContext(connection) as queries:
                    answer = client.get(address)
                seconds.append(time.perf_counter() - begin)
                assert answer.status_code == 200, answer.status_code
            print(
                f"{ending:8}{seconds[0]:9.2f}{min(seconds):9.2f}{len(queries):9}{len(answer.content) // 1024:8}",
                f"{len(pypdf.PdfReader(io.BytesIO(answer.content)).pages)} pages" if ending == ".pdf" else "",
            )


if __name__ == "__main__":
    main()
