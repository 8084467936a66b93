-- For the template database of the tests alone, never for a real one: a transaction that changed a row and wrote no
-- event cannot commit. So every test of every feature is a test that its changes are recorded.
-- A table is left out only by saying why in its comment: `events: none because …`.

-- As the owner in the instance scope, because the serving role may not read the instance's events.
CREATE FUNCTION test_require_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp
  AS $$
  DECLARE
    scope text := current_setting('hearthkey.scope', true);
    recorded boolean;
  BEGIN
    PERFORM set_config('hearthkey.scope', 'instance', true);
    recorded := EXISTS (SELECT FROM events WHERE xid = pg_current_xact_id());
    PERFORM set_config('hearthkey.scope', coalesce(scope, ''), true);
    IF recorded OR current_setting('hearthkey.test_arranges', true) = 'yes' THEN
      RETURN NULL;
    END IF;
    RAISE EXCEPTION 'change without event on table %', TG_TABLE_NAME
      USING HINT = 'Record an event in the same transaction, or say in the comment of the table why there is none.';
  END $$;

DO $$
DECLARE
  changed regclass;
BEGIN
  FOR changed IN
    SELECT oid::regclass FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND coalesce(obj_description(oid, 'pg_class'), '') !~ 'events: none because \S'
  LOOP
    EXECUTE format(
      'CREATE CONSTRAINT TRIGGER test_change_has_event AFTER INSERT OR UPDATE OR DELETE ON %s
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_require_event()',
      changed
    );
  END LOOP;
END $$;
