-- Reason: somebody who works for an organisation refreshed over a transaction of three trips, and everybody else by one statement.
-- What decides it (the membership, what the organisation and the roles ask for, how much a token would say) is looked at in that
-- statement now, in the scope of the organisation.

-- How much a role makes of a token at most, whichever API it is for: as JSON has it, with a comma.
CREATE FUNCTION role_claim_bytes(p_key text, p_permissions jsonb) RETURNS integer
  LANGUAGE sql IMMUTABLE
  RETURN octet_length(p_key) + 3 + coalesce((
    SELECT max(octets) FROM (
      SELECT sum(octet_length(permission::text) + 1)::integer AS octets
        FROM jsonb_each(p_permissions) AS api (name, permissions), jsonb_array_elements(api.permissions) AS permission
        -- Our own are in no token.
        WHERE api.name <> 'hearthkey' GROUP BY api.name) AS of_api), 0);
GRANT EXECUTE ON FUNCTION role_claim_bytes(text, jsonb) TO hearthkey_app;
-- Computed for what is there, and from here on by a trigger: a column that nobody has the right to change.
ALTER TABLE roles ADD COLUMN claim_bytes integer NOT NULL GENERATED ALWAYS AS (role_claim_bytes(key, permissions)) STORED;
ALTER TABLE roles ALTER COLUMN claim_bytes DROP EXPRESSION, ALTER COLUMN claim_bytes SET DEFAULT 0;
CREATE FUNCTION count_role_claims() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  NEW.claim_bytes := public.role_claim_bytes(NEW.key, NEW.permissions);
  RETURN NEW;
END
$$;
CREATE TRIGGER count_role_claims BEFORE INSERT OR UPDATE OF key, permissions, claim_bytes ON roles
  FOR EACH ROW EXECUTE FUNCTION count_role_claims();

-- One membership, as a token is made of it, and what is asked of its bearer. For whoever has the scope of the organisation; by primary
-- keys alone. In a FROM it becomes a part of the statement around it.
CREATE FUNCTION seat_held(p_org uuid, p_member uuid)
RETURNS TABLE (org_status text, status text, policy jsonb,
  -- The most that the organisation or a role asks for: 'off', 'required' or 'phishing-resistant'.
  asks text,
  -- False: all of the roles are for programs.
  is_for_people boolean,
  -- Of all claims of the organisation, at most.
  claim_bytes bigint,
  seat json)
LANGUAGE sql STABLE AS $$
  SELECT org.status, member.status, org.policy,
      CASE WHEN role.asks_resistant OR org.policy->>'mfa' = 'phishing-resistant' THEN 'phishing-resistant'
        WHEN role.asks_required OR org.policy->>'mfa' = 'required' THEN 'required' ELSE 'off' END,
      role.is_for_people,
      -- With the names of the claims, an id and a quota.
      192 + octet_length(org.slug) + role.claim_bytes,
      json_build_object('slug', org.slug, 'name', org.name, 'org_status', org.status, 'template', org.template,
        'policy', org.policy, 'quota', org.quota, 'status', member.status, 'role_ids', role.ids)
    FROM public.organisations AS org JOIN public.memberships AS member ON member.org_id = org.id,
      -- All of them at once: one by one the planner looks for each in all that there are, as long as nobody has counted them.
      LATERAL (
        SELECT coalesce(array_agg(found.id ORDER BY found.id), '{}') AS ids,
            bool_or(found.mfa = 'phishing-resistant' AND NOT found.api_only) AS asks_resistant,
            bool_or(found.mfa = 'required' AND NOT found.api_only) AS asks_required,
            coalesce(bool_or(NOT found.api_only), true) AS is_for_people,
            coalesce(sum(found.claim_bytes), 0) AS claim_bytes
          FROM public.roles AS found
          WHERE found.deleted_at IS NULL AND found.id = ANY (ARRAY(
            SELECT given.role_id FROM public.membership_roles AS given
              WHERE given.org_id = p_org AND given.member_id = p_member))) AS role
    WHERE org.id = p_org AND member.member_id = p_member
$$;
COMMENT ON FUNCTION seat_held(uuid, uuid) IS 'A membership, as a token is made of it, and what is asked of its bearer.';
GRANT EXECUTE ON FUNCTION seat_held(uuid, uuid) TO hearthkey_app;

DROP FUNCTION rotate_refresh_token(bytea, bytea, timestamptz, text, text[], text[], text[],
  timestamptz, timestamptz, timestamptz, timestamptz, float8, float8[]);
