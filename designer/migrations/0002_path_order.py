"""Paths and keys are compared byte by byte: the store reads scopes by ranges of their paths.

SQLite does so anyway; PostgreSQL orders by the database's language unless told otherwise.
"""

from django.db import migrations

_COLUMNS = (("designer_scope", "path"), ("designer_blob", "key"))


def use_byte_order(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, column in _COLUMNS:
            schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" TYPE varchar(400) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("designer", "0001_initial")]
    operations = [migrations.RunPython(use_byte_order, migrations.RunPython.noop)]
