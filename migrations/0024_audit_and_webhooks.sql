-- Reason: the log of events proves itself. Entries are put into one chain of hashes, a moment after they were written, so
-- that writers wait for nobody; heads of the chain are signed and leave the machine; retention takes away what is old and
-- keeps what proves the rest. And whoever follows the chain (webhooks, alerts, a SIEM) hears of everything once it is in it.

ALTER TABLE events
  -- Sealed with the key of ip_of, which is the person's whom both are about.
  ADD COLUMN user_agent bytea,
  -- In which sign-in it was done.
  ADD COLUMN session_id uuid;

-- What no writer of ours leaves, and nobody could read, hash, or bear in memory: refused to whoever holds the login that serves,
-- who would otherwise trouble everybody who follows the log. Rows from before are not looked at: whoever reads bears with them.
CREATE FUNCTION is_uuid_v7(id uuid) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT get_byte(uuid_send(id), 6) >> 4 = 7 AND get_byte(uuid_send(id), 8) >> 6 = 2 $$;
GRANT EXECUTE ON FUNCTION is_uuid_v7(uuid) TO hearthkey_app;
-- A policy asks, not a constraint: PostgreSQL reads a constraint anew with every statement, which was two thirds of what an event
-- cost it, and a policy with the plan that a connection keeps. It binds the owner as well; whoever is above the owner could take a
-- constraint away too.
ALTER TABLE events
  DROP CONSTRAINT events_action_check, DROP CONSTRAINT events_actor_kind_check, DROP CONSTRAINT events_check,
  DROP CONSTRAINT events_before_check, DROP CONSTRAINT events_after_check, DROP CONSTRAINT events_check1,
  DROP CONSTRAINT events_check2;
CREATE POLICY events_as_written ON events AS RESTRICTIVE FOR INSERT WITH CHECK (
  action ~ '^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$'
  AND actor_kind IN ('person', 'client', 'service_account', 'api_key', 'operator', 'system', 'anonymous')
  AND (actor_id IS NULL) = (actor_kind = 'anonymous')
  AND (jsonb_typeof(before) = 'object') IS NOT FALSE AND (jsonb_typeof(after) = 'object') IS NOT FALSE
  AND (personal IS NULL) = (personal_of IS NULL)
  AND (ip IS NULL) = (ip_of IS NULL)
  AND (user_agent IS NULL OR ip_of IS NOT NULL)
  -- To the millisecond, as it is hashed: what is finer could be changed unseen.
  AND occurred_at = date_trunc('milliseconds', occurred_at)
  AND occurred_at >= '2000-01-01T00:00:00Z' AND occurred_at < '2200-01-01T00:00:00Z'
  AND is_uuid_v7(id) AND is_uuid_v7(org_id) IS NOT FALSE AND is_uuid_v7(personal_of) IS NOT FALSE
  AND is_uuid_v7(ip_of) IS NOT FALSE AND is_uuid_v7(session_id) IS NOT FALSE
  -- As text: of what comes out of a table, the size of the column is that of its compressed form.
  AND (octet_length(before::text) <= 524288) IS NOT FALSE AND (octet_length(after::text) <= 524288) IS NOT FALSE
  AND jsonb_path_exists(before, 'strict $.**{32 to last} ? (@.type() == "object" || @.type() == "array")') IS NOT TRUE
  AND jsonb_path_exists(after, 'strict $.**{32 to last} ? (@.type() == "object" || @.type() == "array")') IS NOT TRUE
  AND jsonb_path_exists(before, 'strict $.** ? (@.type() == "number" && (@ > 1e300 || @ < -1e300))') IS NOT TRUE
  AND jsonb_path_exists(after, 'strict $.** ? (@.type() == "number" && (@ > 1e300 || @ < -1e300))') IS NOT TRUE
  AND length(target_id) <= 1000 AND (length(request_id) <= 1000) IS NOT FALSE
  AND (octet_length(personal) <= 1048576) IS NOT FALSE AND (octet_length(ip) <= 1024) IS NOT FALSE
  AND (octet_length(user_agent) <= 8192) IS NOT FALSE);

