"""Drawings of counts: geometry that adds up, tables that say the same, markup that speaks."""

import doctest
import re
from importlib import import_module
from itertools import pairwise
from xml.etree import ElementTree

from django.template.loader import render_to_string
from django.test import SimpleTestCase
from django.utils import translation

from core.charts import Kind, Row, Square, flow, lines, stacked_bars, tile_map
from core.charts.base import place
from forum.reference.tiles import MEXICO

GOOD, BAD, NONE = Kind("good", "kept", "good", url="/kept/"), Kind("bad", "late", "bad", "stripes"), Kind("none", "void")


def bars(*rows, kinds=(GOOD, BAD, NONE)):
    return stacked_bars("b", "Title", "Description", kinds, rows, first_column="Body", last_column="Total")


class PlaceTests(SimpleTestCase):
    def test_numbers_never_have_a_decimal_comma(self):
        with translation.override("es"):
            self.assertEqual([place(value) for value in (12.5, 3.0, 1 / 3, -0.001)], ["12.5", "3", "0.33", "0"])
            text = render_to_string("components/charts/bars.svg.html", {"chart": bars(Row("A", {"good": 1, "bad": 2}))})
        self.assertIn('width="33.33%"', text)
        self.assertNotRegex(text, r'="\d+,\d')

    def test_examples_in_the_documentation(self):
        for name in ("base", "tiles", "lines"):
            found = doctest.testmod(import_module(f"core.charts.{name}"))
            self.assertEqual((name, found.failed), (name, 0))
            self.assertGreater(found.attempted, 0)


class BarsTests(SimpleTestCase):
    def test_parts_lie_side_by_side_and_the_longest_is_whole(self):
        chart = bars(Row("A", {"good": 3, "bad": 1}), Row("B", {"bad": 2}))
        first, second = chart.bars
        self.assertEqual([(part.x, part.width) for part in first.parts], [("0", "75"), ("75", "25")])
        self.assertEqual([(part.kind.key, part.width) for part in second.parts], [("bad", "50")])
        self.assertEqual([(kind.key, number) for kind, number in chart.kinds], [("good", 3), ("bad", 3)])
        self.assertEqual(chart.total, 6)

    def test_the_table_says_the_same(self):
        chart = bars(Row("A", {"good": 3, "bad": 1}, "/a/", {"good": "/a/good/"}), Row("B", {"bad": 2}))
        self.assertEqual(chart.table.columns, ["Body", "kept", "late", "Total"])
        self.assertEqual([[cell.text for cell in row] for row in chart.table.rows], [["A", 3, 1, 4], ["B", 0, 2, 2]])
        self.assertEqual(
            [[cell.url for cell in row] for row in chart.table.rows], [["/a/", "/a/good/", "", ""], ["", "", "", ""]]
        )

    def test_a_row_of_nothing_is_left_out_and_nothing_at_all_is_empty(self):
        self.assertEqual([bar.label for bar in bars(Row("A", {"good": 0}), Row("B", {"good": 1})).bars], ["B"])
        self.assertTrue(bars().empty)
        text = render_to_string("components/charts/bars.svg.html", {"chart": bars()})
        self.assertEqual(("<table>" in text, "muted" in text), (False, True))

    def test_a_number_is_written_only_where_it_fits(self):
        chart = bars(Row("A", {"good": 97, "bad": 3}))
        self.assertEqual([part.shows for part in chart.bars[0].parts], [True, False])