-- See 0029_one_statement_refresh.sql.
CREATE FUNCTION rotate_refresh_token(
  p_token bytea, p_successor bytea, p_at timestamptz, p_client text,
  -- For which APIs a token would be issued; which scopes are asked for, and which levels of a sign-in are enough (NULL: all).
  p_audiences text[], p_scopes text[], p_levels text[],
  -- Which levels are enough where the organisation or a role in it asks for two factors, and where for a passkey.
  p_levels_required text[], p_levels_resistant text[],
  p_needed_until timestamptz, p_kept_until timestamptz, p_seen_after timestamptz, p_born_after timestamptz,
  -- Seconds from the first use on.
  p_window float8,
  -- Seconds. Of a token that ends with its session: idle, absolute, and the absolute time of the session itself; of one that outlives
  -- it: idle, absolute.
  p_lives float8[],
  -- Bytes: what a token may say of an organisation.
  p_largest integer)
-- 'first', 'retry'; 'none': there is no such token; 'busy': somebody else holds the family; 'undecided'. The latter three have used nothing.
RETURNS TABLE (use text, payload jsonb, grant_payload jsonb, family bytea,
  -- For whom they work, and as what; NULL for nobody.
  org_id uuid, seat text)
LANGUAGE plpgsql AS $$
DECLARE
  pair record;
  is_of_session boolean;
  session_uid_hash bytea;
  seen timestamptz;
  opened text;
  held_seat record;
  enough text[] := p_levels;
  now_s float8 := extract(epoch FROM p_at);
  left_s float8;
