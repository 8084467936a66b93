-- Reason: an API may read the organisation under another name from one day on. Tokens from before the change have the former
-- name, by which nobody is told any more whose membership ended: they die with the change.

ALTER TABLE revocations
  -- Tokens that are for this API.
  ADD COLUMN api_id uuid,
  DROP CONSTRAINT revocations_check,
  ADD CONSTRAINT revocations_name_something CHECK (num_nonnulls(sub, org_id, sid, client_id, api_key, api_id) > 0);
GRANT INSERT (api_id) ON revocations TO hearthkey_app;
