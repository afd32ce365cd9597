"""How fast files of 100,000 proposals and 100,000 participants come in, and what they cost in memory.

    nice .venv/bin/python -m bench.imports [ROWS]            on SQLite and on a private, throw-away PostgreSQL

Each measurement is a process of its own on an empty database of its own: our engine (dry, run, the same file again), stock
django-import-export with the same columns on SLOW rows (its rate hardly depends on their number), and `bulk_create` with and
without `full_clean`. See bench/README.md.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.rows import HEADERS, write_file

#: Rows for the two slow ones; their rate hardly depends on the number. BENCH_SLOW sets another.
SLOW = int(os.environ.get("BENCH_SLOW", "5000"))
METHODS = ("ours", "again", "dry", "stock", "cleaned", "plain")


# --- one measurement, in a process of its own -------------------------------------------------------------------------


def fill() -> None:
    """What the rows refer to."""
    from tests import factories as make

    edition = make.edition(slug="banco", folio_prefix="FB")
    for n in range(1, 6):
        make.table(edition, number=n)
    for n in range(1, 31):
        make.agency(key=f"A{n}", acronym=f"A{n}")
    for n in range(1, 201):
        make.organization(key=f"ORG-{n:03}")


def ours(kind: str, path: Path, rows: int, *, dry: bool = False) -> dict[str, int]:
    from core.events import SYSTEM
    from core.imports.runner import run_import

    with path.open("rb") as file:
        return dict(run_import(kind, name="x.csv", data=file, actor=SYSTEM, dry_run=dry).counts)


def known() -> dict[str, dict[str, Any]]:
    from forum.models import Agency, Area, Edition, Organization, WorkingTable

    return {
        "edition": {"": Edition.objects.get()},
        "tables": {str(table.number): table for table in WorkingTable.objects.all()},
        "agencies": {agency.key: agency for agency in Agency.objects.all()},
        "organizations": {organization.key: organization for organization in Organization.objects.all()},
        "areas": {area.inegi: area for area in Area.objects.filter(kind="federal_entity")},
    }


def floor(kind: str, path: Path, rows: int, *, clean: bool) -> dict[str, int]:
    """`bulk_create` of the same rows: no events, no outcomes, no reasons, no look whether a record is there already."""
    from django.db import transaction

    from forum.models import Participation, Person
    from proposals.models import Proposal

    at_hand = known()
    edition = at_hand["edition"][""]

    def checked(record: Any) -> Any:
        record.refresh_derived()
        if clean:
            record.full_clean()
        return record

    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        while chunk := list(islice(reader, 1000)):
            with transaction.atomic():
                if kind == "participants":
                    people = [
                        checked(
                            Person(
                                name=row["nombre"],
                                email=row["correo"],
                                phone=row["telefono"],
                                state_of_origin=at_hand["areas"][row["estado_origen_inegi"]],
                            )
                        )
                        for row in chunk
                    ]
                    Person.objects.bulk_create(people)
                    parts = [
                        checked(
                            Participation(
                                edition=edition,
                                person=person,
                                key=row["clave"],
                                role=row["papel"],
                                organization=at_hand["organizations"][row["organizacion"]],
                                post=row["cargo"],
                            )
                        )
                        for row, person in zip(chunk, people, strict=True)
                    ]
                    Participation.objects.bulk_create(parts)
                    continue
                records = [
                    checked(
                        Proposal(
                            edition=edition,
                            folio=row["folio"],
                            table=at_hand["tables"][row["mesa"]],
                            topic=row["tema"],
                            title_es=row["titulo_es"],
                            problem_es=row["problema_es"],
                            petition_es=row["peticion_es"],
                        )
                    )
                    for row in chunk
                ]
                Proposal.objects.bulk_create(records)
                for name, header, place, column in (
                    ("addressees", "dependencias", "agencies", "agency_id"),
                    ("proponents", "proponentes", "organizations", "organization_id"),
                    ("states", "entidades", "areas", "area_id"),
                ):
                    through = getattr(Proposal, name).through
                    through.objects.bulk_create(
                        through(proposal_id=record.pk, **{column: at_hand[place][row[header]].pk})
                        for record, row in zip(records, chunk, strict=True)
                    )
    return {"created": rows}


def stock(kind: str, path: Path, rows: int) -> dict[str, int]:
    """django-import-export as its documentation shows it: one ModelResource, or two where a row is two records."""
    import tablib
    from import_export import fields, resources, widgets

    from forum.models import Agency, Area, Edition, Organization, Participation, Person, WorkingTable
    from proposals.models import Proposal

    edition = Edition.objects.get()

    def column(name: str, header: str, model: Any, key: str, *, many: bool = False) -> Any:
        widget = widgets.ManyToManyWidget(model, field=key, separator=";") if many else widgets.ForeignKeyWidget(model, key)
        return fields.Field(attribute=name, column_name=header, widget=widget, m2m_add=False)

    def plain(name: str, header: str) -> Any:
        return fields.Field(attribute=name, column_name=header)

    class OfEdition(resources.ModelResource):
        def init_instance(self, row: Any = None) -> Any:
            return self._meta.model(edition=edition)

    class Proposals(OfEdition):
        folio, topic, title = plain("folio", "folio"), plain("topic", "tema"), plain("title_es", "titulo_es")
        problem, petition = plain("problem_es", "problema_es"), plain("petition_es", "peticion_es")
        table = column("table", "mesa", WorkingTable, "number")
        addressees = column("addressees", "dependencias", Agency, "key", many=True)
        proponents = column("proponents", "proponentes", Organization, "key", many=True)
        states = column("states", "entidades", Area, "inegi", many=True)

        class Meta:
            model, import_id_fields, clean_model_instances, skip_unchanged = Proposal, ["folio"], True, True
            skip_html_diff = True
            fields = ("folio", "topic", "title", "problem", "petition", "table", "addressees", "proponents", "states")

    class People(resources.ModelResource):
        key, name, email, phone = (
            plain("key", "clave"),
            plain("name", "nombre"),
            plain("email", "correo"),
            plain("phone", "telefono"),
        )
        state = column("state_of_origin", "estado_origen_inegi", Area, "inegi")

        class Meta:
            model, import_id_fields, clean_model_instances, skip_unchanged = Person, ["key"], True, True
            skip_html_diff = True
            fields = ("key", "name", "email", "phone", "state")

    class Parts(OfEdition):
        key, role, post = plain("key", "clave"), plain("role", "papel"), plain("post", "cargo")
        organization = column("organization", "organizacion", Organization, "key")
        person = fields.Field(attribute="person", column_name="clave", widget=widgets.ForeignKeyWidget(Person, "key"))

        class Meta:
            model, import_id_fields, clean_model_instances, skip_unchanged = Participation, ["key"], True, True
            skip_html_diff = True
            fields = ("key", "role", "post", "organization", "person")

    dataset = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv")
    for each in (Proposals,) if kind == "proposals" else (People, Parts):
        result = each().import_data(dataset, raise_errors=True)
        if result.totals["new"] != rows:
            raise RuntimeError(f"{each}: {result.totals} {result.invalid_rows[:1] and result.invalid_rows[0].error}")
    return {"created": rows}


def memory(name: str) -> int:
    """`VmRSS` or `VmHWM` of this process in MB."""
    text = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith(name))) // 1024


def processor_of_server() -> float:
    """Seconds of the processor that PostgreSQL's process for this connection has used; 0 on SQLite, which is part of ours."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measure(method: str, kind: str, path: Path, rows: int) -> dict[str, Any]:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.db import connection
    from django.utils import translation

    translation.activate("es")
    work: dict[str, Callable[[], dict[str, int]]] = {
        "ours": lambda: ours(kind, path, rows),
        "again": lambda: ours(kind, path, rows),
        "dry": lambda: ours(kind, path, rows, dry=True),
        "plain": lambda: floor(kind, path, rows, clean=False),
        "cleaned": lambda: floor(kind, path, rows, clean=True),
        "stock": lambda: stock(kind, path, rows),
    }
    if method == "fill":
        fill()
        with connection.cursor() as cursor:
            # The copy is of one file.
            cursor.execute("SELECT 1" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")
        return {}
    connection.ensure_connection()
    from core.imports import runner  # noqa: F401 (what is loaded anyway counts as idle)
    from core.imports.registry import kinds

    kinds()
    idle = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    server = processor_of_server()
    started, cpu = time.perf_counter(), time.process_time()
    counts = work[method]()
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "server": processor_of_server() - server,
        "memory": memory("VmHWM") - idle,
        "counts": counts,
        "most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


# --- all of them ------------------------------------------------------------------------------------------------------


def child(*words: str, **environment: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "bench.imports", *words],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.returncode)
    return json.loads(done.stdout or "{}")


