from django.test import SimpleTestCase

from core.text import clean, clean_line, fold, sort_key


class FoldTest(SimpleTestCase):
    def test_accents_case_and_marks_do_not_count(self):
        self.assertEqual(fold("Migración, ÑANDÚ", "", "A.C."), "migracion nandu a c")

    def test_composed_and_decomposed_text_fold_alike(self):
        self.assertEqual(fold("México"), fold("Me\u0301xico"))

    def test_spanish_order_puts_enye_after_n_and_numbers_by_size(self):
        names = ["Ñandú", "nube", "Órgano 10", "organo 2", "nz", "Álamo"]
        self.assertEqual(sorted(names, key=sort_key), ["Álamo", "nube", "nz", "Ñandú", "organo 2", "Órgano 10"])


class CleanTest(SimpleTestCase):
    def test_invisible_characters_go_and_line_breaks_are_one_kind(self):
        self.assertEqual(clean(" a\u200b\x00b\r\nc\rd\u00a0e "), "ab\nc\nd e")

    def test_a_line_has_no_runs_of_blanks(self):
        self.assertEqual(clean_line("a \n\t b"), "a b")
