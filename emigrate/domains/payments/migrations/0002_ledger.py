"""The ledger's and the charges' own guards: postings sum to zero, nothing written is changed."""

from django.db import migrations

LEDGER = """
CREATE OR REPLACE FUNCTION payments_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_posting bigint := CASE TG_TABLE_NAME WHEN 'payments_posting' THEN NEW.id
                       ELSE (to_jsonb(NEW) ->> 'posting_id')::bigint END;
  balanced boolean;
BEGIN
  SELECT count(*) > 0 AND bool_and(total = 0) INTO balanced FROM (
    SELECT sum(amount_minor) AS total FROM payments_ledgerentry
     WHERE posting_id = of_posting GROUP BY currency) sums;
  IF NOT balanced THEN
    RAISE EXCEPTION 'posting % does not sum to zero', of_posting
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_posting_balances';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payments_append_only';
END $$;

CREATE OR REPLACE FUNCTION payments_order_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.reference, OLD.head, OLD.amount_minor, OLD.currency, OLD.subject_kind,
      OLD.subject_reference, OLD.payer_organisation_id, OLD.person_id, OLD.created_at)
     IS DISTINCT FROM
     (NEW.reference, NEW.head, NEW.amount_minor, NEW.currency, NEW.subject_kind,
      NEW.subject_reference, NEW.payer_organisation_id, NEW.person_id, NEW.created_at) THEN
    RAISE EXCEPTION 'an order never changes what is paid'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_order_fixed';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION payments_charge_sides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.worker_answered_at IS NOT NULL THEN
      RAISE EXCEPTION 'the agent does not answer for the worker'
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

CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON payments_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_posting_balances();
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON payments_ledgerentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_posting_balances();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_posting
  FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_receipt
  FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER order_fixed BEFORE UPDATE ON payments_order
  FOR EACH ROW EXECUTE FUNCTION payments_order_fixed();
CREATE TRIGGER charge_sides BEFORE INSERT OR UPDATE ON payments_charge
  FOR EACH ROW EXECUTE FUNCTION payments_charge_sides();
"""

BACK = """
DROP TRIGGER posting_balances ON payments_posting;
DROP TRIGGER posting_balances ON payments_ledgerentry;
DROP TRIGGER append_only ON payments_posting;
DROP TRIGGER append_only ON payments_ledgerentry;
DROP TRIGGER append_only ON payments_receipt;
DROP TRIGGER order_fixed ON payments_order;
DROP TRIGGER charge_sides ON payments_charge;
DROP FUNCTION payments_posting_balances();
DROP FUNCTION payments_refuse_change();
DROP FUNCTION payments_order_fixed();
DROP FUNCTION payments_charge_sides();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(LEDGER, BACK)]
