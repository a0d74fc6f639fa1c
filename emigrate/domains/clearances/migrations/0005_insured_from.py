"""From when an approved clearance is insured: repeated on its row for the counter."""

from django.db import migrations, models

from emigrate.domains.insurance.enums import IN_FORCE
from emigrate.foundation.database.filling import filled

REPEATED = f"""
UPDATE clearances_clearance c SET insured_from = p.from_date
  FROM contracts_contract k, insurance_policy p
 WHERE k.id = c.contract_id AND p.contract_reference = k.reference
   AND p.person_id = c.emigrant_id AND c.state IN ('approved', 'suspended')
   AND p.state IN ({", ".join(f"'{state.value}'" for state in IN_FORCE)})
"""  # noqa: S608 - the states are the code's own


class Migration(migrations.Migration):
    dependencies = [
        ("clearances", "0004_passport_blind"),
        ("contracts", "0001_initial"),
        ("insurance", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "clearance",
            "insured_from",
            models.DateField(null=True, verbose_name="insured from"),
        ),
        *filled(
            REPEATED, tables=("clearances_clearance", "contracts_contract", "insurance_policy")
        ),
    ]