-- What the log says of itself, the owner says: whoever serves could otherwise announce that retention took away what somebody else
-- takes, or that the chain is broken where it is whole.
CREATE POLICY events_of_the_log ON events AS RESTRICTIVE FOR INSERT TO hearthkey_app
  WITH CHECK (action NOT IN ('audit.pruned', 'audit.chain_broken', 'audit_key.created', 'audit_key.rotated', 'alert.raised'));

SELECT register_sealed_column('events', 'user_agent', 'id', 'person');
GRANT INSERT (user_agent, session_id) ON events TO hearthkey_app;

-- Whoever follows the table finds by it what was written since.
CREATE INDEX events_by_transaction ON events (xid);
CREATE INDEX events_by_request ON events (request_id, id) WHERE request_id IS NOT NULL;

-- Retention alone takes events away: as the owner, and only in a transaction that says that this is what it is.
CREATE OR REPLACE FUNCTION refuse_change_of_events() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    IF TG_OP = 'DELETE' AND current_setting('hearthkey.retention', true) = 'prunes' AND in_instance_scope() THEN
      RETURN NULL;
    END IF;
    RAISE EXCEPTION 'events are appended, never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$;
GRANT DELETE ON events TO hearthkey_owner;

-- One row for each event, without a gap. It stays when retention has taken the event away, until all of its segment went.
CREATE TABLE audit_chain (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  -- No foreign key: it outlives the event.
  event_id uuid NOT NULL UNIQUE,
  at timestamptz NOT NULL,
  org_id uuid,
  -- Of the event as it stands, what is sealed in it sealed: erasing a person changes nothing here.
  entry_hash bytea NOT NULL CHECK (octet_length(entry_hash) = 32),
  -- Of this link and the one before it.
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- What the actor was called when the event was put into the chain: of a person sealed with their key.
  actor_name text,
  actor_name_sealed bytea,
  CHECK (actor_name IS NULL OR actor_name_sealed IS NULL)
);
COMMENT ON TABLE audit_chain IS
  'The order of events, and the hashes that prove it. rls: org; events: none because it is made of events';
SELECT register_sealed_column('audit_chain', 'actor_name_sealed', 'event_id', 'person');
ALTER TABLE audit_chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_chain FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_chain_of_org ON audit_chain FOR SELECT USING (org_id = current_org());
CREATE POLICY audit_chain_instance ON audit_chain TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT ON audit_chain TO hearthkey_app;

-- Against mistakes; against an owner who means it stand the heads that have left the machine.
CREATE FUNCTION refuse_change_of_the_chain() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    IF current_setting('hearthkey.retention', true) = 'prunes' AND in_instance_scope() THEN
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      -- Of what retention took away goes the name as well; the link stays as it is.
      IF TG_OP = 'UPDATE' AND NEW.actor_name IS NULL AND NEW.actor_name_sealed IS NULL
        AND (NEW.seq, NEW.event_id, NEW.at, NEW.org_id, NEW.entry_hash, NEW.hash)
          IS NOT DISTINCT FROM (OLD.seq, OLD.event_id, OLD.at, OLD.org_id, OLD.entry_hash, OLD.hash) THEN
        RETURN NEW;
      END IF;
    END IF;
    RAISE EXCEPTION 'the chain of events is appended, never changed: % refused', TG_OP USING
      ERRCODE = 'insufficient_privilege';
  END $$;
CREATE TRIGGER audit_chain_is_append_only BEFORE UPDATE OR DELETE ON audit_chain
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_the_chain();
CREATE TRIGGER audit_chain_is_kept BEFORE TRUNCATE ON audit_chain
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_events();

