-- Reason: a cookie that somebody else planted in a browser must not become one that an account knows. So a browser gets
-- another name when an account first meets it, for all accounts that knew it by the one before.

CREATE INDEX known_browsers_by_name ON known_browsers (browser_hash);
GRANT UPDATE (browser_hash) ON known_browsers TO hearthkey_app;
GRANT UPDATE (browser) ON lockouts TO hearthkey_app;
