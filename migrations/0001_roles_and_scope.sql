-- Reason: everything that comes later leans on two roles and one scope. hearthkey_owner owns the schema and runs
-- migrations and instance-wide jobs; hearthkey_app serves requests, owns nothing and sees an organisation's rows only
-- while a transaction names that organisation. A scope that nobody set is NULL, and NULL matches no row: it fails closed.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO hearthkey_app;

-- A function that a later migration adds is for the roles it names, not for everybody who can connect.
ALTER DEFAULT PRIVILEGES FOR ROLE hearthkey_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE FUNCTION current_org() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('hearthkey.org', true), '')::uuid $$;
COMMENT ON FUNCTION current_org() IS 'The organisation that this transaction was opened for, or NULL.';

-- Used only in policies granted TO hearthkey_owner: the serving role may set the variable and still gains nothing.
CREATE FUNCTION in_instance_scope() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('hearthkey.scope', true) = 'instance', false) $$;
COMMENT ON FUNCTION in_instance_scope() IS 'Whether an instance-wide job declared that it means every organisation.';

GRANT EXECUTE ON FUNCTION current_org(), in_instance_scope() TO hearthkey_app;

GRANT SELECT ON schema_migrations TO hearthkey_app;
COMMENT ON TABLE schema_migrations IS
  'Which migrations this database has seen. rls: none because it holds no organisation''s data; events: none because the row is the record';