-- Where the chain ends, and what its maker had seen by then. Locked by whoever appends.
CREATE TABLE audit_head (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  seq bigint NOT NULL CHECK (seq >= 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- A pg_snapshot; NULL: nothing yet.
  seen text,
  -- While events are walked through from the first (a database from before the chain, or one that was restored): what could
  -- be seen when that began, which is believed when it is over, and up to which event it came.
  walk_began text,
  walked_to uuid,
  -- When the oldest entry was appended that no signed head covered then: by the clock of whoever appended, not by the entry's own date.
  unsigned_since timestamptz,
  CHECK ((walk_began IS NULL) = (walked_to IS NULL))
);
COMMENT ON TABLE audit_head IS
  'Where the chain of events ends. rls: none because it belongs to the instance; events: none because it follows events';
INSERT INTO audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Whether there is anything to do for whoever keeps the chain: asked twice a second, so it is one statement that looks at the
-- ends of two indexes, however long somebody's transaction has been open. It has its scope to itself, without a transaction
-- around it; the serving role may not run it, and what it set would not be believed of it either.
CREATE FUNCTION audit_chain_standing(
  OUT waits boolean, OUT seq bigint, OUT signed_seq bigint, OUT unsigned_since timestamptz)
  LANGUAGE plpgsql STABLE
  AS $$
  DECLARE
    scope text := coalesce(current_setting('hearthkey.scope', true), '');
    head audit_head;
    until xid8 := pg_snapshot_xmax(pg_current_snapshot());
    since xid8;
    open_then xid8[];
  BEGIN
    PERFORM set_config('hearthkey.scope', 'instance', true);
    SELECT * INTO STRICT head FROM audit_head;
    seq := head.seq;
    signed_seq := coalesce((SELECT c.seq FROM audit_checkpoints c ORDER BY c.seq DESC LIMIT 1), 0);
    IF seq > signed_seq THEN
      -- What was appended while a head was being signed, came behind that.
      unsigned_since := greatest(head.unsigned_since, (SELECT c.at FROM audit_checkpoints c WHERE c.seq = signed_seq));
    END IF;
    since := pg_snapshot_xmax(head.seen::pg_snapshot);
    open_then := ARRAY(SELECT pg_snapshot_xip(head.seen::pg_snapshot));
    waits := head.seen IS NULL OR head.walk_began IS NOT NULL OR since > until
      OR EXISTS (SELECT FROM events e WHERE e.xid >= since AND e.xid < until)
      OR EXISTS (SELECT FROM events e WHERE e.xid = ANY (open_then));
    PERFORM set_config('hearthkey.scope', scope, true);
  END $$;

-- Ed25519. The private half goes when its successor was endorsed; the public half stays, to verify what it signed.
CREATE TABLE audit_keys (
  id uuid PRIMARY KEY,
  kid text NOT NULL UNIQUE,
  public_jwk jsonb NOT NULL CHECK (jsonb_typeof(public_jwk) = 'object'),
  -- PKCS #8.
  sealed bytea,
  created_at timestamptz NOT NULL,
  retired_at timestamptz,
  -- By its predecessor, a JWS: who trusts that one may trust this one. NULL for the first.
  endorsement text,
  CHECK ((sealed IS NULL) = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX audit_keys_one_active ON audit_keys ((true)) WHERE retired_at IS NULL;
COMMENT ON TABLE audit_keys IS
  'The keys that sign heads of the chain of events. rls: none because they belong to the instance; events: required';
SELECT register_sealed_column('audit_keys', 'sealed', 'id', 'instance');
CREATE TRIGGER audit_keys_stay_retired BEFORE UPDATE OR DELETE ON audit_keys
  FOR EACH ROW WHEN (OLD.retired_at IS NOT NULL) EXECUTE FUNCTION refuse_change_of_the_erased();
CREATE TRIGGER audit_keys_are_kept BEFORE TRUNCATE ON audit_keys
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_the_erased();
GRANT SELECT (id, kid, public_jwk, created_at, retired_at, endorsement) ON audit_keys TO hearthkey_app;

-- A signed head; the segment is what came since the one before it.
CREATE TABLE audit_checkpoints (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  first_seq bigint NOT NULL UNIQUE CHECK (first_seq BETWEEN 1 AND seq),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- When it was signed, and when the latest event of its segment happened.
  at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  key_id uuid NOT NULL REFERENCES audit_keys,
  jws text NOT NULL,
  -- When retention had taken away all of its segment, the links as well.
  pruned_at timestamptz
);
COMMENT ON TABLE audit_checkpoints IS
  'Signed heads of the chain of events. rls: none because they belong to the instance and hold hashes alone; events: none because they prove events';
CREATE INDEX audit_checkpoints_to_prune ON audit_checkpoints (seq) WHERE pruned_at IS NULL;
CREATE FUNCTION refuse_change_of_checkpoints() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('hearthkey.retention', true) = 'prunes' AND in_instance_scope()
      AND (NEW.seq, NEW.first_seq, NEW.hash, NEW.at, NEW.last_at, NEW.key_id, NEW.jws)
        IS NOT DISTINCT FROM (OLD.seq, OLD.first_seq, OLD.hash, OLD.at, OLD.last_at, OLD.key_id, OLD.jws) THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'signed heads are appended, never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$;
CREATE TRIGGER audit_checkpoints_are_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_checkpoints();
CREATE TRIGGER audit_checkpoints_are_kept BEFORE TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_events();

-- How far along the chain each of those is who follow it: webhooks, alerts, a SIEM, the heads that leave.
CREATE TABLE audit_followers (
  name text PRIMARY KEY CHECK (name ~ '^[a-z]+(-[a-z]+)*$'),
  seq bigint NOT NULL CHECK (seq >= 0),
  moved_at timestamptz NOT NULL,
  -- Which process streams it to somewhere outside: one at a time, and another one should it be silent for so long.
  held_by uuid,
  held_until timestamptz,
  CHECK ((held_by IS NULL) = (held_until IS NULL))
);
COMMENT ON TABLE audit_followers IS
  'How far each follower of the chain of events is. rls: none because it belongs to the instance; events: none because it says what was read, not what was changed';

-- How long the events of an organisation are kept; NULL is the setting of the instance.
ALTER TABLE organisations ADD COLUMN audit_retention_days integer CHECK (audit_retention_days BETWEEN 1 AND 36500);
GRANT UPDATE (audit_retention_days) ON organisations TO hearthkey_app;

CREATE TABLE alert_states (
  rule text NOT NULL CHECK (rule ~ '^[a-z]+(-[a-z]+)*$'),
  -- Whom or what it was about; the id of a person, a key, an organisation.
  subject text NOT NULL CHECK (length(subject) <= 200),
  raised_at timestamptz NOT NULL,
  -- Until then the same is not said again.
  quiet_until timestamptz NOT NULL,
  PRIMARY KEY (rule, subject)
);
COMMENT ON TABLE alert_states IS
  'Which alerts were raised a moment ago. rls: none because it belongs to the instance; events: none because that an alert was raised is the event';
CREATE INDEX alert_states_by_end ON alert_states (quiet_until);

CREATE TABLE webhook_endpoints (
  id uuid PRIMARY KEY,
  -- NULL: of the instance, and told of everything.
  org_id uuid REFERENCES organisations,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  url text NOT NULL CHECK (length(url) <= 2000),
  -- `user.created`, `user.*` or `*`.
  events text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 200),
  -- Whether it is told what speaks of persons: names, addresses, where they were. Otherwise ids alone.
  personal boolean NOT NULL,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz,
  disabled_because text CHECK (disabled_because IN ('by-hand', 'failing')),
  removed_at timestamptz,
  CHECK ((disabled_at IS NULL) = (disabled_because IS NULL))
);
COMMENT ON TABLE webhook_endpoints IS
  'Who is told of events. rls: org; events: required';
-- Unique for those that refer to it: a foreign key looks past row security, so each of them names the organisation too.
CREATE UNIQUE INDEX webhook_endpoints_of_org ON webhook_endpoints (org_id, id);

-- Two at once while one follows the other.
CREATE TABLE webhook_secrets (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoints,
  org_id uuid,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- NULL: until it is followed by another.
  expires_at timestamptz
);
COMMENT ON TABLE webhook_secrets IS
  'What messages to endpoints are signed with. rls: org; events: required';
CREATE INDEX webhook_secrets_of_endpoint ON webhook_secrets (endpoint_id, id);
SELECT register_sealed_column('webhook_secrets', 'sealed', 'id', 'instance');

CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoints,
  org_id uuid,
  event_id uuid NOT NULL,
  seq bigint NOT NULL,
  action text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'delivered', 'failed', 'discarded')),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- NULL: as the event came; else the webhook.replayed by which it was sent again.
  replay_of uuid,
  created_at timestamptz NOT NULL,
  -- When it is tried next; the job in the queue is the alarm clock, this is the time. NULL: when its endpoint is enabled again.
  next_at timestamptz,
  -- What was not delivered by then has failed.
  give_up_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK ((ended_at IS NULL) = (state = 'queued'))
);
COMMENT ON TABLE webhook_deliveries IS
  'What endpoints were told and are to be told. rls: org; events: none because each repeats an event';
