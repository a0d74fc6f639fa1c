"""Off-loadings are seen by those whom they concern: the columns that say who, filled for old rows."""

from django.db import migrations, models

from emigrate.foundation.database.filling import filled

FILL = """
UPDATE departures_offload o
   SET clearance_reference = c.reference, person_id = c.emigrant_id, agency_id = c.agency_id,
       office = c.office
  FROM clearances_clearance c WHERE c.id = o.clearance_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clearances", "0003_clock_units"),
        ("departures", "0002_clock_units"),
    ]

    operations = [
        migrations.AddField(
            model_name="offload",
            name="agency_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="offload",
            name="clearance_reference",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="clearance"
            ),
        ),
        migrations.AddField(
            model_name="offload",
            name="office",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=8, verbose_name="office"
            ),
        ),
        migrations.AddField(
            model_name="offload",
            name="person_id",
            field=models.BigIntegerField(null=True),
        ),
        *filled(FILL, tables=("departures_offload", "clearances_clearance")),
        migrations.AddIndex(
            model_name="offload",
            index=models.Index(fields=["person_id", "-id"], name="offload_person"),
        ),
        migrations.AddIndex(
            model_name="offload",
            index=models.Index(fields=["office", "-id"], name="offload_office"),
        ),
        migrations.AddIndex(
            model_name="offload",
            index=models.Index(fields=["agency_id", "-id"], name="offload_agency"),
        ),
    ]
