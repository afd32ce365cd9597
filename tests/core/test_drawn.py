"""Components that are kept are those that would be drawn, and addresses those that `reverse` gives."""

from unittest import mock

from django.test import SimpleTestCase
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import override

from core.addresses import address, place
from core.drawn import drawn, forget

VALUES = {
    "folio": "A-1",
    "url": "/x/",
    "status": mark_safe("<b>s</b>"),
    "reading": "",
    "sample": "",
    "title": "<T>",
    "lang": "",
    "organizations": ("<O>",),
    "asked": 3,
    "answered": 1,
    "late": 1,
    "topic": "<t>",
    "level": 2,
}
ENTRY = "proposals/public/parts/entry.html"


class DrawnTests(SimpleTestCase):
    def setUp(self):
        forget()
        self.addCleanup(forget)

    def test_the_same_values_are_drawn_once_and_others_anew(self):
        with mock.patch("core.drawn.render_to_string", side_effect=lambda name, values: mark_safe(repr(values))) as render:
            first = drawn(ENTRY, **VALUES)
            self.assertEqual((drawn(ENTRY, **VALUES), render.call_count), (first, 1))
            for name, value in VALUES.items():
                self.assertNotEqual(drawn(ENTRY, **{**VALUES, name: f"{value}!"}), first, name)

    def test_each_language_has_its_own(self):
        with override("es"):
            spanish = drawn(ENTRY, **VALUES)
        with override("en"):
            self.assertIn("1 of 3 bodies answered", drawn(ENTRY, **VALUES))
        self.assertIn("1 de 3", spanish)

    def test_text_is_escaped_even_where_the_same_text_was_marked_as_safe(self):
        self.assertIn("<i>", drawn(ENTRY, **{**VALUES, "title": mark_safe("<i>")}))
        self.assertNotIn("<i>", drawn(ENTRY, **{**VALUES, "title": "<i>"}))
        for text in ("<T>", "<O>", "<t>"):
            self.assertNotIn(text, drawn(ENTRY, **VALUES))


class AddressTests(SimpleTestCase):
    def test_addresses_are_those_of_reverse_in_each_language(self):
        for language in ("es", "en", "es"):
            with override(language):
                for key in ("FM1-01", "a_b", "ñandú", "a b"):
                    try:
                        expected = reverse("proposal", args=[key])
                    except Exception as error:  # noqa: BLE001  the same failure is expected of both
                        self.assertRaises(type(error), address, "proposal", key)
                    else:
                        self.assertEqual(address("proposal", key), expected)
                self.assertEqual(place("proposals"), reverse("proposals"))
