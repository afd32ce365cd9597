"""The site as a whole: public pages set no cookie, are valid, speak both languages, survive nonsense, and say what is so."""

import base64
import datetime as dt
import itertools
import json
from hashlib import sha256

import pytest
from django.db import connection, transaction
from django.test import RequestFactory, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import translate_url
from django.utils.translation import override

from config.errors import server_error
from config.pages.views import start_of
from core import ledger, search
from tests import factories as make
from tests.markup import elements, faults, parse, words
from tests.sweep import DATA, LISTS, PAGES, CanaryWorld, searched

LANGUAGES = ("es", "en")
ENTRANCE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/done/")


def translated(page, language):
    with override("en"):
        return translate_url(f"/en{page}", language)


@pytest.mark.once
@override_settings(PAGE_CACHE=True)
class AnonymousTests(CanaryWorld, TestCase):
    def test_public_pages_set_no_cookie_and_anybody_may_keep_them(self):
        for language in LANGUAGES:
            for page in (*PAGES, *DATA, *(f"{each}?q=x&order=name&zzz=1" for each in LISTS)):
                with self.subTest(page=page, language=language):
                    response = self.client.get(translated(page, language))
                    self.assertEqual((response.status_code, dict(response.cookies)), (200, {}))
                    self.assertEqual(response["Cache-Control"], "public, no-cache")
                    self.assertFalse(response.wsgi_request.session.accessed)

    def test_missing_pages_set_no_cookie_either(self):
        response = self.client.get("/en/organizations/NOPE/")
        self.assertEqual((response.status_code, dict(response.cookies)), (404, {}))
        self.assertFalse(response.wsgi_request.session.accessed)

    def test_a_signed_in_reader_gets_pages_that_nobody_keeps(self):
        self.client.force_login(make.user())
        for page in PAGES:
            response = self.client.get(f"/en{page}")
            self.assertIn("private", response["Cache-Control"], page)
            self.assertIn("no-store", response["Cache-Control"], page)
            self.assertIn("/en/workspace/", response.content.decode(), page)

    def test_an_anonymous_reader_is_offered_to_sign_in(self):
        page = self.client.get("/en/").content.decode()
        self.assertIn("/en/accounts/login/", page)
        self.assertNotIn("csrfmiddlewaretoken", page)


@pytest.mark.once
class MarkupTests(CanaryWorld, TestCase):
    def test_every_page_is_valid_in_both_languages(self):
        filtered = (
            "/organizations/?q=%22%3Cscript%3E&kind=nope&order=x",
            "/search/?q=%3Cb%3E&kind=agency",
            "/progress/?light=late",
        )
        for language in LANGUAGES:
            paths = [translated(page, language) for page in (*PAGES, *ENTRANCE, *filtered)]
            for path in (*paths, f"/{language}/nope/", f"{translated('/organizations/', language)}NOPE/"):
                with self.subTest(path=path):
                    response = self.client.get(path)
                    self.assertEqual(faults(response.content.decode()), [])
                    self.assertIn(f'<html lang="{language}">', response.content.decode())

    def test_every_page_leads_to_itself_in_the_other_language(self):
        for page in PAGES:
            here, there = translated(page, "en"), translated(page, "es")
            tree = parse(self.client.get(here).content.decode())
            links = [node for node, _parents in elements(tree) if node.tag == "a" and node.get("hreflang") == "es"]
            self.assertEqual([node.get("href") for node in links], [there], page)
            self.assertEqual(self.client.get(there).status_code, 200, there)

    def test_canonical_and_alternate_addresses(self):
        for page in PAGES:
            tree = parse(self.client.get(f"/en{page}").content.decode())
            head = {
                (node.get("rel"), node.get("hreflang")): node.get("href")
                for node, _parents in elements(tree)
                if node.tag == "link" and node.get("rel") in ("canonical", "alternate") and not node.get("type")
            }
            robots = [node.get("content") for node, _parents in elements(tree) if node.get("name") == "robots"]
            if "?" in page:
                self.assertEqual((head, robots), ({}, ["noindex, follow"]), page)
                continue
            self.assertEqual(head[("canonical", None)], f"http://testserver/en{page}", page)
            self.assertEqual({key[1] for key in head if key[0] == "alternate"}, {"es", "en"}, page)
            self.assertEqual(robots, [], page)

    def test_the_navigation_is_complete_and_marks_where_one_is(self):
        tree = parse(self.client.get("/en/agencies/IFE/").content.decode())
        links = [
            (node.get("href"), node.get("aria-current"))
            for node, parents in elements(tree)
            if node.tag == "a" and any(parent.get("class") == "site-nav" for parent in parents)
        ]
        names = ("agreements", "progress", "proposals", "meetings", "organizations", "agencies", "forums")
        self.assertEqual(links, [(f"/en/{name}/", "page" if name == "agencies" else None) for name in names])

    def test_titles_differ(self):
        titles = [words(parse(self.client.get(f"/en{page}").content.decode()).find("head/title")) for page in PAGES]
        self.assertEqual(len(set(titles)), len(titles), titles)