class FlowTests(SimpleTestCase):
    def chart(self, links):
        stages = [
            ("Asked", [Kind("all", "proposals")]),
            ("Answered", [Kind("yes", "feasible", url="/yes/"), Kind("no", "not feasible"), Kind("other", "other")]),
            ("Agreed", [Kind("signed", "signed"), Kind("open", "without")]),
        ]
        return flow("f", "Title", "Description", stages, links, columns=("From", "To", "Number"))

    def setUp(self):
        self.links = {
            ("all", "yes"): 6,
            ("all", "no"): 4,
            ("all", "other"): 0,
            ("yes", "signed"): 5,
            ("yes", "open"): 1,
            ("no", "open"): 4,
        }

    def test_what_flows_in_is_counted_and_empty_kinds_are_left_out(self):
        chart = self.chart(self.links)
        counts = {knot.kind.key: knot.count for knot in chart.wide.knots}
        self.assertEqual(counts, {"all": 10, "yes": 6, "no": 4, "signed": 5, "open": 5})
        self.assertEqual(chart.total, 10)
        self.assertEqual([cells[2].text for cells in chart.table.rows], [6, 4, 5, 1, 4])

    def test_both_drawings_hold_every_band_and_no_knot_overlaps(self):
        chart = self.chart(self.links)
        for drawing, along, length, across in ((chart.wide, "y", "height", "x"), (chart.narrow, "x", "width", "y")):
            self.assertEqual(len(drawing.ribbons), 5)
            stages = {}
            for knot in drawing.knots:
                place = float(getattr(knot, along))
                stages.setdefault(getattr(knot, across), []).append((place, place + float(getattr(knot, length))))
            self.assertEqual(len(stages), 3)
            for places in stages.values():
                for (_start, end), (start, _end) in pairwise(places):
                    self.assertLess(end, start)
            most = max(end for places in stages.values() for _start, end in places)
            self.assertLessEqual(most, float(drawing.height if along == "y" else drawing.width))

    def test_letters_of_the_key_are_those_in_the_drawing(self):
        text = render_to_string("components/charts/flow.svg.html", {"chart": self.chart(self.links)})
        marks = re.findall(r'class="flow-letter[^>]*>(\w)<', text)
        self.assertEqual(marks, ["A", "B", "C", "D", "E"])
        drawn = re.findall(r'class="flow-mark"[^>]*>(\w)<', text)
        self.assertEqual(drawn, marks)

    def test_nothing_flows(self):
        chart = self.chart({})
        self.assertTrue(chart.empty)
        text = render_to_string("components/charts/flow.svg.html", {"chart": chart})
        self.assertEqual(("<table>" in text, "muted" in text), (False, True))


class TilesTests(SimpleTestCase):
    def chart(self, *counts):
        squares = [Square(number, 0, f"S{number}", f"State {number}", count, "/s/") for number, count in enumerate(counts)]
        return tile_map("t", "Title", "Description", squares, columns=("State", "Number"))

    def test_more_is_stronger_and_nothing_is_nothing(self):
        chart = self.chart(0, 1, 4, 12)
        self.assertEqual([tile.step for tile in chart.tiles], [0, 1, 2, 4])
        self.assertEqual(chart.scale, [(1, "1–3"), (2, "4–6"), (3, "7–9"), (4, "10–12")])

    def test_small_counts_have_fewer_steps(self):
        self.assertEqual(self.chart(0, 1, 2).scale, [(2, "1"), (4, "2")])
        self.assertEqual(self.chart(0, 3, 3).scale, [(3, "3")])
        self.assertEqual([tile.step for tile in self.chart(0, 3, 5).tiles], [0, 1, 4])
        self.assertEqual(self.chart(0, 0).scale, [])

    def test_the_table_lists_what_is_there_most_first(self):
        rows = self.chart(0, 2, 5).table.rows
        self.assertEqual([[cell.text for cell in row] for row in rows], [["State 2", 5], ["State 1", 2]])

    def test_the_map_of_mexico_has_32_places_and_none_twice(self):
        self.assertEqual((len(MEXICO), len(set(MEXICO.values()))), (32, 32))


