"""What a first visit costs on the wire: the page with every style sheet, font, picture and script that it names."""

import re
from functools import cache

import brotli
import pytest
from django.test import TestCase, override_settings

from core.packing import TEXT
from tests import factories as make
from tests.house.tree import ROOT
from tests.markup import elements, parse

pytestmark = pytest.mark.once

#: Of everything, and of the HTML of a list of 25, in bytes.
MOST, MOST_OF_A_LIST = 60_000, 15_000
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
URL = re.compile(r"""url\(["']?([^"')#]+)""")


@cache
def weight(address):
    """Bytes of a static file as WhiteNoise sends it to a browser of today: packed where that is text."""
    path = ROOT / "static" / address.removeprefix("/static/")
    content = path.read_bytes()
    return len(brotli.compress(content) if TEXT.match(TYPES.get(path.suffix, "")) else content)


def named_in(page):
    """Addresses of the static files that a browser fetches for a page, those that its style sheets name included."""
    found = set()
    for node, _parents in elements(parse(page)):
        fetched = node.tag in ("script", "img", "use") or node.get("rel") in ("stylesheet", "preload", "icon")
        address = (node.get("src") or node.get("href") or "").split("#")[0]
        if fetched and address:
            found.add(address)
    for sheet in [address for address in found if address.endswith(".css")]:
        text = (ROOT / "static" / sheet.removeprefix("/static/")).read_text(encoding="utf-8")
        for address in URL.findall(text):
            if not address.startswith("data:"):
                found.add("/static/" + address.removeprefix("../"))
    return found


@override_settings(PAGE_CACHE=True)
class WeightTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        edition = make.edition(stage="follow_up", name_es="Foro", name_en="Forum")
        bodies = [make.organization(name=f"Federación de clubes de migrantes número {number}") for number in range(3)]
        title = "Que los consulados atiendan en lenguas indígenas y con cita el mismo día, número"
        for number in range(26):
            proposal = make.proposal(
                edition,
                status="reviewed",
                reading="divided",
                title_es=f"{title} {number}",
                topic="Consulados",
                proponents=bodies[:2],
            )
            make.referral(proposal, make.agency())
        cls.agreement = make.agreement(edition, status="signed", proposals=[proposal])
        party = make.party(cls.agreement, make.agency())
        for _number in range(6):
            make.commitment(cls.agreement, party)
        cls.proposal = proposal

    def bytes_of(self, address):
        """(of the HTML as it is, packed, of all files beside it)."""
        plain = self.client.get(address).content
        packed = self.client.get(address, headers={"accept-encoding": "gzip, deflate, br, zstd"})
        self.assertEqual((packed.status_code, packed["Content-Encoding"]), (200, "br"))
        files = named_in(plain.decode())
        self.assertLessEqual({"/static/fonts/literata.woff2", "/static/fonts/public-sans.woff2", "/static/css/base.css"}, files)
        return len(plain), len(packed.content), sum(map(weight, files))

    def test_a_first_visit(self):
        for address in (
            "/es/",
            "/es/propuestas/",
            "/en/agreements/",
            self.agreement.get_absolute_url(),
            self.proposal.get_absolute_url(),
        ):
            with self.subTest(address):
                _plain, packed, files = self.bytes_of(address)
                self.assertLessEqual(packed + files, MOST)

    def test_a_list(self):
        plain, packed, _files = self.bytes_of("/en/proposals/")
        self.assertLessEqual(packed, MOST_OF_A_LIST)
        self.assertLessEqual(plain, 2 * MOST_OF_A_LIST)

    def test_the_pages_of_somebody_are_packed_too(self):
        self.client.force_login(make.user())
        response = self.client.get("/en/proposals/", headers={"accept-encoding": "gzip, br"})
        self.assertEqual(response["Content-Encoding"], "gzip")