class HostileTests(CanaryWorld, TestCase):
    NAMES = ("q", "edition", "kind", "state", "order", "after", "level", "role", "light", "agency", "organization", "stage")
    VALUES = (
        *("", "%00", "-1", "9" * 400, "1e309", "NaN", "null", "' OR 1=1--", "%FF%FE", "\u202e", "{{7*7}}", "%", "_", "\\"),
        *('"', '""', '"a', "a*", "NEAR(a b)", "a AND", "^", ":", "=1+1", "é" * 300, "WyJ4Il0", "W10", "W1tdXQ", "../..", "ñ"),
    )

    def test_no_parameter_breaks_a_list(self):
        for page, value in itertools.product(LISTS, self.VALUES):
            for names in (self.NAMES, ("q",), ("after",)):
                query = "&".join(f"{name}={value}" for name in names)
                response = self.client.get(f"/en{page}?{query}")
                self.assertIn(response.status_code, (200, 400), (page, names, value))

    def test_nul_is_refused_with_a_sentence(self):
        for path in ("/en/proposals/?q=%00", "/en/agencies/%00/"):
            with self.subTest(path):
                self.assertContains(self.client.get(path), "a character that no text has", status_code=400)

    def test_repeated_listed_and_overlong_parameters(self):
        for page in LISTS:
            for query in ("q=a&q=b", "q[]=a", "q[a]=1", "&".join(f"x{n}=1" for n in range(900)), "after=" + "A" * 3000):
                self.assertIn(self.client.get(f"/en{page}?{query}").status_code, (200, 414), (page, query[:30]))
            self.assertEqual(self.client.get(f"/en{page}?q={'a' * 9000}").status_code, 414, page)

    def test_what_is_typed_comes_back_as_text(self):
        for page in LISTS:
            text = self.client.get(
                f"/en{page}", {"q": '"><script>alert(1)</script>', "kind": "<b>", "order": "<i>"}
            ).content.decode()
            self.assertNotIn("<script>alert", text, page)
            self.assertNotIn("<b>", text, page)
            self.assertNotIn("<i>", text, page)


@pytest.mark.once
class HomeTests(CanaryWorld, TestCase):
    def test_it_says_how_the_current_forum_stands(self):
        context = self.client.get("/en/").context
        self.assertEqual(context["edition"], self.edition)
        self.assertEqual([(figure.code, figure.number) for figure in context["lights"]], [("on_time", 1), ("late", 1)])
        self.assertEqual([commitment.text_es for commitment in context["late"]], ["Compromiso vencido"])
        self.assertEqual(context["late"][0].days, (self.edition.today() - dt.date(2026, 4, 1)).days)
        self.assertEqual([agreement.title_es for agreement in context["agreements"]], ["Acuerdo abierto"])
        self.assertEqual([meeting.title_es for meeting in context["meetings"]], ["Reunión abierta"])
        self.assertEqual([(body.agency, body.number) for body in context["silent"]], [(self.agency, 1)])
        self.assertEqual(context["proposals"], 1)

    def test_a_body_that_is_asked_to_wait_is_not_silent(self):
        type(self.referral).objects.filter(pk=self.referral.pk).update(paused_on=dt.date(2026, 3, 20))
        self.assertEqual(self.client.get("/en/").context["silent"], [])

    def test_a_body_that_never_sits_at_the_table_is_not_silent(self):
        type(self.agency).objects.filter(pk=self.agency.pk).update(never_answers=True)
        self.assertEqual(self.client.get("/en/").context["silent"], [])

    def test_each_figure_leads_to_as_many_commitments(self):
        for figure in self.client.get("/en/").context["lights"]:
            listing = self.client.get(figure.url.partition("#")[0]).context["listing"]
            self.assertEqual((listing.count, listing.exact), (figure.number, True), figure.url)

    def test_without_any_forum(self):
        type(self.edition).objects.update(stage="preparation")
        response = self.client.get("/en/")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(faults(response.content.decode()), [])


