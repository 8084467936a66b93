-- Reason: a sign-in asks the database less often. A code is used up by the statement that finds it, with all that decides what comes of it.

-- The row of the grant is the lock, as it is for a refresh: of all who bring one code at once, on any instance, one uses it up, and
-- each statement in here looks anew. Nobody is waited for: whoever meets somebody else goes the way that waits. It stands in the
-- transaction of its request, so that what is refused afterwards has used nothing up.
CREATE FUNCTION redeem_code(p_code bytea, p_at timestamptz, p_seen_after timestamptz, p_born_after timestamptz)
-- No row: there is no such code.
RETURNS TABLE (
  -- 'first'; 'again': it was used up before; 'elsewhere': somebody else holds the grant, or there is none any more. The last has used nothing, and answers nothing else.
  use text,
  payload jsonb, org_id uuid, consumed_at timestamptz,
  grant_hash bytea, grant_payload jsonb, grant_expires_at timestamptz,
  -- NULL for a code whose tokens outlive the session.
  session_stands boolean)
LANGUAGE plpgsql AS $$
DECLARE
  pair record;
  session_uid_hash bytea;
BEGIN
  SELECT held.id_hash, held.payload, held.expires_at INTO pair
    FROM public.oidc_artifacts AS held
    WHERE held.id_hash = (SELECT code.grant_hash FROM public.oidc_artifacts AS code WHERE code.id_hash = p_code)
    FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    PERFORM FROM public.oidc_artifacts AS code WHERE code.id_hash = p_code;
    IF FOUND THEN
      use := 'elsewhere';
      RETURN NEXT;
    END IF;
    RETURN;
  END IF;
  UPDATE public.oidc_artifacts AS code SET consumed_at = p_at
    WHERE code.id_hash = p_code AND code.consumed_at IS NULL
    RETURNING code.payload, code.org_id INTO payload, org_id;
  IF FOUND THEN
    use := 'first';
  ELSE
    SELECT code.payload, code.org_id, code.consumed_at INTO payload, org_id, consumed_at
      FROM public.oidc_artifacts AS code WHERE code.id_hash = p_code;
    -- Ended with its grant, by whoever held that a moment ago.
    IF NOT FOUND THEN
      RETURN;
    END IF;
    use := 'again';
  END IF;
  grant_hash := pair.id_hash;
  grant_payload := pair.payload;
  grant_expires_at := pair.expires_at;
  IF (payload->>'expiresWithSession')::boolean THEN
    session_uid_hash := sha256(convert_to(payload->>'sessionUid', 'UTF8'));
    SELECT EXISTS (
      SELECT FROM public.session_seen(session_uid_hash, p_seen_after, p_born_after)
        -- In the engine's session the grant must still be that of the client: of two tabs that renewed it at once, the later counts.
        WHERE (SELECT (session.payload->>'accountId', session.payload->'authorizations'->(redeem_code.payload->>'clientId')->>'grantId')
              = (redeem_code.payload->>'accountId', redeem_code.payload->>'grantId')
            FROM public.oidc_artifacts AS session
            -- By an expression, so that no index on the moment is read from there to its end.
            WHERE session.uid_hash = session_uid_hash AND session.expires_at + interval '0' > p_at
            ORDER BY session.created_at DESC LIMIT 1)) INTO session_stands;
  END IF;
  RETURN NEXT;
END $$;
COMMENT ON FUNCTION redeem_code(bytea, timestamptz, timestamptz, timestamptz) IS
  'Uses a code up and answers all that decides what comes of it.';
GRANT EXECUTE ON FUNCTION redeem_code(bytea, timestamptz, timestamptz, timestamptz) TO hearthkey_app;