class LinesTests(SimpleTestCase):
    def chart(self, *points, ticks=()):
        kinds = [Kind("made", "promised"), Kind("kept", "kept")]
        return lines("l", "Title", "Description", kinds, points, first_column="Month", ticks=ticks)

    def test_a_line_goes_in_steps_and_ends_where_it_is_named(self):
        chart = self.chart(("Jan", (0, 0)), ("Feb", (4, 0)), ("Mar", (4, 2)))
        made, kept = chart.lines
        self.assertEqual(made.path, "M0 100H50V0H100")
        self.assertEqual(kept.path, "M0 100H100V50")
        self.assertEqual([(line.last, line.end) for line in chart.lines], [(4, "0"), (2, "50")])
        self.assertEqual([tick.label for tick in chart.up], [0, 1, 2, 3, 4])

    def test_the_table_lists_the_points_at_which_something_changed(self):
        chart = self.chart(("Jan", (0, 0)), ("Feb", (0, 0)), ("Mar", (4, 2)), ("Apr", (4, 2)), ("May", (4, 2)))
        rows = [[cell.text for cell in row] for row in chart.table.rows]
        self.assertEqual(rows, [["May", 4, 2], ["Mar", 4, 2], ["Jan", 0, 0]])

    def test_names_do_not_lie_on_one_another(self):
        chart = self.chart(("Jan", (40, 40)))
        first, second = sorted(float(line.words) for line in chart.lines)
        self.assertGreaterEqual(second - first, 14)

    def test_nothing_happened(self):
        self.assertTrue(self.chart().empty)


class MarkupTests(SimpleTestCase):
    """Every drawing has a name, a description and its table; ids are unique; only what is drawn twice is hidden."""

    def texts(self):
        hostile = Kind("good", "<b>kept</b>", "good", url='/x/?a="<b>')
        row = Row("<script>", {"good": 1, "bad": 20}, "/a/", {"good": "/b/?a=1&b=2"}, '"><i>')
        links = {("good", "bad"): 2}
        square = Square(0, 0, "<i>", "<u>", 3, "/s/")
        yield "bars", bars(row, kinds=(hostile, BAD))
        yield "flow", flow("f", "T", "D", [("S", [hostile]), ("E", [BAD])], links, columns=("A", "B", "C"))
        yield "tiles", tile_map("t", "T", "D", [square, Square(1, 0, "B", "B", 0)], columns=("A", "B"))
        yield "lines", lines("l", "T", "D", [hostile], [("Jan", (1,)), ("Feb", (2,))], first_column="M", ticks=[(0, "<Jan>")])

    def test_it_is_well_formed_and_nothing_of_the_data_is_markup(self):
        for name, chart in self.texts():
            with self.subTest(name):
                text = render_to_string(f"components/charts/{name}.svg.html", {"chart": chart})
                self.assertNotRegex(text, r"<(b|i|u|script)>")
                whole = re.sub(r"\s(focusable)\b(?!=)", r' \1=""', text)
                tree = ElementTree.fromstring(whole)
                ids = [each.get("id") for each in tree.iter() if each.get("id")]
                self.assertEqual(len(ids), len(set(ids)))
                pictures = [each for each in tree.iter() if each.get("role") == "img"]
                self.assertTrue(pictures)
                for picture in pictures:
                    self.assertTrue(set(picture.get("aria-labelledby").split()) <= set(ids))
                    self.assertFalse([each for each in picture.iter() if each.tag == "a"])
                self.assertTrue([each for each in tree.iter() if each.tag == "table"])

    def test_links_for_the_mouse_are_hidden_from_the_keyboard_and_stand_in_the_table(self):
        for name, chart in self.texts():
            text = render_to_string(f"components/charts/{name}.svg.html", {"chart": chart})
            tree = ElementTree.fromstring(text)
            hidden = [each for each in tree.iter() if each.get("aria-hidden") == "true"]
            inside = {link.get("href") for part in hidden for link in part.iter() if link.tag == "a"}
            outside = {link.get("href") for link in tree.iter() if link.tag == "a" and link.get("tabindex") is None}
            for part in hidden:
                self.assertEqual({link.get("tabindex") for link in part.iter() if link.tag == "a"} - {"-1"}, set())
            self.assertLessEqual(inside, outside, name)
