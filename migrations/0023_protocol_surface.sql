-- Reason: the whole protocol. Applications say what they are (and that decides what is safe for them), prove themselves by
-- more than one secret at a time or by a key, and may register themselves; APIs say how their tokens look; what a person
-- agreed to outlives a session; what is single-use is used once on every instance; and a session knows where it was used.

-- How tokens for an API look.
ALTER TABLE apis
  -- What its own keys sign with; NULL is the instance's setting.
  ADD COLUMN algorithm text CHECK (algorithm IN ('RS256', 'ES256', 'EdDSA')),
  -- Our name of a claim → the name that this API reads, like {"org_id": "tenantId"}.
  ADD COLUMN claim_names jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(claim_names) = 'object'),
  -- Whether its tokens say what their bearer may do there; otherwise it asks (introspection), or decides by roles.
  ADD COLUMN carries_permissions boolean NOT NULL DEFAULT true,
  -- For whom tokens are where nobody names an API.
  ADD COLUMN is_default boolean NOT NULL DEFAULT false,
  -- Scope → language → what people read before they agree.
  ADD COLUMN scope_words jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(scope_words) = 'object');
CREATE UNIQUE INDEX apis_default ON apis (is_default) WHERE is_default;
ALTER TABLE apis ADD CHECK (algorithm IS NULL OR own_keys);

-- Several at a time: the next is rolled out while the one before still counts.
CREATE TABLE oidc_client_secrets (
  id uuid PRIMARY KEY,
  client_id text NOT NULL REFERENCES oidc_clients,
  -- HMAC under a derived key: it is 256 random bits, so a slow hash would protect nothing more.
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  -- The last characters, so that people tell them apart. Empty for those that are older than this table.
  hint text NOT NULL CHECK (length(hint) <= 8),
  created_at timestamptz NOT NULL,
  -- NULL: until it is taken away.
  expires_at timestamptz
);
COMMENT ON TABLE oidc_client_secrets IS
  'By what an application proves who it is, by hash. rls: none because they belong to the instance; events: required';
CREATE INDEX oidc_client_secrets_of_client ON oidc_client_secrets (client_id, id);
GRANT SELECT, INSERT, DELETE ON oidc_client_secrets TO hearthkey_app;
GRANT UPDATE (expires_at) ON oidc_client_secrets TO hearthkey_app;
INSERT INTO oidc_client_secrets (id, client_id, secret_hash, hint, created_at)
  -- In the form of version 7, which alone is read as an id.
  SELECT overlay(gen_random_uuid()::text PLACING '7' FROM 15 FOR 1)::uuid, client_id, secret_hash, '',
    coalesce(secret_rotated_at, created_at)
  FROM oidc_clients WHERE secret_hash IS NOT NULL;

ALTER TABLE oidc_clients DROP CONSTRAINT oidc_clients_type_check;
DO $$
DECLARE bound text;
BEGIN
  -- "a confidential one has a secret": it may prove itself by a key instead.
  SELECT conname INTO STRICT bound FROM pg_constraint
    WHERE conrelid = 'oidc_clients'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%confidential%';
  EXECUTE format('ALTER TABLE oidc_clients DROP CONSTRAINT %I', bound);
END $$;
UPDATE oidc_clients SET type = CASE
  WHEN type = 'confidential' AND 'authorization_code' = ANY (grant_types) THEN 'web'
  WHEN type = 'confidential' THEN 'service'
  WHEN type = 'public' THEN 'single-page'
  ELSE type END;
