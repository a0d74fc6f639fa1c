"""A charge is written by an agency alone: row security lets the worker write for the answer."""

from django.db import migrations

SIDES = """
CREATE OR REPLACE FUNCTION payments_charge_sides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.worker_answered_at IS NOT NULL{writers} THEN
      RAISE EXCEPTION '{words}'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_charge_sides';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.worker_answered_at IS NOT NULL OR actor_role() NOT IN ('emigrant', 'csc_vle')
     OR (OLD.agency_id, OLD.person_id, OLD.subject_reference, OLD.head, OLD.amount_minor,
         OLD.currency, OLD.receipt_number, OLD.recorded_at, OLD.recorded_by)
        IS DISTINCT FROM
        (NEW.agency_id, NEW.person_id, NEW.subject_reference, NEW.head, NEW.amount_minor,
         NEW.currency, NEW.receipt_number, NEW.recorded_at, NEW.recorded_by) THEN
    RAISE EXCEPTION 'a recorded charge changes only by the worker''s one answer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_charge_sides';
  END IF;
  RETURN NEW;
END $$;
"""
FORWARDS = SIDES.format(
    writers=" OR (actor_role() IN ('ra_admin', 'ra_staff')) IS NOT TRUE",
    words="an agency writes its own side of a charge, and nobody writes it for another",
)
BACK = SIDES.format(writers="", words="the agent does not answer for the worker")


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_home_currency")]
    operations = [migrations.RunSQL(FORWARDS, BACK)]
