-- Reason: how long the log of an organisation is kept is not for the login that serves to say: by that column it could have all
-- of it taken away, and the log would say that retention did. And a row of the log is bounded in each of its parts.

REVOKE UPDATE (audit_retention_days) ON organisations FROM hearthkey_app;
CREATE POLICY organisations_begin_with_the_retention_of_the_instance ON organisations AS RESTRICTIVE FOR INSERT TO hearthkey_app
  WITH CHECK (audit_retention_days IS NULL);

-- The largest that a writer of ours leaves is a client with all the addresses that it may have, some 250 KiB; what is sealed of
-- a person is a name, an address and a browser. PostgreSQL writes JSON with more white space than whoever measures it before.
ALTER POLICY events_as_written ON events WITH CHECK (
  action ~ '^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$' AND length(action) <= 100
  AND actor_kind IN ('person', 'client', 'service_account', 'api_key', 'operator', 'system', 'anonymous')
  AND (actor_id IS NULL) = (actor_kind = 'anonymous') AND (length(actor_id) <= 1000) IS NOT FALSE
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
  AND (octet_length(before::text) <= 327680) IS NOT FALSE AND (octet_length(after::text) <= 327680) IS NOT FALSE
  AND jsonb_path_exists(before, 'strict $.**{32 to last} ? (@.type() == "object" || @.type() == "array")') IS NOT TRUE
  AND jsonb_path_exists(after, 'strict $.**{32 to last} ? (@.type() == "object" || @.type() == "array")') IS NOT TRUE
  AND jsonb_path_exists(before, 'strict $.** ? (@.type() == "number" && (@ > 1e300 || @ < -1e300))') IS NOT TRUE
  AND jsonb_path_exists(after, 'strict $.** ? (@.type() == "number" && (@ > 1e300 || @ < -1e300))') IS NOT TRUE
  AND length(target_kind) <= 50 AND length(target_id) <= 1000 AND (length(request_id) <= 1000) IS NOT FALSE
  AND (octet_length(personal) <= 69632) IS NOT FALSE AND (octet_length(ip) <= 1024) IS NOT FALSE
  AND (octet_length(user_agent) <= 8192) IS NOT FALSE);