ALTER TABLE oidc_clients
  DROP COLUMN secret_hash,
  DROP COLUMN secret_rotated_at,
  -- web: a server with pages. single-page: runs in a browser. native: runs on a device of the person. service: a program
  -- that nobody signs in to.
  ADD CHECK (type IN ('web', 'single-page', 'native', 'service')),
  ADD COLUMN auth_method text NOT NULL DEFAULT 'client_secret_basic' CHECK (auth_method IN
    ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth', 'none')),
  -- Its public keys, as they are or where they are found.
  ADD COLUMN jwks jsonb,
  ADD COLUMN jwks_uri text CHECK (length(jwks_uri) <= 500),
  -- Of its certificate (RFC 8705 §2.1.2), as RFC 4514 writes it.
  ADD COLUMN tls_subject text CHECK (length(tls_subject) <= 500),
  ADD COLUMN logo_uri text CHECK (length(logo_uri) <= 500),
  ADD COLUMN policy_uri text CHECK (length(policy_uri) <= 500),
  ADD COLUMN terms_uri text CHECK (length(terms_uri) <= 500),
  -- From where a page may call the token endpoint, beside the origins of the redirect URIs.
  ADD COLUMN origins text[] NOT NULL DEFAULT '{}',
  -- Where it is told that a session has ended.
  ADD COLUMN backchannel_logout_uri text CHECK (length(backchannel_logout_uri) <= 500),
  -- Seconds; NULL is the instance's setting.
  ADD COLUMN access_token_ttl integer CHECK (access_token_ttl > 0),
  ADD COLUMN refresh_idle_ttl integer CHECK (refresh_idle_ttl > 0),
  ADD COLUMN refresh_absolute_ttl integer CHECK (refresh_absolute_ttl > 0),
  -- pairwise: each sector hears of a person under a name of its own (OpenID Connect Core §8.1).
  ADD COLUMN subject_type text NOT NULL DEFAULT 'public' CHECK (subject_type IN ('public', 'pairwise')),
  ADD COLUMN sector text CHECK (length(sector) <= 253),
  ADD COLUMN requires_par boolean NOT NULL DEFAULT false,
  ADD COLUMN requires_signed_request boolean NOT NULL DEFAULT false,
  -- Whether its tokens are good only in the hand of whoever holds a key.
  ADD COLUMN token_binding text NOT NULL DEFAULT 'none' CHECK (token_binding IN ('none', 'dpop', 'mtls')),
  -- For software that is too old for PKCE; never for one that keeps no secret.
  ADD COLUMN pkce text NOT NULL DEFAULT 'required' CHECK (pkce IN ('required', 'optional')),
  ADD COLUMN profile text CHECK (profile IN ('fapi2')),
  -- It registered itself: keyed hash of the token by which it looks after its own entry (RFC 7592).
  ADD COLUMN registration_hash bytea CHECK (octet_length(registration_hash) = 32),
  ADD COLUMN removed_at timestamptz,
  ADD CHECK ((subject_type = 'pairwise') = (sector IS NOT NULL)),
  ADD CHECK (jwks IS NULL OR jwks_uri IS NULL);
UPDATE oidc_clients SET auth_method = 'none' WHERE type IN ('single-page', 'native');
ALTER TABLE oidc_clients
  ALTER COLUMN auth_method DROP DEFAULT,
  ADD CHECK (type NOT IN ('single-page', 'native') OR (auth_method = 'none' AND pkce = 'required'));
-- Those whose sessions end by a message.
CREATE INDEX oidc_clients_told_of_logout ON oidc_clients (client_id) WHERE backchannel_logout_uri IS NOT NULL;

-- May it have tokens for this API in the name of a person whose token it was shown (RFC 8693)?
ALTER TABLE oidc_client_apis ADD COLUMN on_behalf boolean NOT NULL DEFAULT false;
GRANT UPDATE (scopes, on_behalf) ON oidc_client_apis TO hearthkey_app;

-- Who may register an application themselves (RFC 7591).
CREATE TABLE oidc_registration_tokens (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  -- Also for what speaks for itself, with nobody who signs in.
  allows_programs boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  -- NULL: as often as they like.
  uses_left integer CHECK (uses_left >= 0),
  revoked_at timestamptz
);
COMMENT ON TABLE oidc_registration_tokens IS
  'With what an application may register itself, by hash. rls: none because they belong to the instance; events: required';
GRANT SELECT, INSERT ON oidc_registration_tokens TO hearthkey_app;
GRANT UPDATE (uses_left, revoked_at) ON oidc_registration_tokens TO hearthkey_app;

-- What a person agreed to, for as long as they do not take it back.
CREATE TABLE consents (
  -- It goes with the person.
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  client_id text NOT NULL REFERENCES oidc_clients,
  scopes text[] NOT NULL,
  claims text[] NOT NULL,
  -- Audience → scopes there.
  resources jsonb NOT NULL CHECK (jsonb_typeof(resources) = 'object'),
  given_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, client_id)
);
COMMENT ON TABLE consents IS
  'What people allow applications to know and to do. rls: none because a person belongs to themselves, not to an organisation; events: required';
