"""New names enter their index at once: a list of pending entries is read whole by every search."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

INDEX = "emigrant_name_keys"
OFF = f"ALTER INDEX {INDEX} SET (fastupdate = off)"
ON = f"ALTER INDEX {INDEX} RESET (fastupdate)"
EMPTY = f"SELECT gin_clean_pending_list('{INDEX}')"


class Migration(migrations.Migration):
    dependencies = [("emigrants", "0005_clock_units")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(OFF, ON),
                migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.RemoveIndex("nameindex", INDEX),
                migrations.AddIndex(
                    "nameindex", GinIndex(fields=["name_keys"], name=INDEX, fastupdate=False)
                ),
            ],
        )
    ]
