"""Who was opened since yesterday is looked up by the time of the reading."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("emigrants", "0003_reading_budget")]

    operations = [
        migrations.AddIndex(
            model_name="readrecord", index=models.Index(fields=["at"], name="read_at")
        ),
    ]
