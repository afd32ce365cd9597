"""Lists as files: the same rows as the page, columns that say their names in both languages, and nothing that is not public."""

import csv
import io
from unittest import mock

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from agreements import public_tables as agreed
from core.imports.guard import guard
from core.imports.registry import kinds
from forum import public_tables as forum
from proposals import public_tables as asked
from tests import factories as make
from tests.chain import ChainWorld

#: Page and file of each list, and the column that names the record.
LISTS = {
    "/en/proposals/": ("proposals.csv", "folio", "folio"),
    "/en/antecedents/": ("antecedents.csv", "key", "key"),
    "/en/agreements/": ("agreements.csv", "folio", "folio"),
    "/en/meetings/": ("meetings.csv", "folio", "folio"),
    "/en/forums/": ("forums.csv", "key", "slug"),
    "/en/organizations/": ("organizations.csv", "key", "key"),
    "/en/agencies/": ("agencies.csv", "key", "key"),
    "/en/participants/": ("participants.csv", "name", "public_name"),
    "/en/progress/": ("commitments.csv", "folio", "folio"),
}


class PublicTableTests(ChainWorld, TestCase):
    def read(self, address):
        response = self.client.get(address)
        self.assertEqual(response.status_code, 200, address)
        self.assertEqual(response["Content-Type"], "text/csv; charset=utf-8")
        self.assertIn("no-store", response["Cache-Control"])
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def test_the_rows_are_those_of_the_list(self):
        for page, (name, column, attribute) in LISTS.items():
            for query in ("", "?q=propia", "?order=newest", "?kind=federation", "?light=late", "?agency=IFE", "?status=nonsense"):
                with self.subTest(page=page, query=query):
                    listing = self.client.get(page + query).context["listing"]
                    listed = [str(getattr(record, attribute)) for record in listing]
                    self.assertEqual(sorted(row[column] for row in self.read(f"{page}{name}{query}")), sorted(listed))

    def test_a_file_ends_at_its_limit(self):
        whole = self.read("/en/proposals/proposals.csv")
        self.assertGreater(len(whole), 1)
        with mock.patch("core.public_tables.MOST_ROWS", 1), mock.patch("core.public_tables.CHUNK", 1):
            self.assertEqual(self.read("/en/proposals/proposals.csv"), whole[:1])

    def test_the_list_leads_to_its_file(self):
        for page, (name, *_rest) in LISTS.items():
            html = self.client.get(f"{page}?order=folio&filters=open").content.decode()
            self.assertIn(f'href="{page}{name}?order=folio"', html)

    def test_headers_follow_the_language(self):
        addresses = ("/en/proposals/proposals.csv", "/es/propuestas/propuestas.csv")
        self.assertEqual(
            [list(self.read(address)[0])[:5] for address in addresses],
            [["edition", "folio", "table", "topic", "title_es"], ["foro", "folio", "mesa", "tema", "titulo_es"]],
        )

    def test_no_cell_is_a_formula(self):
        make.organization(key="EVIL", name="=HYPERLINK(1)", city="@x")
        row = next(row for row in self.read("/en/organizations/organizations.csv") if row["key"] == "EVIL")
        self.assertEqual((row["name"], row["city"]), (guard("=HYPERLINK(1)"), guard("@x")))
        self.assertEqual(row["name"][0], "'")

    def cost(self, address):
        with CaptureQueriesContext(connection) as queries:
            self.read(address)
        return len(queries)

    def test_the_same_cost_for_one_row_and_for_thirty(self):
        address = "/en/agreements/agreements.csv"
        before = self.cost(address)
        for _each in range(30):
            make.party(make.agreement(self.edition, status="signed", proposals=[self.proposal]), self.agency)
        self.assertEqual(self.cost(address), before)

    def test_participants_are_named_by_consent_only(self):
        hidden = make.participation(
            self.edition, organization=self.organization, person=make.person(name="Secreto"), post="Puesto secreto"
        )
        rows = self.read("/en/participants/participants.csv")
        self.assertEqual(
            set(rows[0]), {"edition", "name", "role", "post", "organization", "agency", "state_of_origin_inegi", "source"}
        )
        self.assertNotIn("ecreto", str(rows))
        self.assertIn(hidden.public_name, [row["name"] for row in rows])

    def test_every_column_is_one_of_the_exports(self):
        tables = [agreed.AGREEMENTS, agreed.COMMITMENTS, agreed.MEETINGS, asked.PROPOSALS, asked.ANTECEDENTS]
        tables += [forum.EDITIONS, forum.ORGANIZATIONS, forum.AGENCIES, forum.PARTICIPANTS]
        private = {"email", "phone", "speakers", "representatives", "link", "invited", "people", "person", "show_name"}
        for table in tables:
            known = {name for name, column in kinds()[table.kind](actor=None).fields.items() if not column.hidden}
            self.assertEqual((set(table.names) - known, set(table.names) & private), (set(), set()), table.kind)
