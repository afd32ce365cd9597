import core.fields
from django.db import migrations, models

from core.text import sort_key


def fill(apps, schema_editor):
    """The order that every save writes, for the bodies that are there: some hundreds."""
    Agency = apps.get_model("forum", "Agency")
    for agency in Agency.objects.only("name_es", "name_en"):
        Agency.objects.filter(pk=agency.pk).update(sort_en=sort_key(agency.name_en or agency.name_es))


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0120_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='agency',
            name='sort_en',
            field=core.fields.SortKeyField(blank=True, default='', editable=False, max_length=220),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='agency',
            index=models.Index(fields=['sort_en', 'key'], name='agency_order_en'),
        ),
    ]
