"""The sheet of the last forum: sent, its columns and names said, two cells mended by keyboard, and in, without a script."""

from __future__ import annotations

from playwright.sync_api import expect

from core.imports.candidates import learn
from core.models import ImportBatch
from forum.models import Organization
from tests import factories as make
from tests.browser.case import BrowserCase
from tests.desk import at

SHEET = (
    "Relación de organizaciones (versión 3);;;;\r\n;;;;\r\nClave;Nombre de la organización;Tipo;Federación;CURP\r\n"
    "N-1;Fed. Zacatecana de muestra;Federacion;;\r\nN-2;Club de muestra de Jalpa;Sin iniciar;FEDERACION MUESTRA DE ZAC.;\r\n"
    "ORG-02;Federación de muestra;federación;;\r\nN-3;Club sin tipo;nada;NADIE;GODE561231HDFRRN09\r\n"
)


class ImportJourney(BrowserCase):
    def test_from_the_sheet_to_the_records(self) -> None:
        edition = make.edition(slug="foro-mexico-2011", stage="intake")
        learn(make.organization(key="ORG-01", name="Federación Zacatecana de Muestra"))
        make.organization(key="ORG-02", name="Federación de muestra", city="Chicago")
        self.sign_in(make.user(organizer=edition))
        page = self.page
        self.open(at("import_new", "organizations").replace("/en/workspace/imports/new/", "/es/espacio/importaciones/nueva/"))
        assert self.audit() == []
        page.set_input_files(
            "input[type=file]", files=[{"name": "lista.csv", "mimeType": "text/csv", "buffer": SHEET.encode("cp1252")}]
        )
        with page.expect_navigation():
            page.locator("form.form [type=submit]").first.click()
        expect(page.locator("body")).to_contain_text("Windows-1252")
        assert self.audit() == []
        # Who is meant, what a word and a name stand for, and a cell mended: all by keyboard, in one go.
        page.locator("#decide-4-1").focus()
        page.keyboard.press("Space")
        page.get_by_label("¿A qué corresponde «Sin iniciar»?").select_option("club de oriundos")
        page.get_by_label("¿A qué corresponde «FEDERACION MUESTRA DE ZAC.»?").select_option("ORG-01")
        page.locator("#cell-7-2").fill("club")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "1 nueva" in page.locator("[role=status]").inner_text() or "1 nuevas" in page.locator("[role=status]").inner_text()
        page.locator("button[name=show][value=updated]").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator(".import-row").count() >= 1
        assert self.audit() == []
        with page.expect_navigation():
            page.locator("button[value=import]").click()
        batch = ImportBatch.objects.get()
        assert (batch.created, batch.quarantined, batch.rows) == (1, 1, 4)
        made = Organization.objects.get(key="N-2")
        assert (made.kind, made.parent and made.parent.key) == ("hometown_club", "ORG-01")
        assert not Organization.objects.filter(key="N-1").exists()
