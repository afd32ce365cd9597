from django.db import migrations


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE core_searchentry ADD COLUMN vector tsvector")
        schema_editor.execute("CREATE INDEX core_search_gin ON core_searchentry USING gin (vector)")
    else:
        schema_editor.execute(
            "CREATE VIRTUAL TABLE core_search_fts USING fts5"
            "(words, stems, tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\", prefix = '2 3')"
        )


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE core_searchentry DROP COLUMN vector")
    else:
        schema_editor.execute("DROP TABLE core_search_fts")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(make_index, drop_index)]
