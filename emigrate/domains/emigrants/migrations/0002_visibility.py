"""Who is shown a person, as functions for the row security.

Written into the policies themselves, the same conditions are planned anew for every role and every
table that a statement touches; a function's plan is made once a session.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION emigrants_linked(person bigint, once boolean) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM emigrants_agentlink l WHERE l.emigrant_id = person
    AND l.organisation_id = actor_organisation() AND (once OR l.ended_at IS NULL));
END $$;
CREATE FUNCTION emigrants_disclosed(person bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM emigrants_disclosure d WHERE d.emigrant_id = person
    AND (d.organisation_id = actor_organisation() OR d.country = actor_country()));
END $$;
CREATE FUNCTION emigrants_seen(person bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM emigrants_emigrant e WHERE e.id = person);
END $$;
"""
DROP = """
DROP FUNCTION emigrants_seen(bigint);
DROP FUNCTION emigrants_disclosed(bigint);
DROP FUNCTION emigrants_linked(bigint, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("emigrants", "0001_initial")]

    operations = [migrations.RunSQL(MAKE, DROP)]
