-- Reason: people change their own password and address. A change of password ends everything that was ever granted in
-- their name, a sign-out of one device what was granted there, so what the engine keeps must be found by the person.
-- A changed address is a new row, sealed under its own name, in the place of the one before.

-- Grants, to revoke them all; sessions, to find what was granted in one.
CREATE INDEX oidc_artifacts_of_user ON oidc_artifacts (user_id) WHERE kind IN ('Grant', 'Session');

GRANT DELETE ON user_emails TO hearthkey_app;