-- However often the follower begins anew, an endpoint is told of an event once.
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (endpoint_id, event_id) WHERE replay_of IS NULL;
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id, endpoint_id);
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (endpoint_id, state, id);
-- For whoever looks for what was forgotten.
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (next_at) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE webhook_attempts (
  id uuid PRIMARY KEY,
  delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
  org_id uuid,
  attempt integer NOT NULL CHECK (attempt > 0),
  at timestamptz NOT NULL,
  duration_ms integer NOT NULL CHECK (duration_ms >= 0),
  -- Of the answer; NULL where there was none.
  status integer,
  -- One word of ours where there was no answer that counts.
  failure text CHECK (failure ~ '^[a-z0-9-]{1,60}$'),
  -- The beginning of the answer's body, sealed: nobody knows what strangers write into it.
  response bytea
);
COMMENT ON TABLE webhook_attempts IS
  'How each attempt to tell an endpoint went. rls: org; events: none because it is an observation';
CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (delivery_id, id);
SELECT register_sealed_column('webhook_attempts', 'response', 'id', 'instance');

-- How an endpoint fares: beside it, since it changes with every message.
CREATE TABLE webhook_health (
  endpoint_id uuid PRIMARY KEY REFERENCES webhook_endpoints,
  org_id uuid,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  -- The first failure since the last success.
  failing_since timestamptz
);
COMMENT ON TABLE webhook_health IS
  'How endpoints fare. rls: org; events: none because it is an observation: that one is disabled is an event';

