-- Reason: an API may read the organisation under another name from one day on. Tokens from before the change have the former
-- name, by which nobody is told any more whose membership ended: they die with the change. And an application that changed its own
-- entry may never have heard the answer, which held the one token that it can change it by. And what people agreed to for an
-- application that was removed since stood on their page under its id, for ever.

ALTER TABLE revocations
  -- Tokens that are for this API.
  ADD COLUMN api_id uuid,
  DROP CONSTRAINT revocations_check,
  ADD CONSTRAINT revocations_name_something CHECK (num_nonnulls(sub, org_id, sid, client_id, api_key, api_id) > 0);
GRANT INSERT (api_id) ON revocations TO hearthkey_app;

CREATE TABLE oidc_unheard_changes (
  client_id text PRIMARY KEY REFERENCES oidc_clients,
  -- Token and content of the last change, by hash: the same once more is answered once more, until the token that came of it is used.
  request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
  -- The secret that was made with it.
  secret_id uuid
);
COMMENT ON TABLE oidc_unheard_changes IS
  'Changes that an application made of its own entry, and whose answer may be lost. rls: none because they belong to the instance; events: none because the change has its event, and this is how its answer is told again';
GRANT SELECT, INSERT, UPDATE, DELETE ON oidc_unheard_changes TO hearthkey_app;

DELETE FROM consents USING oidc_clients AS c WHERE c.client_id = consents.client_id AND c.removed_at IS NOT NULL;
