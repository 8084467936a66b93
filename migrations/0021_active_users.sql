-- Reason: a licence that limits users asks at each new one how many there are. To count a million rows takes 140 ms
-- (60 ms by an index), and whoever makes one does it behind all others: an import would take the square of its length.
-- So each change of that number leaves a row, in its own transaction and without waiting for anybody, as an update of
-- one counter would; their sum is the number, and now and then one row takes the place of many.

CREATE TABLE active_user_changes (change bigint NOT NULL);
COMMENT ON TABLE active_user_changes IS
  'Adds up to how many users are active. rls: none because it is a number of the whole instance; events: none because it follows the users, whose changes are recorded';

-- The serving role may neither read nor write it: who could write here could make room.
CREATE FUNCTION note_active_user() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$
BEGIN
  INSERT INTO public.active_user_changes (change) VALUES (TG_ARGV[0]::bigint);
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION note_active_user() FROM PUBLIC;
COMMENT ON FUNCTION note_active_user() IS 'Notes that there is one active user more, or one fewer.';
CREATE TRIGGER active_user_made AFTER INSERT ON users
  FOR EACH ROW WHEN (NEW.status = 'active') EXECUTE FUNCTION note_active_user('1');
CREATE TRIGGER active_user_enabled AFTER UPDATE OF status ON users
  FOR EACH ROW WHEN (NEW.status = 'active' AND OLD.status <> 'active') EXECUTE FUNCTION note_active_user('1');
CREATE TRIGGER active_user_disabled AFTER UPDATE OF status ON users
  FOR EACH ROW WHEN (NEW.status <> 'active' AND OLD.status = 'active') EXECUTE FUNCTION note_active_user('-1');
CREATE TRIGGER active_user_gone AFTER DELETE ON users
  FOR EACH ROW WHEN (OLD.status = 'active') EXECUTE FUNCTION note_active_user('-1');
-- The triggers keep writers away until this commits: nobody is counted twice, or missed.
INSERT INTO active_user_changes (change) SELECT count(*) FROM users WHERE status = 'active';

-- Class and number are those of src/licenses/store.ts. Taken before a statement that looks: what the one before made of
-- the rows is seen then. Whoever finds it taken leaves the rows to the other.
CREATE FUNCTION count_active_users() RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$
DECLARE
  number bigint;
  rows bigint;
BEGIN
  SELECT coalesce(sum(change), 0), count(*) INTO number, rows FROM public.active_user_changes;
  IF rows > 500 AND pg_try_advisory_xact_lock(1752951139, 5) THEN
    WITH gone AS (DELETE FROM public.active_user_changes RETURNING change)
    INSERT INTO public.active_user_changes (change) SELECT sum(change) FROM gone;
  END IF;
  RETURN number;
END
$$;
COMMENT ON FUNCTION count_active_users() IS 'How many users are active, in the time that some hundred rows take.';

-- One statement, one moment: all the changes that it takes away are in what it counts, and no others.
CREATE FUNCTION recount_active_users() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$
BEGIN
  IF pg_try_advisory_xact_lock(1752951139, 5) THEN
    WITH gone AS (DELETE FROM public.active_user_changes)
    INSERT INTO public.active_user_changes (change) SELECT count(*) FROM public.users WHERE status = 'active';
  END IF;
END
$$;
COMMENT ON FUNCTION recount_active_users() IS
  'Counts anew: what was restored without its triggers, or written by hand, is right again.';
REVOKE ALL ON FUNCTION count_active_users(), recount_active_users() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_active_users(), recount_active_users() TO hearthkey_app;