ALTER TABLE webhook_secrets ADD FOREIGN KEY (org_id, endpoint_id) REFERENCES webhook_endpoints (org_id, id);
ALTER TABLE webhook_deliveries ADD FOREIGN KEY (org_id, endpoint_id) REFERENCES webhook_endpoints (org_id, id);

DO $$
DECLARE one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['webhook_endpoints', 'webhook_secrets', 'webhook_deliveries', 'webhook_attempts', 'webhook_health']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY %I ON %I USING (org_id = current_org()) WITH CHECK (org_id = current_org())', one || '_own', one);
    EXECUTE format('CREATE POLICY %I ON %I TO hearthkey_owner USING (in_instance_scope()) WITH CHECK (in_instance_scope())',
      one || '_instance', one);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON webhook_endpoints TO hearthkey_app;
GRANT UPDATE (name, url, events, personal, disabled_at, disabled_because, removed_at) ON webhook_endpoints TO hearthkey_app;
GRANT SELECT, INSERT, DELETE ON webhook_secrets TO hearthkey_app;
GRANT UPDATE (expires_at) ON webhook_secrets TO hearthkey_app;
GRANT SELECT, INSERT ON webhook_deliveries TO hearthkey_app;
-- To discard what waits for an endpoint that is removed, and to let one that was mended begin anew.
GRANT UPDATE (state, ended_at) ON webhook_deliveries TO hearthkey_app;
GRANT UPDATE (failing_since) ON webhook_health TO hearthkey_app;
GRANT SELECT ON webhook_attempts, webhook_health TO hearthkey_app;
