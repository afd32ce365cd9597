"""The note of a succession in two languages: what was one text, divided by a slash, becomes two."""

from django.db import migrations

import core.fields


def divide(apps, schema_editor):
    rows = apps.get_model("forum", "AgencySuccession").objects
    for row in rows.filter(note_es__contains=" / "):
        row.note_es, row.note_en = (text.strip() for text in row.note_es.split(" / ", 1))
        row.save(update_fields=["note_es", "note_en"])


def join(apps, schema_editor):
    rows = apps.get_model("forum", "AgencySuccession").objects
    for row in rows.exclude(note_en=""):
        row.note_es = f"{row.note_es} / {row.note_en}"
        row.save(update_fields=["note_es"])


class Migration(migrations.Migration):
    dependencies = [("forum", "0003_closures_and_calendars")]

    operations = [
        migrations.RenameField("agencysuccession", "note", "note_es"),
        migrations.AddField("agencysuccession", "note_en", core.fields.LongText(blank=True, verbose_name="note in English", default="")),
        migrations.AlterField("agencysuccession", "note_es", core.fields.LongText(blank=True, verbose_name="note in Spanish")),
        migrations.AlterField("agencysuccession", "note_en", core.fields.LongText(blank=True, verbose_name="note in English")),
        migrations.RunPython(divide, join),
    ]
