"""The look, as far as it can be counted: weight, contrast in light and dark, icons that exist, a look for every code."""

import re
from itertools import product

from django.apps import apps
from django.test import Client, SimpleTestCase, TestCase, override_settings

from agreements.listing import WORST_FIRST
from agreements.models import Agreement
from config.looks import KIND_ICONS, LOOKS
from proposals.models import Proposal
from tests import factories as make
from tests.house.tree import ROOT, templates
from tests.markup import faults

CSS = ROOT / "static" / "css"
PUBLIC_SHEETS = ("tokens", "base", "components", "forms", "print")
MOST_BYTES = 30_000
TONES = ("good", "calm", "care", "bad", "dim", "mark")
# Text on the ground that it stands on, at least 4.5 : 1 (WCAG 1.4.3).
TEXT = [
    *product(("ink", "soft", "link", "link-hover", "folio", "bad"), ("paper", "sheet", "sunk")),
    *((tone, f"{tone}-bg") for tone in TONES),
    *product(TONES, ("paper", "sheet")),
    *product(("ink",), [f"{tone}-bg" for tone in TONES]),
    *product(("on-strong",), ("link", "link-hover", "cord")),
]
# Edges of controls and marks that say something, at least 3 : 1 (WCAG 1.4.11).
EDGES = [*product(("edge", "cord", "link"), ("paper", "sheet")), ("bad", "sheet")]


def tokens():
    """{"light": {name: colour}, "dark": {…}} of tokens.css; dark takes from light what it does not say."""
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": {**found[0], **found[1]}}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def icons():
    text = (ROOT / "static" / "img" / "sprite.svg").read_text(encoding="utf-8")
    return re.findall(r'<symbol id="([\w-]+)"', text)


class StylesheetTests(SimpleTestCase):
    def test_what_a_public_page_loads_is_light(self):
        size = sum((CSS / f"{name}.css").stat().st_size for name in PUBLIC_SHEETS)
        self.assertLess(size, MOST_BYTES)

    def test_nothing_comes_from_elsewhere(self):
        for path in CSS.glob("*.css"):
            self.assertEqual(re.findall(r"@import|https?:|url\((?![\"']?\.\./)", path.read_text(encoding="utf-8")), [], path.name)

    def test_contrast(self):
        self.assertAlmostEqual(contrast("#000", "#ffffff"), 21)
        weak = {}
        for scheme, colours in tokens().items():
            for pairs, least in ((TEXT, 4.5), (EDGES, 3)):
                for front, ground in pairs:
                    ratio = contrast(colours[front], colours[ground])
                    if ratio < least:
                        weak[f"{scheme}: {front} on {ground}"] = round(ratio, 2)
        self.assertEqual(weak, {})

    def test_dark_says_every_colour_anew(self):
        text = (CSS / "tokens.css").read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
        light, dark = (set(re.findall(r"--([\w-]+):\s*#", part)) for part in text)
        self.assertEqual(light, dark)


class LookTests(SimpleTestCase):
    def test_icons_exist_once(self):
        known = icons()
        self.assertEqual(len(known), len(set(known)))
        asked = {icon for _tone, icon in LOOKS.values()} | set(KIND_ICONS.values())
        for _name, text in (each for each in templates() if each[0].endswith(".html")):
            asked |= set(re.findall(r'{% icon "([\w-]+)"', text))
        self.assertEqual(asked - set(known), set())
        self.assertEqual({tone for tone, _icon in LOOKS.values()} - set(TONES), set())

    def test_entries_of_lists_look_as_their_codes_do(self):
        """Their icons are a strip in the sprite, their colours rules of records.css: what the table says, without its markup."""
        css = (CSS / "records.css").read_text(encoding="utf-8")
        strip = re.findall(
            r'<use href="#([\w-]+)" y="(\d+)"', (ROOT / "static" / "img" / "sprite.svg").read_text(encoding="utf-8")
        )
        self.assertEqual([int(place) for _icon, place in strip], [24 * number for number in range(len(strip))])
        rules = re.findall(
            r"^((?:\.slim \.\w+(?:, )?)+) \{ (?:--tone: var\(--(\w+)\); --tone-bg: var\(--\2-bg\)|--icon: (\d+)); \}$", css, re.M
        )
        looks = {}
        for names, tone, place in rules:
            for name in re.findall(r"\.slim \.(\w+)", names):
                looks.setdefault(name, {})["tone" if tone else "icon"] = tone or strip[int(place)][0]
        shown = {
            code
            for code, _words in (*Proposal.Status.choices, *Agreement.Status.choices, *WORST_FIRST, *Proposal.Reading.choices)
        }
        shown = shown - {""} | {"none"}
        expected = {code: dict(zip(("tone", "icon"), LOOKS[code], strict=True)) for code in shown}
        expected |= {"dispute": {"tone": "bad", "icon": "divided"}, "sample": {"icon": "sample"}}
        self.assertEqual(looks, expected)

    def test_every_state_has_a_look(self):
        """Statuses, verdicts, readings, stages: whatever the tag `status` may be given."""
        fields = {"status", "verdict", "reading", "stage", "outcome", "presence"}
        codes = {
            code
            for app in ("forum", "proposals", "agreements")
            for model in apps.get_app_config(app).get_models()
            for field in model._meta.fields
            if field.name in fields
            for code, _words in field.flatchoices
            if code
        }
        self.assertEqual(codes - set(LOOKS), set())


class StyleguideTests(TestCase):
    @override_settings(DEBUG=True)
    def test_it_shows_every_component(self):
        for language in ("es", "en"):
            response = Client().get(f"/{language}/styleguide/")
            self.assertEqual((response.status_code, faults(response.content.decode())), (200, []))

    def test_only_staff_reach_it_in_production(self):
        self.assertEqual(Client().get("/en/styleguide/").status_code, 404)
        for user, status in ((make.user(), 404), (make.user(administrator=True), 200)):
            client = Client()
            client.force_login(user)
            self.assertEqual(client.get("/en/styleguide/").status_code, status)
