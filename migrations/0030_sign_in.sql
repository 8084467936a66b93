-- Reason: what each statement of a sign-in paid for nothing. A trigger that put its own question together anew for each row was more
-- than half of what it took to keep one, and a look at one session read all that live.

-- The planner takes an index whose condition a statement repeats, or whose column it can skip through, for a short one as long as
-- nobody has counted the rows: then whoever asks for one session by its key reads the whole of it. Carried along, the end serves
-- those alone that ask by person; what has ended there is passed over, and is forgotten after three months.
DROP INDEX sessions_live_of_user;
CREATE INDEX sessions_of_user ON sessions (user_id, id) INCLUDE (ended_at);

-- What guard_sealed_column does (see there), as a function for each column: its name stands in the text, so the text is
-- parsed and planned once a connection. A row that brings no new seal does not call it.
CREATE FUNCTION guard_sealed_column(sealed_table name, sealed_column name) RETURNS void
  LANGUAGE plpgsql
  AS $$
DECLARE
  guard CONSTANT name := 'guard_' || sealed_table || '_' || sealed_column;
BEGIN
  EXECUTE format($guard$
    CREATE FUNCTION public.%1$I() RETURNS trigger
      LANGUAGE plpgsql
      AS $body$
    BEGIN
      -- Under an older snapshot a key that was closed a moment ago would still look open.
      IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'sealed columns are written under READ COMMITTED' USING ERRCODE = 'HK002';
      END IF;
      PERFORM pg_advisory_xact_lock_shared(1751868793, 2);
      PERFORM 1 FROM public.data_keys
        WHERE purpose = 'seal' AND state IN ('current', 'retiring')
          AND id = encode(substring(NEW.%2$I FROM 2 FOR 16), 'hex')::uuid;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'sealed under a data key that takes no new seals' USING
          ERRCODE = 'HK001', TABLE = TG_TABLE_NAME, COLUMN = %2$L;
      END IF;
      RETURN NEW;
    END
    $body$;
    CREATE TRIGGER %3$I BEFORE INSERT ON public.%4$I
      FOR EACH ROW WHEN (NEW.%2$I IS NOT NULL) EXECUTE FUNCTION public.%1$I();
    CREATE TRIGGER %5$I BEFORE UPDATE OF %2$I ON public.%4$I
      FOR EACH ROW WHEN (NEW.%2$I IS NOT NULL AND NEW.%2$I IS DISTINCT FROM OLD.%2$I) EXECUTE FUNCTION public.%1$I();
    $guard$,
    guard, sealed_column, 'guard_' || sealed_column, sealed_table, 'guard_' || sealed_column || '_anew');
END
$$;

CREATE OR REPLACE FUNCTION register_sealed_column(sealed_table name, sealed_column name, row_id_column name, seal_kind text)
  RETURNS void
  LANGUAGE plpgsql
  AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = format('public.%I', sealed_table)::regclass
      AND i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND a.attname = row_id_column AND a.attnotnull
  ) THEN
    RAISE EXCEPTION '%.% does not identify a row', sealed_table, row_id_column;
  END IF;
  INSERT INTO public.sealed_columns VALUES (sealed_table, sealed_column, row_id_column, seal_kind);
  IF seal_kind = 'instance' THEN
    PERFORM public.guard_sealed_column(sealed_table, sealed_column);
  END IF;
END
$$;

DO $$
DECLARE
  sealed record;
BEGIN
  FOR sealed IN SELECT table_name, column_name FROM public.sealed_columns WHERE kind = 'instance' LOOP
    EXECUTE format('DROP TRIGGER %I ON public.%I', 'guard_' || sealed.column_name, sealed.table_name);
    PERFORM public.guard_sealed_column(sealed.table_name, sealed.column_name);
  END LOOP;
END
$$;
DROP FUNCTION guard_sealed_column();
