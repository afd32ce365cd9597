import core.fields
import core.models.imports
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('forum', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='FolioCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', core.fields.KeyField(max_length=60, unique=True, verbose_name='scope')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='last number')),
            ],
            options={
                'verbose_name': 'folio counter',
                'verbose_name_plural': 'folio counters',
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True, verbose_name='number')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('act', models.CharField(max_length=40, verbose_name='act')),
                ('record_key', core.fields.KeyField(db_index=True, max_length=80, verbose_name='record')),
                ('canonical', models.TextField(verbose_name='canonical text')),
                ('previous_sha256', models.CharField(blank=True, max_length=64, verbose_name='fingerprint of the act before')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='fingerprint')),
            ],
            options={
                'verbose_name': 'ledger entry',
                'verbose_name_plural': 'public ledger',
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='LedgerHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'end of the ledger',
                'verbose_name_plural': 'end of the ledger',
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('steps', models.PositiveBigIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
            },
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', core.fields.KeyField(default=core.models.imports.batch_key, editable=False, max_length=60, unique=True, verbose_name='key')),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('edition_slug', core.fields.KeyField(blank=True, default='', max_length=60, verbose_name='edition')),
                ('file_name', core.fields.TextLine(blank=True, max_length=255, verbose_name='file name')),
                ('file', models.FileField(blank=True, max_length=200, upload_to=core.models.imports.batch_path, verbose_name='file as it came')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='fingerprint')),
                ('mapping', models.JSONField(blank=True, default=list, verbose_name='mapping')),
                ('origin', models.CharField(choices=[('page', 'page'), ('admin', 'administration'), ('import', 'import'), ('command', 'command')], default='command', max_length=8, verbose_name='origin')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('created', models.PositiveIntegerField(default=0, verbose_name='created')),
                ('updated', models.PositiveIntegerField(default=0, verbose_name='updated')),
                ('same', models.PositiveIntegerField(default=0, verbose_name='the same')),
                ('quarantined', models.PositiveIntegerField(default=0, verbose_name='quarantined')),
                ('skipped', models.PositiveIntegerField(default=0, verbose_name='skipped')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('created'), '+', models.F('updated')), '+', models.F('same')), '+', models.F('quarantined')), '+', models.F('skipped')))), name='import_rows_add_up', violation_error_message='Every row of an import has exactly one outcome.')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='row of the file')),
                ('outcome', models.CharField(choices=[('created', 'created'), ('updated', 'updated'), ('same', 'the same'), ('quarantined', 'quarantined'), ('skipped', 'skipped')], max_length=12, verbose_name='outcome')),
                ('record_key', core.fields.KeyField(blank=True, default='', max_length=80, verbose_name='record')),
                ('values', models.JSONField(default=dict, verbose_name='values')),
                ('problems', models.JSONField(blank=True, default=list, verbose_name='reasons')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='core.importbatch', verbose_name='import')),
            ],
            options={
                'verbose_name': 'row of an import',
                'verbose_name_plural': 'rows of imports',
                'ordering': ('batch', 'number'),
                'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='one_outcome_per_row', violation_error_message='A row of a file has exactly one outcome.'), models.CheckConstraint(condition=models.Q(('outcome__in', ['created', 'updated', 'same', 'quarantined', 'skipped'])), name='import_row_outcome', violation_error_message='A row is created, updated, the same, quarantined or skipped.')],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('model', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('record_key', core.fields.KeyField(max_length=80, verbose_name='record')),
                ('title_es', core.fields.TextLine(max_length=300, verbose_name='title')),
                ('title_en', core.fields.TextLine(blank=True, max_length=300)),
                ('summary_es', models.TextField(blank=True)),
                ('summary_en', models.TextField(blank=True)),
                ('is_sample', models.BooleanField(default=False)),
                ('tokens', core.fields.FoldedField(blank=True, default='', editable=False)),
            ],
            options={
                'verbose_name': 'search entry',
                'verbose_name_plural': 'search entries',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('model', 'record_id'), name='search_one_entry')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('actor_label', models.CharField(blank=True, max_length=200, verbose_name='acting as')),
                ('model', models.CharField(max_length=60, verbose_name='kind of record')),
                ('record_id', models.BigIntegerField(editable=False)),
                ('record_key', core.fields.KeyField(max_length=80, verbose_name='record')),
                ('edition_slug', core.fields.KeyField(blank=True, default='', max_length=60, verbose_name='edition')),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('changes', models.JSONField(blank=True, default=dict, verbose_name='changes')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('origin', models.CharField(choices=[('page', 'page'), ('admin', 'administration'), ('import', 'import'), ('command', 'command')], default='command', max_length=8, verbose_name='origin')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['model', 'record_id', '-id'], name='event_record')],
                'constraints': [models.CheckConstraint(condition=models.Q(('origin__in', ['page', 'admin', 'import', 'command'])), name='event_origin', violation_error_message='The origin of an event is page, admin, import or command.')],
            },
        ),
    ]
