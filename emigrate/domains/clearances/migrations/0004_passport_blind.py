"""One open application a passport number: the blinded number is repeated on the clearance."""

from django.db import migrations, models

from emigrate.domains.clearances.enums import OPEN
from emigrate.foundation.database.filling import filled

REPEATED = """
UPDATE clearances_clearance c SET passport_blind = p.number_blind
FROM emigrants_passport p WHERE p.id = c.passport_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clearances", "0003_clock_units"),
        ("emigrants", "0007_watched_passports"),
    ]

    operations = [
        migrations.AddField(
            "clearance", "passport_blind", models.BinaryField(max_length=16, null=True)
        ),
        *filled(REPEATED, tables=("clearances_clearance", "emigrants_passport")),
        migrations.AddConstraint(
            "clearance",
            models.UniqueConstraint(
                name="one_open_clearance_a_passport",
                fields=["passport_blind"],
                condition=models.Q(state__in=OPEN),
            ),
        ),
    ]
