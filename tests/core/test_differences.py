import time

from django.test import SimpleTestCase

from core.differences import ADDED, MOST_WORDS, REMOVED, SAME, Piece, pair_up, pieces


class PiecesTests(SimpleTestCase):
    def test_a_changed_phrase(self):
        self.assertEqual(
            pieces("El IFE instalará diez módulos en Chicago.", "El IFE instalará doce módulos en Chicago."),
            [
                Piece(SAME, "El IFE instalará "),
                Piece(REMOVED, "diez "),
                Piece(ADDED, "doce "),
                Piece(SAME, "módulos en Chicago."),
            ],
        )

    def test_words_between_two_changes_are_not_scattered(self):
        found = pieces("uno dos tres cuatro cinco", "uno 2 tres 4 cinco")
        self.assertEqual([piece.kind for piece in found], [SAME, REMOVED, ADDED, SAME])
        self.assertEqual([piece.text for piece in found], ["uno ", "dos tres cuatro ", "2 tres 4 ", "cinco"])

    def test_both_texts_can_be_read_back(self):
        texts = ["", "a", "a b c d e f", "f e d c b a", "a b\n\nc d", "  a  b", "x " * 50 + "fin", "fin " * 40]
        for old in texts:
            for new in texts:
                with self.subTest(old=old, new=new):
                    found = pieces(old, new)
                    self.assertEqual("".join(piece.text for piece in found if piece.kind != ADDED).split(), old.split())
                    self.assertEqual("".join(piece.text for piece in found if piece.kind != REMOVED), new)

    def test_the_same_text(self):
        self.assertEqual(pieces("igual", "igual"), [Piece(SAME, "igual")])
        self.assertEqual(pieces("", ""), [])

    def test_the_longest_texts_take_no_time(self):
        old = " ".join(str(n % 97) for n in range(MOST_WORDS // 2))
        new = " ".join(str(n % 89) for n in range(MOST_WORDS // 2))
        begin = time.process_time()
        pieces(old, new)
        pieces(old * 4, new * 4)
        self.assertLess(time.process_time() - begin, 2)


class PairTests(SimpleTestCase):
    def test_an_inserted_clause_moves_no_other(self):
        old = ["El IFE instala módulos en Chicago.", "La SRE presta los consulados."]
        new = ["El IFE instala módulos en Chicago.", "Las partes se reúnen cada mes.", "La SRE presta todos los consulados."]
        self.assertEqual(pair_up(old, new), [(0, 0), (None, 1), (1, 2)])
        self.assertEqual(pair_up(new, old), [(0, 0), (1, None), (2, 1)])

    def test_different_clauses_are_not_paired(self):
        self.assertEqual(sorted(pair_up(["uno dos"], ["tres cuatro"]), key=str), [(0, None), (None, 0)])

    def test_nothing(self):
        self.assertEqual(pair_up([], []), [])
        self.assertEqual(pair_up(["a"], []), [(0, None)])

    def test_everything_is_there_once(self):
        old, new = [f"a{n}" for n in range(70)], [f"b{n}" for n in range(65)]
        for one, other in ((old, new), (old[:20], new[:30])):
            pairs = pair_up(one, other)
            self.assertEqual(sorted(i for i, _j in pairs if i is not None), list(range(len(one))))
            self.assertEqual(sorted(j for _i, j in pairs if j is not None), list(range(len(other))))
