from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def count_on(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What the drafts of today have counted to."""
    machines = apps.get_model("designer", "Machine").objects.using(schema_editor.connection.alias)
    for pk, saves in machines.filter(draft__isnull=False).values_list("pk", "draft__saves"):
        machines.filter(pk=pk).update(last_draft=saves)


class Migration(migrations.Migration):
    dependencies = [("designer", "0013_one_index_of_status")]

    operations = [
        migrations.AddField(
            model_name="machine",
            name="last_draft",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.RunPython(count_on, migrations.RunPython.noop),
    ]