def database(name: str, room: Path, like: str = "") -> str:
    """A new database, empty or a copy of `like`; its DATABASE_URL."""
    server = os.environ.get("BENCH_SERVER")
    if not server:
        path = room / f"{name}.sqlite3"
        if like:
            shutil.copy(room / f"{like}.sqlite3", path)
        return f"sqlite:///{path}"
    import psycopg2

    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {like or 'template1'}")
    connection.close()
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def compare(rows: int, methods: tuple[str, ...] = METHODS, kinds: tuple[str, ...] = tuple(HEADERS)) -> None:
    where = "PostgreSQL" if os.environ.get("BENCH_SERVER") else "SQLite"
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        url = database("bench", room)
        more = {"DATABASE_URL": url, "VAR_DIR": str(room / "var")}
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env={**os.environ, **more}, check=True)
        child("one", "fill", "", "", "0", **more)
        for kind in kinds:
            print(f"\n{rows:,} {kind} on {where}\n")
            print(f"{'':24}{'rows':>9}{'seconds':>9}{'rows/s':>9}{'cpu s':>8}{'db cpu':>8}{'memory MB':>11}  outcomes")
            for method in methods:
                number = min(rows, SLOW if method in ("stock", "cleaned") else rows)
                path = room / f"{kind}-{number}.csv"
                if not path.exists():
                    write_file(kind, number, path)
                if method != "again":
                    url = database(f"bench_{kind}_{method}", room, "bench")
                    more = {"DATABASE_URL": url, "VAR_DIR": str(room / "var")}
                found = child("one", method, kind, str(path), str(number), **more)
                rate = number / found["seconds"]
                print(
                    f"{NAMES[method]:24}{number:>9,}{found['seconds']:>9.1f}{rate:>9,.0f}{found['cpu']:>8.1f}"
                    f"{found['server']:>8.1f}{found['memory']:>11}"
                    f"  {found['counts']}",
                    flush=True,
                )


