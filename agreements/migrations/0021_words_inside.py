from django.db import DatabaseError, migrations, transaction

COLUMNS = ("proposals_proposal", "agreements_agreement", "agreements_commitment")


def make_indexes(apps, schema_editor):
    """On PostgreSQL, indexes by which a list narrowed down by words need not read every text.

    They take the extension pg_trgm, which PostgreSQL brings along and the owner of a database may create. Where it is not there,
    everything works without, slower in large tables.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return
    for table in COLUMNS:
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (folded gin_trgm_ops)")


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS {table}_words")


class Migration(migrations.Migration):
    dependencies = [("agreements", "0020_speed"), ("proposals", "0020_speed")]
    operations = [migrations.RunPython(make_indexes, drop_indexes)]
