

import core.fields
import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0072_search_newest'),
    ]

    operations = [
        migrations.CreateModel(
            name='RollEntry',
            fields=[
                ('pk', models.CompositePrimaryKey('roll', 'record', 'value', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('roll', models.CharField(max_length=4)),
                ('record', models.BigIntegerField()),
                ('value', core.fields.ByteOrdered(max_length=120)),
                ('day', models.DateField(default=datetime.date(1, 1, 1))),
                ('folio', core.fields.ByteOrdered(max_length=80)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'entry of a roll',
                'verbose_name_plural': 'entries of rolls',
                'indexes': [models.Index(fields=['roll', 'value', 'folio', 'record', 'day'], name='roll_folio'), models.Index(fields=['roll', 'value', '-created_at', 'folio', 'record', 'day'], name='roll_newest'), models.Index(fields=['roll', 'value', '-updated_at', 'folio', 'record', 'day'], name='roll_changed'), models.Index(condition=models.Q(('day__gt', datetime.date(1, 1, 1))), fields=['roll', 'value', 'day', 'record'], name='roll_day')],
            },
        ),
    ]
