-- Reason: who is signed in where. The protocol engine keeps the browser's session; these rows say whose it is, on which
-- device, since when, by which factors, and whether it still counts: a session that ended here is dead for the engine.
-- And a sign-in that takes more than one request leaves what it has proven here, never in the browser.

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  -- RFC 8176, and the level that these factors make.
  amr text[] NOT NULL CHECK (cardinality(amr) > 0),
  acr text NOT NULL,
  -- What the browser said of itself, as JSON; and where it signed in from.
  device bytea NOT NULL,
  ip bytea NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text,
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
COMMENT ON TABLE sessions IS
  'Every sign-in of a browser. rls: none because a person belongs to themselves, not to an organisation; events: required';
CREATE INDEX sessions_live_of_user ON sessions (user_id, id) WHERE ended_at IS NULL;
GRANT SELECT, INSERT ON sessions TO hearthkey_app;
GRANT UPDATE (ended_at, end_reason) ON sessions TO hearthkey_app;
SELECT register_sealed_column('sessions', 'device', 'id', 'person');
SELECT register_sealed_column('sessions', 'ip', 'id', 'person');

-- Beside the sessions and not in them: what is written at most once a minute for everybody who is signed in should be
-- narrow, and it is an observation, not a change.
CREATE TABLE session_carriers (
  -- SHA-256 of the uid of the engine's session: nobody who reads this table holds a session.
  engine_uid_hash bytea PRIMARY KEY CHECK (octet_length(engine_uid_hash) = 32),
  session_id uuid NOT NULL UNIQUE REFERENCES sessions (id),
  last_seen_at timestamptz NOT NULL
);
COMMENT ON TABLE session_carriers IS
  'Which session of the engine carries a session, and when it was last seen. rls: none because it follows sessions; events: none because the session''s own events say when it started and ended';
GRANT SELECT, INSERT, DELETE ON session_carriers TO hearthkey_app;
GRANT UPDATE (engine_uid_hash, session_id, last_seen_at) ON session_carriers TO hearthkey_app;

CREATE TABLE login_attempts (
  -- SHA-256 of the uid of the interaction.
  uid_hash bytea PRIMARY KEY CHECK (octet_length(uid_hash) = 32),
  -- Compare-and-set: of two tabs that went on from the same version, one did.
  version integer NOT NULL CHECK (version > 0),
  -- There is no row before something was proven, so it is always known by whom.
  user_id uuid NOT NULL,
  proofs jsonb NOT NULL CHECK (jsonb_typeof(proofs) = 'array' AND jsonb_array_length(proofs) > 0),
  -- What the attempt ended in.
  session_id uuid,
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE login_attempts IS
  'What a sign-in under way has proven. rls: none because a person belongs to themselves, not to an organisation; events: none because how an attempt ended is the event';
CREATE INDEX login_attempts_by_expiry ON login_attempts (expires_at);
GRANT SELECT, INSERT, DELETE ON login_attempts TO hearthkey_app;
GRANT UPDATE (version, user_id, proofs, session_id, expires_at) ON login_attempts TO hearthkey_app;