NAMES = {
    "ours": "ours",
    "again": "ours, same file again",
    "dry": "ours, dry run",
    "stock": "stock import-export",
    "cleaned": "full_clean + bulk_create",
    "plain": "bulk_create",
}


def main(words: list[str]) -> None:
    if words[:1] == ["one"]:
        print(json.dumps(measure(words[1], words[2], Path(words[3]), int(words[4]))))
        return
    rows = int(next((word for word in words if word.isdigit()), "100000"))
    chosen = {word for word in words if not word.isdigit()}
    methods = tuple(name for name in METHODS if name in chosen) or METHODS
    kinds = tuple(name for name in HEADERS if name in chosen) or tuple(HEADERS)
    if "BENCH_SERVER" not in os.environ:
        os.environ.setdefault("DEBUG", "0")
        os.environ.setdefault("SECRET_KEY", "only-for-this-benchmark-0123456789abcdefghijklmnopqrstuvwxyz-0123456789")
        os.environ.setdefault("ALLOWED_HOSTS", "localhost")
        if "postgresql" not in chosen:
            compare(rows, methods, kinds)
        if "sqlite" not in chosen:
            program = "import os, sys; os.environ['BENCH_SERVER'] = os.environ['DATABASE_URL']; from bench.imports import main; main(sys.argv[1:])"
            subprocess.run([sys.executable, "script/postgres", sys.executable, "-c", program, *words], check=True)
    else:
        compare(rows, methods, kinds)


if __name__ == "__main__":
    main(sys.argv[1:])