class ProgressTests(CanaryWorld, TestCase):
    def folios(self, query=""):
        return [row.folio for row in self.client.get(f"/en/progress/{query}").context["listing"]]

    def test_the_list_of_commitments(self):
        first, second = (f"{self.agreement.folio}-C{number}" for number in (1, 2))
        for query, folios in (
            ("", [first, second]),
            ("?light=late", [first]),
            ("?light=on_time", [second]),
            ("?agency=IFE", [first]),
            ("?organization=ORG-01", [second]),
            ("?q=vencido", [first]),
            ("?edition=foro-abierto", [first, second]),
            ("?state=MX-ZAC", []),
        ):
            self.assertEqual(self.folios(query), folios, query)

    def test_commitments_without_a_date_come_last_and_paging_reaches_them(self):
        party = self.agreement.parties.first()
        for _each in range(30):
            make.commitment(self.agreement, party, due_on=None, original_due_on=None)
        first = self.client.get("/en/progress/").context["listing"]
        second = self.client.get(f"/en/progress/?after={first.page.after}").context["listing"]
        found = [row.folio for row in [*first, *second]]
        self.assertEqual((len(found), len(set(found))), (32, 32))
        self.assertEqual([row.due_on is None for row in first], [False] * 2 + [True] * 23)

    def test_a_forged_mark_gives_the_first_page(self):
        for values in (["x", "y"], ["2026-13-45", "y"], [1, 2], ["99999-01-01", "z"]):
            mark = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
            listing = self.client.get(f"/en/progress/?after={mark}").context["listing"]
            self.assertTrue(listing.page.broken, values)


class SearchTests(CanaryWorld, TestCase):
    def find(self, **query):
        return self.client.get("/en/search/", query)

    def test_each_kind_leads_to_its_record(self):
        make.antecedent(name_es="Antecedente abierto")
        search.rebuild(searched())
        urls = {result.kind: result.url for result in self.find(q="abierto").context["results"]}
        urls |= {result.kind: result.url for result in self.find(q="abierta").context["results"]}
        urls |= {result.kind: result.url for result in self.find(q="compromiso").context["results"]}
        urls |= {result.kind: result.url for result in self.find(q="instituto").context["results"]}
        urls |= {result.kind: result.url for result in self.find(q="consiente").context["results"]}
        self.assertEqual(
            set(urls),
            {
                "agreement",
                "proposal",
                "commitment",
                "meeting",
                "agency",
                "organization",
                "edition",
                "antecedent",
                "participant",
            },
        )
        for url in urls.values():
            self.assertEqual(self.client.get(url.partition("#")[0]).status_code, 200, url)

    def test_narrowed_to_a_kind_the_counts_stay(self):
        everything, one = self.find(q="abierta"), self.find(q="abierta", kind="organization")
        self.assertEqual(one.context["kinds"], everything.context["kinds"])
        self.assertEqual({result.kind for result in one.context["results"]}, {"organization"})
        self.assertEqual(self.find(q="abierta", kind="nope").context["total"], everything.context["total"])

    def test_pages_of_results(self):
        for number in range(45):
            make.organization(name=f"Club {number}")
        search.rebuild(searched())
        seen, after = [], ""
        while after is not None:
            context = self.find(q="club", after=str(after)).context
            seen += [result.key for result in context["results"]]
            after = context["after"]
        self.assertEqual((len(seen), len(set(seen))), (45, 45))
        self.assertEqual([start_of(mark, 45) for mark in ("", "20", "45", "-1", "x", "²", "99999")], [0, 20, 0, 0, 0, 0, 0])

    def test_proposals_and_agreements_say_how_they_stand(self):
        make.proposal(make.edition(), status="reviewed", reading="divided", title_es="Padrón de lectura")
        search.rebuild(searched())
        (result,) = self.find(q="padron de lectura").context["results"]
        self.assertEqual((result.record.status, result.record.reading), ("reviewed", "divided"))
        page = self.find(q="padron de lectura")
        self.assertContains(page, "divided")
        kinds = {result.kind for result in self.find(q="abierto").context["results"] if result.record is not None}
        self.assertEqual(kinds, {"proposal", "agreement"} & {result.kind for result in self.find(q="abierto").context["results"]})

    def test_matching_words_are_marked(self):
        self.assertIn("<mark>abierta</mark>", self.find(q="ABIERTÁ").content.decode())


