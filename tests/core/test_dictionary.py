from django.core.management import call_command
from django.test import SimpleTestCase

from core.dictionary import document


class DataDictionaryTest(SimpleTestCase):
    def test_the_document_says_what_the_models_say(self):
        call_command("data_dictionary", check=True)

    def test_private_columns_are_marked(self):
        marked = {line.split("|")[1].strip() for line in document().splitlines() if line.startswith("|") and "*private*" in line}
        self.assertLessEqual({"email", "phone", "residence_city", "link", "scan"}, marked)
