-- Reason: a refresh is what a server is asked for most. It becomes one statement that stands by itself, and what each of them paid
-- for nothing goes: a look at a seal that is not there, an index read from now to its end, and a row written anew into three indexes.

-- Most rows have nothing that is sealed, and each cost a call to find that out.
DROP TRIGGER guard_sealed ON oidc_artifacts;
CREATE TRIGGER guard_sealed BEFORE INSERT OR UPDATE OF sealed ON oidc_artifacts
  FOR EACH ROW WHEN (NEW.sealed IS NOT NULL) EXECUTE FUNCTION guard_sealed_column('sealed');

-- A token that is used up stays on its page, and so in its indexes.
ALTER TABLE oidc_artifacts SET (fillfactor = 75);

CREATE OR REPLACE FUNCTION use_refresh_token(
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
          -- By an expression, so that no index on the moment is read from there to its end: that was all that is alive.
          WHERE session.uid_hash = session_uid_hash AND session.expires_at + interval '0' > p_at
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

-- A whole refresh: the use, and the successor that is written with it. It stands by itself: whatever could refuse the request is said
-- to it beforehand, and where that does not fit what it finds, or has to be judged outside, it writes nothing and says so; then
-- use_refresh_token is asked, in a transaction that can be rolled back. The lock of the family is the same, and each statement in
-- here looks anew.
CREATE FUNCTION rotate_refresh_token(
  p_token bytea, p_successor bytea, p_at timestamptz, p_client text,
  -- For which APIs a token would be issued; which scopes are asked for, and which levels of a sign-in are enough (NULL: all).
  p_audiences text[], p_scopes text[], p_levels text[],
  p_needed_until timestamptz, p_kept_until timestamptz, p_seen_after timestamptz, p_born_after timestamptz,
  -- Seconds from the first use on.
  p_window float8,
  -- Seconds. Of a token that ends with its session: idle, absolute, and the absolute time of the session itself; of one that outlives
  -- it: idle, absolute.
  p_lives float8[])
-- 'first', 'retry'; 'none': there is no such token; 'busy': somebody else holds the family; 'undecided'. The latter three have used nothing.
RETURNS TABLE (use text, payload jsonb, grant_payload jsonb, family bytea)
LANGUAGE plpgsql AS $$
DECLARE
  pair record;
  is_of_session boolean;
  session_uid_hash bytea;
  seen timestamptz;
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
    AND pair.org_id IS NULL AND pair.session_id IS NOT NULL AND payload ? 'iiat'
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
  WITH used AS (
    UPDATE public.oidc_artifacts AS token SET consumed_at = p_at, uses = 1
      WHERE token.id_hash = p_token AND token.consumed_at IS NULL RETURNING 1
  )
  INSERT INTO public.oidc_artifacts
      (id_hash, kind, grant_hash, user_id, client_id, session_id, created_at, expires_at, payload)
    SELECT p_successor, 'RefreshToken', pair.grant_hash, pair.user_id, pair.client_id, pair.session_id, p_at,
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
COMMENT ON FUNCTION rotate_refresh_token(bytea, bytea, timestamptz, text, text[], text[], text[],
  timestamptz, timestamptz, timestamptz, timestamptz, float8, float8[]) IS
  'A whole refresh, where nothing can refuse it any more; otherwise it writes nothing.';
GRANT EXECUTE ON FUNCTION rotate_refresh_token(bytea, bytea, timestamptz, text, text[], text[], text[],
  timestamptz, timestamptz, timestamptz, timestamptz, float8, float8[]) TO hearthkey_app;

-- A use whose answer could not be made: nobody has heard of the successor. Where a second request came beside it, that one has it.
CREATE FUNCTION return_refresh_token(p_token bytea, p_successor bytea, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM public.oidc_artifacts AS held
    WHERE held.id_hash = (SELECT token.grant_hash FROM public.oidc_artifacts AS token WHERE token.id_hash = p_token)
    FOR NO KEY UPDATE;
  UPDATE public.oidc_artifacts AS token SET consumed_at = NULL, uses = 0
    WHERE token.id_hash = p_token AND token.uses = 1 AND token.consumed_at = p_at;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM public.oidc_artifacts AS next WHERE next.id_hash = p_successor AND next.consumed_at IS NULL;
  RETURN true;
END $$;
COMMENT ON FUNCTION return_refresh_token(bytea, bytea, timestamptz) IS 'Undoes a refresh that nobody was told of.';
GRANT EXECUTE ON FUNCTION return_refresh_token(bytea, bytea, timestamptz) TO hearthkey_app;
