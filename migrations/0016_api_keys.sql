-- Reason: programs. A service account is a member like a person and signs in nowhere; an API key lets a program act for
-- its owner within one organisation, never beyond what was written on the key. No key stands here, only its keyed hash.

CREATE TABLE service_accounts (
  id uuid PRIMARY KEY,
  -- Where it is looked after. It may be a member of others as well.
  org_id uuid NOT NULL REFERENCES organisations (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  description text NOT NULL CHECK (length(description) <= 500),
  status text NOT NULL CHECK (status IN ('active', 'disabled', 'removed')),
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK ((ended_at IS NULL) = (status = 'active'))
);
COMMENT ON TABLE service_accounts IS
  'Programs with roles in organisations. rls: org; events: required';
CREATE INDEX service_accounts_of_org ON service_accounts (org_id, id);

-- A program that asks with client credentials is this service account.
ALTER TABLE oidc_clients ADD COLUMN service_account uuid UNIQUE;

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations (id),
  owner_id uuid NOT NULL,
  owner_kind text NOT NULL CHECK (owner_kind IN ('person', 'service')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- The last characters, so that people tell their keys apart.
  hint text NOT NULL CHECK (length(hint) <= 8),
  -- HMAC under a derived key: it is 256 random bits, so a slow hash would protect nothing more.
  secret_hash bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
  -- By API, like a role's. What it may do is this and what its owner may do at that moment.
  permissions jsonb NOT NULL CHECK (jsonb_typeof(permissions) = 'object'),
  -- Empty: from anywhere.
  ip_ranges text[] NOT NULL,
  -- Requests a minute; NULL is the instance's setting.
  quota integer CHECK (quota > 0),
  created_at timestamptz NOT NULL,
  -- Also brought nearer by a rotation: the former key works until then.
  expires_at timestamptz,
  -- One successor: of two rotations at once the second is refused.
  replaces uuid UNIQUE,
  revoked_at timestamptz,
  revoked_because text CHECK (revoked_because IN ('revoked', 'leaked', 'owner-ended')),
  -- When the owner was told that it ends soon, and when the log of events was told that it has.
  warned_at timestamptz,
  expired_at timestamptz,
  CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
);
COMMENT ON TABLE api_keys IS
  'What programs show instead of a sign-in, by hash. rls: org; events: required';
-- Unique for those that refer to it: a foreign key looks past row security, so each of them names the organisation too.
CREATE UNIQUE INDEX api_keys_of_org ON api_keys (org_id, id);
ALTER TABLE api_keys ADD FOREIGN KEY (org_id, replaces) REFERENCES api_keys (org_id, id);
CREATE INDEX api_keys_of_owner ON api_keys (owner_id, id);
-- For the job that looks after what ends, and has not been revoked.
CREATE INDEX api_keys_ending ON api_keys (expires_at) WHERE revoked_at IS NULL AND expired_at IS NULL;

-- Beside the key, so that a use does not rewrite its row. Written once a minute at most.
CREATE TABLE api_key_uses (
  key_id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  last_used_at timestamptz NOT NULL,
  FOREIGN KEY (org_id, key_id) REFERENCES api_keys (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
COMMENT ON TABLE api_key_uses IS
  'When a key was last used. rls: org; events: none because a use changes nothing that anybody decided';

ALTER TABLE service_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;

CREATE POLICY service_accounts_own ON service_accounts USING (org_id = current_org()) WITH CHECK (org_id = current_org());
-- Itself, from whichever organisation it works for.
CREATE POLICY service_accounts_self ON service_accounts FOR SELECT USING (id = current_person());
CREATE POLICY service_accounts_instance ON service_accounts TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT ON service_accounts TO hearthkey_app;
GRANT UPDATE (status, ended_at) ON service_accounts TO hearthkey_app;

CREATE POLICY api_keys_own ON api_keys USING (org_id = current_org()) WITH CHECK (org_id = current_org());
CREATE POLICY api_keys_by_secret ON api_keys FOR SELECT USING (secret_hash = current_credential());
CREATE POLICY api_keys_instance ON api_keys TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT ON api_keys TO hearthkey_app;
GRANT UPDATE (name, expires_at, revoked_at, revoked_because) ON api_keys TO hearthkey_app;

ALTER TABLE api_key_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_uses FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_uses_own ON api_key_uses USING (org_id = current_org()) WITH CHECK (org_id = current_org());
CREATE POLICY api_key_uses_by_secret ON api_key_uses FOR SELECT USING (
  key_id IN (SELECT k.id FROM api_keys k WHERE k.secret_hash = current_credential()));
CREATE POLICY api_key_uses_instance ON api_key_uses TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT ON api_key_uses TO hearthkey_app;
GRANT UPDATE (last_used_at) ON api_key_uses TO hearthkey_app;
