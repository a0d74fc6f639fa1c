"""The reading budget: an account's readings under an index, counted by a function.

The index is made under a lock against writing; a register with many readings makes it by hand
first, `CREATE INDEX CONCURRENTLY` of the same name, and marks this step as done.
"""

from django.db import migrations, models

MAKE = """
-- Persons other than `asked` that the account has opened since each moment; no rows where all that
-- are asked were opened within the shortest time already. Readings of one account that open somebody
-- new take turns: a statement in a volatile function sees what was committed while it waited.
CREATE FUNCTION emigrants_read_lately(account bigint, since timestamptz[], asked bigint[])
RETURNS TABLE (persons bigint, first_to_lapse timestamptz)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  latest timestamptz := (SELECT max(each) FROM unnest(since) AS each);
  earliest timestamptz := (SELECT min(each) FROM unnest(since) AS each);
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM unnest(asked) AS person WHERE NOT EXISTS (
      SELECT 1 FROM emigrants_readrecord r
      WHERE r.emigrant_id = person AND r.user_id = account AND r.at > latest))
  THEN RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('reading ' || account, 0));
  RETURN QUERY
    WITH opened AS MATERIALIZED (
      SELECT r.emigrant_id, max(r.at) AS last FROM emigrants_readrecord r
      WHERE r.user_id = account AND r.at > earliest
      AND r.emigrant_id <> ALL (asked)
      GROUP BY r.emigrant_id)
    SELECT count(o.emigrant_id), min(o.last)
    FROM unnest(since) WITH ORDINALITY AS begins(at, place)
    LEFT JOIN opened o ON o.last > begins.at
    GROUP BY begins.place ORDER BY begins.place;
END $$;
"""
DROP = "DROP FUNCTION emigrants_read_lately(bigint, timestamptz[], bigint[]);"


class Migration(migrations.Migration):
    dependencies = [("emigrants", "0002_visibility")]

    operations = [
        migrations.CreateModel(
            name="SpentBudget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("role", models.CharField(max_length=24)),
                ("hour", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="spentbudget",
            constraint=models.UniqueConstraint(
                fields=("user_id", "hour"), name="one_alarm_an_hour"
            ),
        ),
        migrations.AddIndex(
            model_name="readrecord",
            index=models.Index(
                condition=models.Q(("user_id__isnull", False)),
                fields=["user_id", "at"],
                include=("emigrant",),
                name="read_account",
            ),
        ),
        migrations.RunSQL(MAKE, DROP),
    ]
