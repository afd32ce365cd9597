"""Fills an empty database with proposals and all that hangs on them, by copying one complete record of each kind in SQL.

The first record of a kind is made like those of the tests, so every column is there whatever the models become; the copies
differ in folio, words, dates, states and in what they belong to. While it copies, nothing is checked or indexed row by row:
foreign keys and triggers rest (`session_replication_role`; the kept figures are counted at the end), every index and unique rule is dropped and made anew at the end
in one go, which fails where the copies break a rule. A million proposals with their answers and agreements take some
two minutes.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from agreements import models as agreed
from bench.words import TEXT, WORDS
from core import rolls, search, tally
from core.models import SearchEntry, SearchWord
from core.search_engines import STRETCH
from core.stems import stems_of, tokens_of
from forum import models as forum
from proposals import models as asked
from tests import factories as make

EDITIONS, TABLES, AGENCIES, ORGANIZATIONS = 5, 5, 30, 200
#: Proposals for one agreement.
PER_AGREEMENT = 10


def word(number: str) -> str:
    """SQL for a word that depends on `number`."""
    return f"(ARRAY{list(WORDS)!r})[1 + ({number}) % {len(WORDS)}]"


TITLE = f"'propuesta de ' || {word('g')} || ' y ' || {word('g / 7 + 3')} || ' para ' || {word('g / 53 + 11')} || ' ' || g"


def copies(record: Any, number: int, where: str = "true", **columns: str) -> int:
    """Inserts copies of `record` for g = 1 … `number` with these columns as SQL; their ids are the answer plus g."""
    model = type(record)
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        base = cursor.fetchone()[0]
        columns.setdefault("id", f"{base} + g")
        names = [field.column for field in model._meta.concrete_fields]
        unknown = set(columns) - set(names)
        if unknown:
            raise ValueError(f"{model.__name__} has no {unknown}")
        chosen = ", ".join(columns.get(name) or f"t.{quote(name)}" for name in names)
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(quote, names))}) SELECT {chosen} FROM {table} t, generate_series(1, {number}) g "
            f"WHERE t.id = {record.pk} AND {where}"
        )
    return int(base)


def links(model: Any, number: int, **columns: str) -> None:
    """Rows of a many-to-many table for g = 1 … `number`."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) "
            f"SELECT {', '.join(columns.values())} FROM generate_series(1, {number}) g"
        )


@contextmanager
def unchecked() -> Iterator[None]:
    """Within this block rows go into the tables of our apps without indexes, unique rules, foreign keys and triggers; at the
    end the indexes and rules are made again, and fail if the rows break one."""
    ours = "schemaname = 'public' AND (tablename LIKE 'proposals_%' OR tablename LIKE 'agreements_%' OR tablename LIKE 'core_%')"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            f"WHERE contype = 'u' AND conrelid IN (SELECT (schemaname || '.' || tablename)::regclass FROM pg_tables WHERE {ours})"
        )
        rules = [(table, connection.ops.quote_name(name), text) for table, name, text in cursor.fetchall()]
        for table, name, _text in rules:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(
            f"SELECT indexname, indexdef FROM pg_indexes WHERE {ours} AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        indexes = cursor.fetchall()
        for name, _text in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")
        for table, name, text in rules:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}")
        for _name, text in indexes:
            cursor.execute(text)
        cursor.execute("RESET maintenance_work_mem")


def fill(number: int) -> float:
    """`number` proposals and what belongs to them; returns the seconds it took."""
    began = time.perf_counter()
    editions = [make.edition(starts_on=dt.date(2020 + each, 5, 1), stage="follow_up") for each in range(EDITIONS)]
    tables = [make.table(edition) for edition in editions for _each in range(TABLES)]
    agencies = [make.agency() for _each in range(AGENCIES)]
    organizations = [make.organization(state_of_origin=make.area()) for _each in range(ORGANIZATIONS)]
    states = list(forum.Area.objects.filter(kind="federal_entity").order_by("pk"))
    first = {"edition": editions[0].pk, "table": tables[0].pk, "agency": agencies[0].pk, "organization": organizations[0].pk}
    with unchecked():
        proposals = fill_proposals(number, first, states[0].pk)
        fill_agreements(number // PER_AGREEMENT, first, proposals)
        fill_search(asked.Proposal, "proposal", "title_es", ("propuesta", "para"), "g")
        fill_search(agreed.Agreement, "agreement", "title_es", ("acuerdo",), "g")
        fill_search(agreed.Commitment, "commitment", "left(text_es, 100)", ("compromiso",), "g")
    # Nobody else writes here.
    tally.rebuild(chunk=100_000)
    rolls.write_all()
    fill_small_kinds()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*every_model()]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began


def every_model() -> list[Any]:
    return [
        asked.Proposal,
        asked.ProposalVersion,
        asked.Referral,
        asked.Opinion,
        agreed.Agreement,
        agreed.Commitment,
    ]


