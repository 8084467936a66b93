-- Reason: the protocol needs three things that outlive a request: who may ask (clients), for what (APIs), and the state
-- between two requests (artifacts). No credential stands here: a client's secret is a keyed hash, and of a code, a
-- refresh token, a session cookie or an interaction cookie there is the SHA-256 of 256 random bits.

CREATE TABLE apis (
  id uuid PRIMARY KEY,
  -- What stands in `aud`; what a client asks for with `resource` (RFC 8707).
  audience text NOT NULL UNIQUE CHECK (audience ~ '^[!-~]+$' AND length(audience) <= 500),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  scopes text[] NOT NULL,
  -- Seconds; NULL is the instance's setting.
  access_token_ttl integer CHECK (access_token_ttl > 0),
  -- Tokens for it are signed by a set of keys of its own (signing_keys.api_id).
  own_keys boolean NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE apis IS
  'The resource servers that tokens are issued for. rls: none because they belong to the instance; events: required';
GRANT SELECT, INSERT, UPDATE ON apis TO hearthkey_app;

ALTER TABLE signing_keys ADD FOREIGN KEY (api_id) REFERENCES apis (id);

CREATE TABLE oidc_clients (
  -- cl_… unless the operator chose a name.
  client_id text PRIMARY KEY CHECK (client_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$')
    -- It stands in `sub` where a program speaks for itself: never the name of a person, nor of anything else of ours.
    CHECK (client_id ~ '^cl_' OR client_id !~* '^[a-z]+_[0-9a-f]{32}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- confidential: keeps a secret. public: runs in a browser. native: runs on a device of the person.
  type text NOT NULL CHECK (type IN ('confidential', 'public', 'native')),
  -- Its home page: where a person is led back to.
  uri text CHECK (length(uri) <= 500),
  redirect_uris text[] NOT NULL,
  post_logout_redirect_uris text[] NOT NULL,
  grant_types text[] NOT NULL,
  -- Ours: people are not asked whether it may know who they are.
  first_party boolean NOT NULL,
  -- HMAC of the secret under a derived key: it is 256 random bits, so a slow hash would protect nothing more.
  secret_hash bytea CHECK (octet_length(secret_hash) = 32),
  created_at timestamptz NOT NULL,
  secret_rotated_at timestamptz,
  disabled_at timestamptz,
  CHECK ((type = 'confidential') = (secret_hash IS NOT NULL))
);
COMMENT ON TABLE oidc_clients IS
  'The applications that may ask for tokens. rls: none because they belong to the instance; events: required';
GRANT SELECT, INSERT, UPDATE ON oidc_clients TO hearthkey_app;

-- Which client may ask for tokens of which API.
CREATE TABLE oidc_client_apis (
  client_id text NOT NULL REFERENCES oidc_clients,
  api_id uuid NOT NULL REFERENCES apis,
  -- NULL: all scopes of the API, those that come later too.
  scopes text[],
  PRIMARY KEY (client_id, api_id)
);
COMMENT ON TABLE oidc_client_apis IS
  'Which client may have tokens for which API. rls: none because they belong to the instance; events: required';
GRANT SELECT, INSERT, DELETE ON oidc_client_apis TO hearthkey_app;

-- What the protocol engine remembers from one request to the next. Rows live for a minute (codes) to a month.
CREATE TABLE oidc_artifacts (
  -- SHA-256 of kind and id: an id of one kind is never found as another.
  id_hash bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
  kind text NOT NULL CHECK (kind IN ('Session', 'Interaction', 'Grant', 'AuthorizationCode', 'RefreshToken', 'AccessToken')),
  grant_hash bytea CHECK (octet_length(grant_hash) = 32),
  uid_hash bytea CHECK (octet_length(uid_hash) = 32),
  user_id uuid,
  client_id text,
  -- Without the id it is found by.
  payload jsonb NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
  -- What may say something about a person (login_hint) or holds a secret of the moment, sealed by the instance.
  sealed bytea,
  consumed_at timestamptz,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
-- A replay revokes everything that came of one grant.
CREATE INDEX oidc_artifacts_by_grant ON oidc_artifacts (grant_hash) WHERE grant_hash IS NOT NULL;
-- A token that ends with its session finds it by the session's uid. Not unique: two tabs may renew one session at once.
CREATE INDEX oidc_artifacts_by_uid ON oidc_artifacts (uid_hash) WHERE uid_hash IS NOT NULL;
-- The clean-up takes the oldest first, in batches.
CREATE INDEX oidc_artifacts_by_expiry ON oidc_artifacts (expires_at);
COMMENT ON TABLE oidc_artifacts IS
  'The protocol engine''s state between requests. rls: none because sessions and grants belong to a person; events: none because what counts of it is recorded by its meaning (consent.granted, grant.revoked, the events of a session)';
GRANT SELECT, INSERT, UPDATE, DELETE ON oidc_artifacts TO hearthkey_app;
SELECT register_sealed_column('oidc_artifacts', 'sealed', 'id_hash', 'instance');
