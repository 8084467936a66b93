-- Reason: a password can be right and no longer good enough: it stands in a list of stolen ones. Whoever signs in with it
-- chooses another before they arrive, and until they have, the attempt remembers that they must.

ALTER TABLE login_attempts ADD COLUMN must_change_password boolean NOT NULL DEFAULT false;
GRANT UPDATE (must_change_password) ON login_attempts TO hearthkey_app;
