-- Reason: whoever guesses must be slowed down, on every instance together and across restarts, and whoever merely
-- mistyped must not be locked out by somebody who guesses. Three tables: failures by identity, requests by key, and the
-- browsers in which somebody has signed in before.

CREATE TABLE lockouts (
  -- HMAC of the person's id, or of the normalised e-mail where it leads to nobody: every spelling is one counter, and
  -- the table says nothing of whose it is.
  identity bytea NOT NULL CHECK (octet_length(identity) = 32),
  -- Empty for all browsers that are strange to the account; else the hash of the known one.
  browser bytea NOT NULL CHECK (octet_length(browser) IN (0, 32)),
  pool text NOT NULL CHECK (pool IN ('password', 'second-factor')),
  -- Anew whenever counting begins anew: what was reserved before an end gives nothing back after it.
  id uuid NOT NULL UNIQUE,
  -- In a row. One is reserved before anything is judged.
  failures integer NOT NULL CHECK (failures >= 0),
  locked_until timestamptz,
  failed_at timestamptz NOT NULL,
  PRIMARY KEY (identity, browser, pool)
) WITH (fillfactor = 80);
COMMENT ON TABLE lockouts IS
  'Failures in a row by identity, known or not. rls: none because it belongs to the person; events: none because a count is not a change: that a lock began or was ended is recorded by its meaning (lockout.began, lockout.ended)';
GRANT SELECT, INSERT, DELETE ON lockouts TO hearthkey_app;
GRANT UPDATE (failures, locked_until, failed_at) ON lockouts TO hearthkey_app;

-- The shape is rate-limiter-flexible's. It inserts by position and would create the table itself, which the serving role
-- may not.
CREATE TABLE rate_limits (
  -- Rule, keyed hash of whom it counts, number of the window.
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL,
  -- Milliseconds since 1970. The window is part of the key: this says when nobody asks for the row any more.
  expire bigint
) WITH (fillfactor = 80);
CREATE INDEX rate_limits_by_expiry ON rate_limits (expire);
COMMENT ON TABLE rate_limits IS
  'Requests by rule, key and window. rls: none because it belongs to the instance; events: none because it counts requests and changes nothing that anybody owns';
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO hearthkey_app;

CREATE TABLE known_browsers (
  user_id uuid NOT NULL,
  -- SHA-256 of the 256 random bits of a cookie: nobody who reads this table holds one.
  browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, browser_hash)
);
CREATE INDEX known_browsers_by_age ON known_browsers (last_seen_at);
COMMENT ON TABLE known_browsers IS
  'In which browsers a person has completed a sign-in. rls: none because it belongs to the person; events: none because it is an observation: the sign-in is the event';
GRANT SELECT, INSERT, DELETE ON known_browsers TO hearthkey_app;
GRANT UPDATE (last_seen_at) ON known_browsers TO hearthkey_app;
