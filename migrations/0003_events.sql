-- Reason: every change says who did what to what. The row is written in the change's own transaction, so neither can
-- exist without the other; a refusal that must be remembered brings a transaction of its own. Rows are appended, never
-- changed. A hash chain, retention (the one thing that may delete) and delivery to webhooks add their columns and
-- tables in migrations of their own.

CREATE TABLE events (
  -- UUIDv7: the order of the key is the order of writing.
  id uuid PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  -- No foreign key: what an organisation did outlives it. NULL is what concerns the instance.
  org_id uuid,
  action text NOT NULL CHECK (action ~ '^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$'),
  actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'client', 'operator', 'system', 'anonymous')),
  -- Text with its prefix (usr_…), as a client's id is whatever the operator called it.
  actor_id text CHECK ((actor_id IS NULL) = (actor_kind = 'anonymous')),
  target_kind text NOT NULL,
  target_id text NOT NULL,
  before jsonb CHECK (jsonb_typeof(before) = 'object'),
  after jsonb CHECK (jsonb_typeof(after) = 'object'),
  -- A person's fields, before and after in one, sealed with the key of personal_of: destroying that key erases them here.
  personal bytea,
  personal_of uuid,
  -- Sealed with a person's key too, for a rotation of the instance's keys re-seals what they sealed, and nothing is
  -- rewritten here. Where no person is known, ip_of is nobody: a person key that stands for all strangers.
  ip bytea,
  ip_of uuid,
  request_id text,
  -- Which transaction wrote it: a reader that follows the table must not step over one that is still open.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CHECK ((personal IS NULL) = (personal_of IS NULL)),
  CHECK ((ip IS NULL) = (ip_of IS NULL))
);
COMMENT ON TABLE events IS
  'Who did what to what, appended and never changed. rls: org; events: none because this is where events are';
SELECT register_sealed_column('events', 'personal', 'id', 'person');
SELECT register_sealed_column('events', 'ip', 'id', 'person');

-- Each serves one page of the log, newest first, without sorting and without OFFSET.
CREATE INDEX events_by_org ON events (org_id, id);
CREATE INDEX events_by_actor ON events (actor_kind, actor_id, id);
CREATE INDEX events_by_target ON events (target_kind, target_id, id);
CREATE INDEX events_by_action ON events (action, id);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
-- The instance's own events are written by whoever serves, and read by nobody without the instance scope.
CREATE POLICY events_append ON events FOR INSERT WITH CHECK (org_id IS NULL OR org_id = current_org());
CREATE POLICY events_of_org ON events FOR SELECT USING (org_id = current_org());
CREATE POLICY events_instance ON events TO hearthkey_owner USING (in_instance_scope()) WITH CHECK (in_instance_scope());

-- Not xid: an event cannot claim another transaction than its own.
GRANT SELECT, INSERT (id, occurred_at, org_id, action, actor_kind, actor_id, target_kind, target_id, before, after,
  personal, personal_of, ip, ip_of, request_id) ON events TO hearthkey_app;

CREATE FUNCTION refuse_change_of_events() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    RAISE EXCEPTION 'events are appended, never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$;

-- By statement, for the owner too, and before any row is looked for: row security would hide the rows and let a
-- mistaken DELETE report success.
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_events();