def fill_proposals(number: int, first: dict[str, int], state: int) -> int:
    """Proposals with a version, two referrals, and an opinion on three referrals of four. Returns the base of their ids."""
    edition = forum.Edition.objects.get(pk=first["edition"])
    texts = {"problem_es": TEXT, "petition_es": TEXT, "expected_result_es": TEXT[:300], "topic": "voto"}
    model = make.proposal(edition, status="reviewed", reading="feasible", title_es="Propuesta modelo", **texts)
    version = model.versions.get()
    referral = make.referral(model, forum.Agency.objects.get(pk=first["agency"]), status="answered", answered_at=timezone.now())
    opinion = make.opinion(referral, reasons=TEXT, soundness_text=TEXT[:200])
    criteria = [
        asked.CriterionAssessment.objects.create(opinion=opinion, criterion=each, value="reservations", reason=TEXT[:200])
        for each, _words in asked.CriterionAssessment.Criterion.choices
    ]
    moment = "now() - g * interval '1 minute'"
    proposals = copies(
        model,
        number,
        folio="'B' || lpad(g::text, 7, '0')",
        edition_id=f"{first['edition']} + g % {EDITIONS}",
        table_id=f"{first['table']} + (g % {EDITIONS}) * {TABLES} + g / 5 % {TABLES}",
        title_es=TITLE,
        folded=f"'b' || lpad(g::text, 7, '0') || ' ' || {TITLE}",
        status="(ARRAY['submitted', 'in_review', 'reviewed', 'reviewed', 'agreed'])[1 + g % 5]",
        reading="(ARRAY['', 'waiting', 'feasible', 'divided', 'conditional'])[1 + g % 5]",
        topic=word("g / 3"),
        created_at=moment,
        updated_at=moment,
        published_at=moment,
    )
    versions = copies(
        version, number, proposal_id=f"{proposals} + g", folio="'B' || lpad(g::text, 7, '0') || '.1'", title_es=TITLE, at=moment
    )
    referrals = copies(
        referral,
        2 * number,
        version_id=f"{versions} + (g + 1) / 2",
        agency_id=f"{first['agency']} + ((g + 1) / 2 * 7 + g % 2 * 11) % {AGENCIES}",
        folio="'B' || lpad(((g + 1) / 2)::text, 7, '0') || '.1-R' || g % 2",
        status="CASE WHEN g % 4 = 0 THEN 'pending' ELSE 'answered' END",
        answered_at="CASE WHEN g % 4 = 0 THEN NULL ELSE t.answered_at END",
    )
    opinions = copies(
        opinion,
        2 * number,
        where="g % 4 <> 0",
        referral_id=f"{referrals} + g",
        folio="'B' || lpad(((g + 1) / 2)::text, 7, '0') || '.1-R' || g % 2 || '-D1'",
        verdict="(ARRAY['feasible', 'conditional', 'not_feasible', 'addressed'])[1 + g / 4 % 4]",
        issued_at=moment,
        released_at=moment,
    )
    for row in criteria:
        # All criteria of every fiftieth opinion: more rows would only take longer to write.
        copies(row, 2 * number, where="g % 4 <> 0 AND (g < 400 OR g % 50 = 1)", opinion_id=f"{opinions} + g")
    through = asked.Proposal
    of = {"proposal_id": f"{proposals} + g"}
    links(through.proponents.through, number, **of, organization_id=f"{first['organization']} + g % {ORGANIZATIONS}")
    links(through.addressees.through, number, **of, agency_id=f"{first['agency']} + g * 7 % {AGENCIES}")
    links(through.states.through, number, **of, area_id=f"{state} + g % 32")
    return proposals


