-- Reason: what is sealed needs keys, and keys need a place that all instances share and one transaction can change.
-- The master key stays outside: this database holds only what it wrapped, and the name (master_id) of who wrapped it.

CREATE TABLE data_keys (
  id uuid PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('seal', 'index')),
  version integer NOT NULL CHECK (version > 0),
  state text NOT NULL CHECK (state IN ('current', 'retiring', 'closed', 'destroyed')),
  master_id text NOT NULL,
  wrapped bytea,
  created_at timestamptz NOT NULL,
  retiring_since timestamptz,
  destroyed_at timestamptz,
  UNIQUE (purpose, version),
  CHECK ((wrapped IS NULL) = (state = 'destroyed')),
  CHECK ((destroyed_at IS NOT NULL) = (state = 'destroyed')),
  CHECK ((retiring_since IS NULL) = (state = 'current'))
);
CREATE UNIQUE INDEX data_keys_one_current ON data_keys (purpose) WHERE state = 'current';
COMMENT ON TABLE data_keys IS
  'The instance''s own keys, wrapped by the master key: seal (columns) and index (blind indexes). rls: none because they belong to the instance; events: required';
-- The serving role reads; keys are made, rotated and destroyed by instance-wide jobs and commands.
GRANT SELECT ON data_keys TO hearthkey_app;

-- Which columns hold seals. The registration is what lets a rotation find every row before an old key is destroyed.
CREATE TABLE sealed_columns (
  table_name name NOT NULL,
  column_name name NOT NULL,
  id_column name NOT NULL,
  kind text NOT NULL CHECK (kind IN ('instance', 'person')),
  PRIMARY KEY (table_name, column_name)
);
COMMENT ON TABLE sealed_columns IS
  'Every column that holds sealed values, registered by the migration that adds it. rls: none because it describes the schema; events: none because only migrations write it';
GRANT SELECT ON sealed_columns TO hearthkey_app;

-- A process that has not heard of a rotation still seals with the old key. Until that key is closed its seals are
-- welcome; afterwards they are refused here, so that no row can come to depend on a key about to be destroyed. The
-- shared lock is held until commit: closing takes it exclusively, and so waits for every writer that got in before.
CREATE FUNCTION guard_sealed_column() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
DECLARE
  new_seal bytea;
  old_seal bytea;
BEGIN
  EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO new_seal USING NEW;
  IF TG_OP = 'UPDATE' THEN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO old_seal USING OLD;
  END IF;
  IF new_seal IS NULL OR new_seal IS NOT DISTINCT FROM old_seal THEN
    RETURN NEW;
  END IF;
  -- Under an older snapshot a key that was closed a moment ago would still look open.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'sealed columns are written under READ COMMITTED' USING ERRCODE = 'HK002';
  END IF;
  PERFORM pg_advisory_xact_lock_shared(1751868793, 2);
  PERFORM 1 FROM public.data_keys
    WHERE purpose = 'seal' AND state IN ('current', 'retiring')
      AND id = encode(substring(new_seal FROM 2 FOR 16), 'hex')::uuid;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'sealed under a data key that takes no new seals' USING
      ERRCODE = 'HK001', TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[0];
  END IF;
  RETURN NEW;
END
$$;
GRANT EXECUTE ON FUNCTION guard_sealed_column() TO hearthkey_app;

-- A migration that adds a sealed column calls this; sealing into a column that nobody registered is refused.
CREATE FUNCTION register_sealed_column(sealed_table name, sealed_column name, row_id_column name, seal_kind text)
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
    EXECUTE format(
      'CREATE TRIGGER %I BEFORE INSERT OR UPDATE OF %I ON public.%I FOR EACH ROW EXECUTE FUNCTION public.guard_sealed_column(%L)',
      'guard_' || sealed_column, sealed_column, sealed_table, sealed_column);
  END IF;
END
$$;

-- One key for each person, sealed by the instance's key. Destroying it erases the person wherever their data went; the
-- row stays, so that no second key is ever made for somebody who was erased.
CREATE TABLE person_keys (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL UNIQUE,
  sealed bytea,
  created_at timestamptz NOT NULL,
  destroyed_at timestamptz,
  CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL))
);
COMMENT ON TABLE person_keys IS
  'One data key for each person. rls: none because a person belongs to themselves, not to an organisation; events: required';
GRANT SELECT, INSERT ON person_keys TO hearthkey_app;
GRANT UPDATE (sealed, destroyed_at) ON person_keys TO hearthkey_app;
SELECT register_sealed_column('person_keys', 'sealed', 'person_id', 'instance');

-- Whoever kept the old bytes (a backup, a replica) and holds the serving role, or the owner's, must not put them back.
CREATE FUNCTION refuse_change_of_the_erased() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    RAISE EXCEPTION 'an erased key stays erased: % of % refused', TG_OP, TG_TABLE_NAME USING
      ERRCODE = 'insufficient_privilege';
  END $$;
CREATE TRIGGER person_keys_stay_erased BEFORE UPDATE OR DELETE ON person_keys
  FOR EACH ROW WHEN (OLD.destroyed_at IS NOT NULL) EXECUTE FUNCTION refuse_change_of_the_erased();
CREATE TRIGGER person_keys_are_kept BEFORE TRUNCATE ON person_keys
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_the_erased();

CREATE TABLE signing_keys (
  id uuid PRIMARY KEY,
  -- For keys of one API alone; NULL is the instance's own set.
  api_id uuid,
  kid text NOT NULL UNIQUE,
  algorithm text NOT NULL CHECK (algorithm IN ('RS256', 'ES256', 'EdDSA')),
  state text NOT NULL CHECK (state IN ('next', 'active', 'retired', 'gone')),
  -- PKCS #8. The public half is derived from it and never stored: whoever can write here still cannot publish a key.
  sealed bytea,
  created_at timestamptz NOT NULL,
  activated_at timestamptz,
  retired_at timestamptz,
  revoked_at timestamptz,
  gone_at timestamptz,
  CHECK ((sealed IS NULL) = (state = 'gone')),
  CHECK ((gone_at IS NOT NULL) = (state = 'gone')),
  CHECK (state NOT IN ('active', 'retired') OR activated_at IS NOT NULL),
  CHECK (state <> 'retired' OR retired_at IS NOT NULL)
);
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (api_id) NULLS NOT DISTINCT WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (api_id) NULLS NOT DISTINCT WHERE state = 'next';
COMMENT ON TABLE signing_keys IS
  'The keys that sign tokens, sealed. rls: none because they belong to the instance; events: required';
GRANT SELECT ON signing_keys TO hearthkey_app;
SELECT register_sealed_column('signing_keys', 'sealed', 'id', 'instance');
CREATE TRIGGER signing_keys_stay_gone BEFORE UPDATE OR DELETE ON signing_keys
  FOR EACH ROW WHEN (OLD.state = 'gone') EXECUTE FUNCTION refuse_change_of_the_erased();
CREATE TRIGGER signing_keys_are_kept BEFORE TRUNCATE ON signing_keys
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_the_erased();
