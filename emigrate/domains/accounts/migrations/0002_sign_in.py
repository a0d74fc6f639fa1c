"""Who holds a secret, in one statement and before any actor is known."""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION accounts_signed_in(door text, presented bytea, moment text)
RETURNS TABLE (user_id bigint, role varchar, organisation_id bigint, office varchar,
               country varchar, person_id bigint, language varchar)
LANGUAGE plpgsql AS $$
DECLARE
  former_role text := coalesce(current_setting('app.role', true), '');
  former_user text := coalesce(current_setting('app.user', true), '');
  found_user bigint;
  found_membership bigint;
BEGIN
  -- Invoker's rights: the row rules of the role sign_in show the one secret that was presented,
  -- and then its user's own rows.
  PERFORM set_config('app.now', moment, true), set_config('app.role', 'sign_in', true),
          set_config('app.presented', encode(presented, 'hex'), true);
  IF door = 'token' THEN
    SELECT t.user_id, t.membership_id INTO found_user, found_membership
      FROM accounts_accesstoken t WHERE t.secret_hash = presented
       AND t.revoked_at IS NULL AND t.expires_at > platform_now();
  ELSE
    SELECT s.user_id, s.membership_id INTO found_user, found_membership
      FROM accounts_session s WHERE s.secret_hash = presented
       AND s.ended_at IS NULL AND s.expires_at > platform_now();
  END IF;
  IF found_user IS NOT NULL THEN
    PERFORM set_config('app.user', found_user::text, true);
    RETURN QUERY
      SELECT u.id, m.role, m.organisation_id, m.office, m.country, m.person_id, u.language
        FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
       WHERE m.id = found_membership AND m.user_id = found_user AND m.active AND u.is_active;
  END IF;
  PERFORM set_config('app.role', former_role, true), set_config('app.user', former_user, true),
          set_config('app.presented', '', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION IF EXISTS accounts_signed_in(text, bytea, text)"),
    ]