CREATE INDEX consents_of_client ON consents (client_id);
GRANT SELECT, INSERT, DELETE ON consents TO hearthkey_app;
GRANT UPDATE (scopes, claims, resources, changed_at) ON consents TO hearthkey_app;

-- JWTs that count once: assertions of clients, signed requests, proofs of a key. All that is known of one is a hash.
CREATE TABLE oidc_used_jwts (
  hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE oidc_used_jwts IS
  'Which JWTs were used up. rls: none because they belong to the instance; events: none because to use one up changes nothing else';
CREATE INDEX oidc_used_jwts_by_expiry ON oidc_used_jwts (expires_at);
GRANT SELECT, INSERT, DELETE ON oidc_used_jwts TO hearthkey_app;

ALTER TABLE oidc_artifacts
  DROP CONSTRAINT oidc_artifacts_kind_check,
  ADD CHECK (kind IN ('Session', 'Interaction', 'Grant', 'AuthorizationCode', 'RefreshToken', 'AccessToken', 'DeviceCode',
    'PushedAuthorizationRequest')),
  -- Of a refresh token: how often it came. The first makes the successor; inside the window the next are answered with the same.
  ADD COLUMN uses integer NOT NULL DEFAULT 0 CHECK (uses >= 0),
  -- HMAC under a derived key: what a person types on another device is short enough to be guessed from a plain hash.
  ADD COLUMN user_code_hash bytea CHECK (octet_length(user_code_hash) = 32),
  -- Of a grant, code or refresh token: in which sign-in it was given.
  ADD COLUMN session_id uuid;
-- The engine's own sessions know it of those that are there: without it they would outlive the session that they belong to.
UPDATE oidc_artifacts AS granted SET session_id = known.session
  FROM (
    SELECT sha256(convert_to('Grant ' || (a.value ->> 'grantId'), 'UTF8')) AS id_hash,
      substr(s.payload ->> 'hearthkeySession', length('ses_') + 1)::uuid AS session
    FROM oidc_artifacts s,
      jsonb_each(CASE jsonb_typeof(s.payload -> 'authorizations') WHEN 'object' THEN s.payload -> 'authorizations' END) a
    WHERE s.kind = 'Session' AND s.payload ? 'hearthkeySession'
  ) known
  WHERE granted.id_hash = known.id_hash AND granted.kind = 'Grant';
CREATE UNIQUE INDEX oidc_artifacts_by_user_code ON oidc_artifacts (user_code_hash) WHERE user_code_hash IS NOT NULL;
CREATE INDEX oidc_artifacts_of_session ON oidc_artifacts (session_id) WHERE session_id IS NOT NULL AND kind = 'Grant';
CREATE INDEX oidc_artifacts_of_client ON oidc_artifacts (client_id) WHERE kind = 'Grant';

-- Where it was used from, if the operator has a file that says so: sealed like the address that it was looked up by.
ALTER TABLE sessions ADD COLUMN place bytea;
SELECT register_sealed_column('sessions', 'place', 'id', 'person');

-- Beside the sessions and not in them, like their carriers: a session that is in use costs the clean-up one look in the
-- time that one may sleep, however many there are.
CREATE TABLE session_looks (
  session_id uuid PRIMARY KEY,
  -- Before this moment it cannot be over by itself.
  look_at timestamptz NOT NULL
);
COMMENT ON TABLE session_looks IS
  'When the clean-up looks at a session next. rls: none because it follows sessions; events: none because what it finds is the event';
CREATE INDEX session_looks_by_time ON session_looks (look_at);
GRANT SELECT, INSERT ON session_looks TO hearthkey_app;
INSERT INTO session_looks (session_id, look_at) SELECT id, created_at FROM sessions WHERE ended_at IS NULL;
-- The oldest of those that are over are forgotten first.
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;
-- Everybody who holds something of one organisation.
CREATE INDEX oidc_artifacts_of_organisation ON oidc_artifacts (org_id) WHERE org_id IS NOT NULL;

-- When a session was seen that stands; no row for one that does not. In a FROM it becomes a part of the statement around it.
CREATE FUNCTION session_seen(p_engine_uid_hash bytea, p_seen_after timestamptz, p_born_after timestamptz)
RETURNS TABLE (last_seen_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT carrier.last_seen_at
    FROM public.session_carriers AS carrier JOIN public.sessions AS session ON session.id = carrier.session_id
    WHERE carrier.engine_uid_hash = p_engine_uid_hash AND carrier.last_seen_at > p_seen_after
      AND session.created_at > p_born_after AND session.ended_at IS NULL
$$;
COMMENT ON FUNCTION session_seen(bytea, timestamptz, timestamptz) IS 'When a session was seen, if it stands.';
GRANT EXECUTE ON FUNCTION session_seen(bytea, timestamptz, timestamptz) TO hearthkey_app;

-- It was used. Whoever has the row already writes the same: nobody waits for it, and so nobody waits for one another.
CREATE FUNCTION touch_session(p_engine_uid_hash bytea, p_at timestamptz)
RETURNS void
LANGUAGE sql AS $$
  UPDATE public.session_carriers SET last_seen_at = p_at WHERE engine_uid_hash = (
    SELECT carrier.engine_uid_hash FROM public.session_carriers AS carrier
      WHERE carrier.engine_uid_hash = p_engine_uid_hash FOR NO KEY UPDATE SKIP LOCKED)
$$;
COMMENT ON FUNCTION touch_session(bytea, timestamptz) IS 'Marks that a session was used.';
GRANT EXECUTE ON FUNCTION touch_session(bytea, timestamptz) TO hearthkey_app;

-- Whether somebody may have anything issued in their name. In a FROM it becomes a part of the statement around it.
CREATE FUNCTION person_standing(p_user uuid)
RETURNS TABLE (is_active boolean)
LANGUAGE sql STABLE AS $$
  SELECT person.status = 'active' AND person.locked_at IS NULL AND own.sealed IS NOT NULL
    FROM public.users AS person JOIN public.person_keys AS own ON own.person_id = person.id
    WHERE person.id = p_user
$$;
COMMENT ON FUNCTION person_standing(uuid) IS 'Whether a person is there, and neither disabled nor locked.';
GRANT EXECUTE ON FUNCTION person_standing(uuid) TO hearthkey_app;

-- One use of a refresh token, and all that decides what comes of it. The row of the grant is the lock of the family: of all uses
-- at once, on any instance, one is the first, and the others see what it has left, because each statement in here looks anew
-- (as one statement they would see what was before they waited). As few statements as that needs: each costs what a look-up
-- costs. No row: there is no such token. A family that somebody else holds is not waited for: whoever waits here has a connection.
CREATE FUNCTION use_refresh_token(
  p_token bytea, p_successor bytea, p_at timestamptz,
  -- False: the token itself is used again and again.
  p_rotates boolean,
  -- A grant that ends before the first is kept until the second: so that not every use writes it.
  p_needed_until timestamptz, p_kept_until timestamptz,
  p_seen_after timestamptz, p_born_after timestamptz)
RETURNS TABLE (payload jsonb, org_id uuid, expires_at timestamptz, first_used_at timestamptz, uses integer,
  -- 'unused' or 'used'; NULL where there is none.
  successor text,
  grant_payload jsonb,
  -- NULL for a token that outlives its session.
  session_stands boolean,
  is_active boolean,
  -- The grant that is held from here on; NULL where there is none any more.
  held bytea,
  -- The grant that somebody else holds: then nothing was used, and all else is NULL.
  busy bytea)
LANGUAGE plpgsql AS $$
DECLARE
  family bytea;
  family_expires_at timestamptz;
  owner uuid;
  session_uid_hash bytea;
  seen timestamptz;
BEGIN
  SELECT artifact.payload, artifact.expires_at, artifact.id_hash INTO grant_payload, family_expires_at, held
    FROM public.oidc_artifacts AS artifact
    WHERE artifact.id_hash = (SELECT token.grant_hash FROM public.oidc_artifacts AS token WHERE token.id_hash = p_token)
    FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    SELECT artifact.id_hash INTO busy FROM public.oidc_artifacts AS artifact
      WHERE artifact.id_hash = (SELECT token.grant_hash FROM public.oidc_artifacts AS token WHERE token.id_hash = p_token);
    IF FOUND THEN
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;
  IF p_rotates THEN
    UPDATE public.oidc_artifacts AS artifact
      SET consumed_at = coalesce(artifact.consumed_at, p_at),
        -- Of what was used up before uses were counted, this is the second.
        uses = CASE WHEN artifact.consumed_at IS NULL THEN 1 ELSE greatest(artifact.uses, 1) + 1 END
      WHERE artifact.id_hash = p_token
      RETURNING artifact.payload, artifact.org_id, artifact.expires_at, artifact.consumed_at, artifact.uses, artifact.grant_hash, artifact.user_id
      INTO payload, org_id, expires_at, first_used_at, uses, family, owner;
  ELSE
    SELECT artifact.payload, artifact.org_id, artifact.expires_at, artifact.consumed_at, artifact.uses, artifact.grant_hash, artifact.user_id
      INTO payload, org_id, expires_at, first_used_at, uses, family, owner
      FROM public.oidc_artifacts AS artifact WHERE artifact.id_hash = p_token FOR NO KEY UPDATE;
  END IF;
  IF payload IS NULL THEN
    RETURN;
  END IF;
  IF uses > 1 THEN
    SELECT CASE WHEN artifact.consumed_at IS NULL THEN 'unused' ELSE 'used' END INTO successor
      FROM public.oidc_artifacts AS artifact WHERE artifact.id_hash = p_successor;
  END IF;
  IF family_expires_at < p_needed_until THEN
    UPDATE public.oidc_artifacts AS artifact
      SET expires_at = p_kept_until,
        payload = jsonb_set(artifact.payload, '{exp}', to_jsonb(floor(extract(epoch FROM p_kept_until))::bigint))
      WHERE artifact.id_hash = family AND artifact.expires_at > p_at
      RETURNING artifact.payload INTO grant_payload;
  END IF;
  IF (payload->>'expiresWithSession')::boolean THEN
    session_uid_hash := sha256(convert_to(payload->>'sessionUid', 'UTF8'));
    -- In the engine's session the grant must still be that of the client: of two tabs that renewed it at once, the later counts.
    SELECT found.last_seen_at INTO seen FROM public.session_seen(session_uid_hash, p_seen_after, p_born_after) AS found
      WHERE (SELECT (session.payload->>'accountId', session.payload->'authorizations'->(use_refresh_token.payload->>'clientId')->>'grantId')
            = (use_refresh_token.payload->>'accountId', use_refresh_token.payload->>'grantId')
          FROM public.oidc_artifacts AS session
          WHERE session.uid_hash = session_uid_hash AND session.expires_at > p_at
          ORDER BY session.created_at DESC LIMIT 1);
    session_stands := seen IS NOT NULL;
    -- As often as is precise enough for whoever reads it.
    IF seen <= p_at - interval '1 minute' THEN
      PERFORM public.touch_session(session_uid_hash, p_at);
    END IF;
  END IF;
  SELECT standing.is_active INTO is_active FROM public.person_standing(owner) AS standing;
  RETURN NEXT;
END $$;
COMMENT ON FUNCTION use_refresh_token(bytea, bytea, timestamptz, boolean, timestamptz, timestamptz, timestamptz, timestamptz) IS
  'Marks one use of a refresh token and answers all that decides what comes of it.';
GRANT EXECUTE ON FUNCTION
  use_refresh_token(bytea, bytea, timestamptz, boolean, timestamptz, timestamptz, timestamptz, timestamptz) TO hearthkey_app;
