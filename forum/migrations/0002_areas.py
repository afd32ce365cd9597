from django.db import migrations

from forum.reference import load_areas


def load(apps, schema_editor):
    load_areas(apps.get_model("forum", "Area"))


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