def fill_agreements(number: int, first: dict[str, int], proposals: int) -> None:
    """Signed agreements of a body and an organization with four clauses and four commitments, three of them reported on."""
    edition = forum.Edition.objects.get(pk=first["edition"])
    model = make.agreement(edition, status="signed", title_es="Acuerdo modelo", background_es=TEXT)
    version = model.versions.get()
    clauses = [make.clause(model, text_es=TEXT[:300]) for _each in range(4)]
    agency = make.party(model, forum.Agency.objects.get(pk=first["agency"]))
    organization = make.party(model, forum.Organization.objects.get(pk=first["organization"]))
    promised = [make.commitment(model, agency, text_es=TEXT[:200]) for _each in range(4)]
    reports = [make.report(each, agency, narrative_es=TEXT[:300]) for each in promised[:3]]
    moment = "now() - g * interval '10 minutes'"
    folio = "'BA' || lpad(g::text, 7, '0')"
    agreements = copies(
        model,
        number,
        folio=folio,
        edition_id=f"{first['edition']} + g % {EDITIONS}",
        title_es=f"'acuerdo de ' || {word('g')} || ' y ' || {word('g / 7')} || ' ' || g",
        folded=f"'ba' || lpad(g::text, 7, '0') || ' acuerdo de ' || {word('g')} || ' y ' || {word('g / 7')} || ' ' || g",
        topic=word("g / 3"),
        created_at=moment,
        updated_at=moment,
        published_at=moment,
        signed_at=moment,
    )
    of = {"agreement_id": f"{agreements} + g"}
    versions = copies(version, number, **of, folio=f"{folio} || '.1'", opened_at=moment, signed_at=moment)
    for clause in clauses:
        copies(clause, number, version_id=f"{versions} + g")
    bodies = copies(agency, number, **of, agency_id=f"{first['agency']} + g % {AGENCIES}")
    copies(organization, number, **of, organization_id=f"{first['organization']} + g % {ORGANIZATIONS}")
    bases = [
        copies(
            each,
            number,
            **of,
            folio=f"{folio} || '-C{place}'",
            lead_id=f"{bodies} + g",
            due_on=f"current_date + ((g * 37 + {place} * 101) % 900 - 300)",
            original_due_on=f"current_date + ((g * 37 + {place} * 101) % 900 - 300)",
            reported_status=f"(ARRAY['fulfilled', 'in_progress', 'in_progress', ''])[1 + (g + {place}) % 4]",
        )
        for place, each in enumerate(promised, start=1)
    ]
    for place, (row, base) in enumerate(zip(reports, bases, strict=False), start=1):
        mine = {"commitment_id": f"{base} + g", "party_id": f"{bodies} + g", "folio": f"{folio} || '-C{place}-I1'"}
        copies(row, number, **mine, reported_at=moment)
    links(agreed.Agreement.proposals.through, number, **of, proposal_id=f"{proposals} + g * {PER_AGREEMENT} - 1")


def fill_search(model: Any, kind: str, title: str, constant: tuple[str, ...], number: str) -> None:
    """Entries of the search box with the words, stems, title tokens and marks that `core.search_engines` writes.

    `title`: the column; its words are `constant`, then three of `WORDS` by `number` (SQL), then `number` itself. Every
    third entry holds the words of `TEXT` as well: a very common word is one that a third of all records hold.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    key = model.KEY
    base = SearchEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    chosen = " || ' ' || ".join(
        f"replace(({array(vector_words)})[1 + ({place}) % {len(WORDS)}], '$', '{at}')"
        for at, place in enumerate((number, f"{number} / 7 + 3", f"{number} / 53 + 11"), start=11)
    )
    first = " ".join(vector_words(word).replace("$", str(at)) for at, word in enumerate(constant, start=2))
    marks = " || ' ' || ".join(
        f"$q$'#x$q$ || left(encode(sha256(convert_to({text}, 'UTF8')), 'hex'), 24) || $q$'$q$"
        for text in (f"lower({key})", title)
    )
    stretch = f"$q$'@{STRETCH}:$q$ || ({base} + n >> {STRETCH}) || $q$'$q$"
    vector = (
        f"$q${first} '@{kind}' $q$ || {chosen} || $q$ '$q$ || lower({key}) || $q$':1 '=$q$ || lower({key}) || $q$' '$q$ || {number} "
        f"|| $q$':15 '=$q$ || {number} || $q$' $q$ || {marks} || ' ' || {stretch} "
        f"|| CASE WHEN {number} % 3 = 0 THEN $q$ {body_tokens()}$q$ ELSE '' END"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_searchentry (id, kind, model, record_id, record_key, title_es, title_en, summary_es, summary_en, "
            f"names, is_sample, tokens, vector) SELECT {base} + n, '{kind}', '{model._meta.label_lower}', id, {key}, {title}, '', "
            f"left({title}, 200), '', {key}, false, {title}, ({vector})::tsvector FROM "
            f"(SELECT *, row_number() OVER (ORDER BY id) AS n, id - 1 AS g FROM {table}) t"
        )


def vector_words(word: str) -> str:
    """A word of a title in a tsvector: in place `$`, its stems, and both as tokens of the title."""
    stems = stems_of(word)
    return " ".join([f"'{word}':$", *(f"'{stem}'" for stem in stems), *(f"'={token}'" for token in (word, *stems))])


def body_tokens() -> str:
    found = tokens_of(TEXT[:200])
    words = [f"'{word}':{place}" for place, (word, _stems) in enumerate(found, start=30)]
    return " ".join([*words, *sorted({f"'{stem}'" for _word, stems in found for stem in stems})])


def array(form: Any) -> str:
    return "ARRAY[" + ", ".join(f"$q${form(word)}$q$" for word in WORDS) + "]"


def fill_small_kinds() -> None:
    """The bodies and editions by the ordinary way, and the words by which beginnings are found."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('core_searchentry', 'id'), (SELECT max(id) FROM core_searchentry))")
    for model in (forum.Agency, forum.Organization, forum.Edition):
        for record in model.objects.all():
            search.refresh(record)
    words = {word for text in (TEXT, *WORDS, "propuesta acuerdo compromiso para") for word, _stems in tokens_of(text)}
    SearchWord.objects.bulk_create([SearchWord(word=word) for word in sorted(words) if len(word) > 3])