BEGIN
  SELECT token.payload, token.kind, token.expires_at, token.client_id, token.user_id, token.org_id, token.session_id, token.grant_hash,
      held.payload AS grant_payload, held.kind AS grant_kind, held.expires_at AS grant_expires_at, held.client_id AS grant_client_id
    INTO pair
    FROM public.oidc_artifacts AS token JOIN public.oidc_artifacts AS held ON held.id_hash = token.grant_hash
    WHERE token.id_hash = p_token
    FOR NO KEY UPDATE OF held SKIP LOCKED;
  IF NOT FOUND THEN
    SELECT token.grant_hash INTO family FROM public.oidc_artifacts AS token WHERE token.id_hash = p_token;
    use := CASE WHEN NOT FOUND THEN 'none'
      WHEN EXISTS (SELECT FROM public.oidc_artifacts AS held WHERE held.id_hash = family) THEN 'busy'
      ELSE 'undecided' END;
    RETURN NEXT;
    RETURN;
  END IF;
  payload := pair.payload;
  grant_payload := pair.grant_payload;
  family := pair.grant_hash;
  is_of_session := coalesce((payload->>'expiresWithSession')::boolean, false);
  left_s := (payload->>'iiat')::float8 - now_s;
  left_s := CASE WHEN is_of_session
    THEN least(p_lives[1], left_s + p_lives[2], coalesce((payload->>'authTime')::float8, (payload->>'iiat')::float8) + p_lives[3] - now_s)
    ELSE least(p_lives[4], left_s + p_lives[5]) END;
  IF (pair.kind = 'RefreshToken' AND pair.grant_kind = 'Grant'
    AND pair.client_id = p_client AND pair.grant_client_id = p_client
    AND payload->>'clientId' = p_client AND grant_payload->>'clientId' = p_client
    AND payload->>'accountId' = grant_payload->>'accountId'
    AND pair.expires_at > p_at AND pair.grant_expires_at > p_at AND left_s > 0
    AND pair.session_id IS NOT NULL AND payload ? 'iiat'
    AND NOT payload ?| ARRAY['x5t#S256', 'jkt', 'attestationJkt', 'rar', 'format', 'jwt', 'jwt-ietf', 'paseto']
    AND jsonb_typeof(payload->'resource') = 'string' AND payload->>'resource' = ANY (p_audiences)
    AND (p_scopes IS NULL OR p_scopes <@ string_to_array(payload->>'scope', ' '))
    AND (p_levels IS NULL OR payload->>'acr' = ANY (p_levels))
  ) IS NOT TRUE THEN
    use := 'undecided';
    RETURN NEXT;
    RETURN;
  END IF;
  IF is_of_session THEN
    session_uid_hash := sha256(convert_to(payload->>'sessionUid', 'UTF8'));
    SELECT carried.last_seen_at INTO seen
      FROM public.session_seen(session_uid_hash, p_seen_after, p_born_after) AS carried,
        public.person_standing(pair.user_id) AS standing
      WHERE standing.is_active
        AND (SELECT (session.payload->>'accountId', session.payload->'authorizations'->p_client->>'grantId')
            = (rotate_refresh_token.payload->>'accountId', rotate_refresh_token.payload->>'grantId')
          FROM public.oidc_artifacts AS session
          -- By an expression: see above.
          WHERE session.uid_hash = session_uid_hash AND session.expires_at + interval '0' > p_at
          ORDER BY session.created_at DESC LIMIT 1);
  ELSE
    SELECT p_at INTO seen FROM public.person_standing(pair.user_id) AS standing WHERE standing.is_active;
  END IF;
  IF seen IS NULL THEN
    use := 'undecided';
    RETURN NEXT;
    RETURN;
  END IF;
  IF pair.org_id IS NOT NULL THEN
    org_id := pair.org_id;
    -- An assignment costs less than a statement.
    opened := set_config('hearthkey.org', org_id::text, true);
    SELECT * INTO held_seat FROM public.seat_held(pair.org_id, pair.user_id);
    enough := CASE held_seat.asks WHEN 'off' THEN p_levels WHEN 'required' THEN p_levels_required ELSE p_levels_resistant END;
    IF (held_seat.org_status = 'active' AND held_seat.status = 'active' AND held_seat.is_for_people
      -- Addresses, and which factors count, are judged outside.
      AND coalesce(held_seat.policy->'ipRanges', '[]') = '[]'
      AND coalesce(now_s - coalesce((payload->>'authTime')::float8, 0) <= (held_seat.policy->>'sessionMaxAge')::float8, true)
      AND (enough IS NULL OR (payload->>'acr' = ANY (enough) AND NOT held_seat.policy ? 'factors'))
      AND held_seat.claim_bytes <= p_largest
    ) IS NOT TRUE THEN
      use := 'undecided';
      RETURN NEXT;
      RETURN;
    END IF;
    seat := held_seat.seat::text;
  END IF;
  WITH used AS (
    UPDATE public.oidc_artifacts AS token SET consumed_at = p_at, uses = 1
      WHERE token.id_hash = p_token AND token.consumed_at IS NULL RETURNING 1
  )
  INSERT INTO public.oidc_artifacts
      (id_hash, kind, grant_hash, user_id, client_id, org_id, session_id, created_at, expires_at, payload)
    SELECT p_successor, 'RefreshToken', pair.grant_hash, pair.user_id, pair.client_id, pair.org_id, pair.session_id, p_at,
      to_timestamp(floor(now_s) + greatest(1, floor(left_s))),
      rotate_refresh_token.payload || jsonb_build_object(
        'iat', floor(now_s)::bigint,
        'exp', (floor(now_s) + greatest(1, floor(left_s)))::bigint,
        'rotations', coalesce((rotate_refresh_token.payload->>'rotations')::integer, 0) + 1,
        'gty', CASE WHEN rotate_refresh_token.payload->>'gty' LIKE '%refresh\_token' THEN rotate_refresh_token.payload->>'gty'
          ELSE concat_ws(' ', rotate_refresh_token.payload->>'gty', 'refresh_token') END)
    FROM used;
  IF FOUND THEN
    use := 'first';
  ELSE
    UPDATE public.oidc_artifacts AS token SET uses = token.uses + 1
      WHERE token.id_hash = p_token AND token.uses > 0 AND abs(extract(epoch FROM p_at - token.consumed_at)) < p_window
        AND EXISTS (SELECT FROM public.oidc_artifacts AS next WHERE next.id_hash = p_successor AND next.consumed_at IS NULL);
    use := CASE WHEN FOUND THEN 'retry' ELSE 'undecided' END;
    IF use = 'undecided' THEN
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;
  IF pair.grant_expires_at < p_needed_until THEN
    UPDATE public.oidc_artifacts AS held
      SET expires_at = p_kept_until,
        payload = jsonb_set(held.payload, '{exp}', to_jsonb(floor(extract(epoch FROM p_kept_until))::bigint))
      WHERE held.id_hash = family
      RETURNING held.payload INTO grant_payload;
  END IF;
  -- As often as is precise enough for whoever reads it.
  IF is_of_session AND seen <= p_at - interval '1 minute' THEN
    PERFORM public.touch_session(session_uid_hash, p_at);
  END IF;
  RETURN NEXT;
END $$;
COMMENT ON FUNCTION rotate_refresh_token(bytea, bytea, timestamptz, text, text[], text[], text[], text[], text[],
  timestamptz, timestamptz, timestamptz, timestamptz, float8, float8[], integer) IS
  'A whole refresh, where nothing can refuse it any more; otherwise it writes nothing.';
GRANT EXECUTE ON FUNCTION rotate_refresh_token(bytea, bytea, timestamptz, text, text[], text[], text[], text[], text[],
  timestamptz, timestamptz, timestamptz, timestamptz, float8, float8[], integer) TO hearthkey_app;