class LedgerTests(TestCase):
    def test_the_ledger_can_be_checked_from_what_is_handed_out(self):
        with transaction.atomic():
            for number in range(30):
                ledger.append("proposal version", f"F-{number}", {"n": number})
        lines = b"".join(self.client.get("/en/verify/ledger.jsonl").streaming_content).decode().splitlines()
        previous = ""
        for line in lines:
            self.assertEqual(json.loads(line)["previous"], previous)
            previous = sha256(line.encode()).hexdigest()
        page = self.client.get("/en/verify/")
        self.assertEqual((len(lines), page.context["head"].sha256), (30, previous))
        self.assertIn(previous, page.content.decode())
        self.assertEqual(len(page.context["page"]), 25)
        following = self.client.get(f"/en/verify/?after={page.context['page'].after}").context["page"]
        self.assertEqual([entry.number for entry in following], [5, 4, 3, 2, 1])


@pytest.mark.once
class QueryTests(CanaryWorld, TestCase):
    PATHS = ("/en/", "/en/progress/", "/en/search/?q=abierta&kind=proposal", "/en/search/?q=abierta&kind=organization")

    def count(self, path):
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.client.get(path).status_code, 200, path)
        return len(queries)

    def test_pages_cost_the_same_however_many_records_there_are(self):
        first = self.agreement.commitments.first()
        first.co_responsible.set(self.agreement.parties.exclude(pk=first.lead_id))
        few = {path: self.count(path) for path in self.PATHS}
        for number in range(29):
            agency, organization = make.agency(), make.organization(name=f"Federación abierta {number}")
            proposal = make.proposal(self.edition, status="in_review", title_es="Propuesta abierta", proponents=[organization])
            make.referral(proposal, agency, due_on=dt.date(2026, 3, 30))
            agreement = make.agreement(self.edition, status="signed", title_es="Acuerdo abierto", proposals=[proposal])
            parties = make.party(agreement, organization), make.party(agreement, agency)
            make.commitment(agreement, parties[1], due_on=dt.date(2026, 4, 2)).co_responsible.add(parties[0])
            make.meeting(self.edition, starts_at=dt.datetime(2099, 2, 5, 16, tzinfo=dt.UTC))
        search.rebuild(searched())
        many = {path: self.count(path) for path in self.PATHS}
        # The list on the progress page no longer fits, so it is counted.
        few["/en/progress/"] += 1
        self.assertEqual(many, few)


class ErrorTests(TestCase):
    def test_errors_are_pages_in_the_language_of_the_address(self):
        self.assertContains(self.client.get("/en/nope/"), "There is no such page", status_code=404)
        self.assertIn('<html lang="es">', self.client.get("/es/nope/").content.decode())

    def test_a_forged_host_is_refused_without_asking_for_it_again(self):
        with self.settings(ALLOWED_HOSTS=["acuerda.example.org"]):
            response = self.client.get("/en/", HTTP_HOST="evil.example.com")
        self.assertEqual(response.status_code, 400)
        self.assertEqual(faults(response.content.decode()), [])
        self.assertNotIn("evil", response.content.decode())

    def test_a_failure_is_told_in_both_languages_without_the_database(self):
        with self.assertNumQueries(0):
            response = server_error(RequestFactory().get("/en/"))
        text = response.content.decode()
        self.assertEqual((response.status_code, faults(text)), (500, []))
        self.assertIn("Algo falló", text)
        self.assertIn("Something failed", text)

    def test_a_form_without_its_token(self):
        strict = self.client_class(enforce_csrf_checks=True)
        response = strict.post("/en/accounts/login/", {"login": "x@example.org", "password": "x"})
        self.assertContains(response, "The form could not be taken", status_code=403)


class EntranceTests(TestCase):
    def test_nobody_signs_up(self):
        page = self.client.get("/en/accounts/signup/").content.decode()
        self.assertIn("No open sign-up", page)
        self.assertNotIn("<form class", page.replace('<form class="search-form', ""))

    def test_a_wrong_password_is_said_beside_the_form(self):
        make.user("who@example.org")
        response = self.client.post("/en/accounts/login/", {"login": "who@example.org", "password": "wrong"})
        text = response.content.decode()
        self.assertEqual(faults(text), [])
        self.assertIn('role="alert"', text)
        self.assertIn('value="who@example.org"', text)

    def test_signing_in_leads_to_the_workspace(self):
        make.user("who@example.org")
        response = self.client.post("/en/accounts/login/", {"login": "who@example.org", "password": make.PASSWORD})
        self.assertRedirects(response, "/en/workspace/", fetch_redirect_response=False)

    def test_the_own_account(self):
        self.client.force_login(make.user())
        account = ("/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/")
        for path in (translated(page, language) for page in account for language in LANGUAGES):
            response = self.client.get(path, follow=True)
            self.assertEqual((response.status_code, faults(response.content.decode())), (200, []), path)
