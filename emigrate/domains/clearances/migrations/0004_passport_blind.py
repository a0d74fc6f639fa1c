"""One open application a passport number: the blinded number is repeated on the clearance."""

from django.db import migrations, models

from emigrate.domains.clearances.enums import OPEN

# The owner is under row security too; the guards force it again after the migrations.
UNFORCED = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
TABLES = ("clearances_clearance", "emigrants_passport")
REPEATED = """
UPDATE clearances_clearance c SET passport_blind = p.number_blind
FROM emigrants_passport p WHERE p.id = c.passport_id
"""


class Migration(migrations.Migration):
    atomic = True
    dependencies = [
        ("clearances", "0003_clock_units"),
        ("emigrants", "0007_watched_passports"),
    ]

    operations = [
        migrations.AddField(
            "clearance", "passport_blind", models.BinaryField(max_length=16, null=True)
        ),
        *(migrations.RunSQL(UNFORCED.format(table), migrations.RunSQL.noop) for table in TABLES),
        migrations.RunSQL(REPEATED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "clearance",
            models.UniqueConstraint(
                name="one_open_clearance_a_passport",
                fields=["passport_blind"],
                condition=models.Q(state__in=OPEN),
            ),
        ),
    ]
