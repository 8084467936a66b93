-- Reason: a token is validated offline until it expires. Services that cannot wait so long read from this list what died
-- earlier; and a code or a refresh token remembers for which organisation it was issued.

CREATE TABLE revocations (
  id uuid PRIMARY KEY,
  -- Services ask for what came after the last that they know, and the order of ids is not the order of commits: of two
  -- transactions the one that began first may be seen last. By this column they are told what they could not see before.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL,
  -- Tokens that were issued before `at` and carry all that is named here are dead.
  sub text,
  org_id uuid,
  sid text,
  client_id text,
  api_key text,
  reason text NOT NULL CHECK (reason ~ '^[a-z]+(-[a-z]+)*$'),
  -- No token that it speaks of lives longer.
  expires_at timestamptz NOT NULL,
  CHECK (num_nonnulls(sub, org_id, sid, client_id, api_key) > 0)
);
CREATE INDEX revocations_in_order ON revocations (xid, id);
CREATE INDEX revocations_by_expiry ON revocations (expires_at);
COMMENT ON TABLE revocations IS
  'Which tokens died before they expire. rls: none because services of every organisation read it, and it names ids alone; events: none because each row repeats a change that is recorded by its meaning';
-- Not xid: an entry cannot claim another transaction than its own.
GRANT SELECT, DELETE, INSERT (id, at, sub, org_id, sid, client_id, api_key, reason, expires_at) ON revocations TO hearthkey_app;

ALTER TABLE oidc_artifacts ADD COLUMN org_id uuid;

-- Whether an application works for organisations: off (it never hears of one), ask (for those who have any), required.
ALTER TABLE oidc_clients ADD COLUMN organisations text NOT NULL DEFAULT 'ask'
  CHECK (organisations IN ('off', 'ask', 'required'));
