-- Reason: what an instance is licensed for, checked without a network. The licence and the vendor's list of revocations are
-- kept as they were signed and judged anew at each use; sealed, because they name a customer. The latest time that was
-- ever seen is sealed too, so that nobody lengthens a licence by setting the clock back, nor by editing a row.

CREATE TABLE licenses (
  id uuid PRIMARY KEY,
  -- One of each or none: a new one takes the place of the one before.
  kind text NOT NULL UNIQUE CHECK (kind IN ('license', 'revocations')),
  sealed bytea NOT NULL,
  installed_at timestamptz NOT NULL,
  -- When the log of events was told that it counts no more.
  expired_at timestamptz CHECK (expired_at IS NULL OR kind = 'license')
);
COMMENT ON TABLE licenses IS
  'The licence of this instance, and what its vendor has revoked. rls: none because they belong to the instance; events: required';
GRANT SELECT, INSERT, DELETE ON licenses TO hearthkey_app;
GRANT UPDATE (expired_at) ON licenses TO hearthkey_app;
SELECT register_sealed_column('licenses', 'sealed', 'id', 'instance');

CREATE TABLE license_clock (
  id uuid PRIMARY KEY,
  the_only boolean NOT NULL UNIQUE DEFAULT true CHECK (the_only),
  sealed bytea NOT NULL,
  -- Since when the clock is behind that time; told once.
  set_back_at timestamptz
);
COMMENT ON TABLE license_clock IS
  'The latest time that was seen here. rls: none because it belongs to the instance; events: none because it is an observation: that the clock was set back is recorded (license.clock_set_back)';
GRANT SELECT, INSERT ON license_clock TO hearthkey_app;
GRANT UPDATE (sealed, set_back_at) ON license_clock TO hearthkey_app;
SELECT register_sealed_column('license_clock', 'sealed', 'id', 'instance');

-- A licence limits the organisations of the instance, and whoever makes one sees its own alone. This tells their number.
CREATE FUNCTION count_organisations() RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$
DECLARE
  number bigint;
  before text := coalesce(current_setting('hearthkey.scope', true), '');
BEGIN
  PERFORM set_config('hearthkey.scope', 'instance', true);
  SELECT count(*) INTO number FROM public.organisations WHERE status <> 'deleted';
  PERFORM set_config('hearthkey.scope', before, true);
  RETURN number;
END
$$;
COMMENT ON FUNCTION count_organisations() IS 'How many organisations there are, for whoever may see but one.';
REVOKE ALL ON FUNCTION count_organisations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_organisations() TO hearthkey_app;
