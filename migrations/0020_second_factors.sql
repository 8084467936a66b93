-- Reason: a password alone opens nothing that matters to anybody's books. What a person proves beside it, or in its place,
-- each kind in a table of its own; what a sign-in has proven so far grows by what they prove.

ALTER TABLE login_attempts
  -- Gates that this attempt is through, as the machine of the sign-in writes and reads them.
  ADD COLUMN passed jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(passed) = 'object'),
  -- A challenge: so many wrong codes, and until when. Past either the attempt begins anew.
  ADD COLUMN challenge_failures smallint NOT NULL DEFAULT 0,
  ADD COLUMN challenge_until timestamptz;
GRANT UPDATE (passed, challenge_failures, challenge_until) ON login_attempts TO hearthkey_app;

-- Which factors were proven and when, where amr and acr say less: a policy names factors, and a stronger sign-in goes on from
-- what this one has proven. Empty for sessions that are older than this.
ALTER TABLE sessions
  ADD COLUMN proofs jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(proofs) = 'array');
-- Whoever proves more in the same browser goes on in the same session: what was issued in it stays.
GRANT UPDATE (amr, acr, proofs) ON sessions TO hearthkey_app;

-- Set by whoever had the mailbox alone: until something else was proven, the mailbox is no second factor beside it.
ALTER TABLE password_credentials ADD COLUMN by_mailbox boolean NOT NULL DEFAULT false;
GRANT UPDATE (by_mailbox) ON password_credentials TO hearthkey_app;

CREATE TABLE totp_authenticators (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  name bytea NOT NULL,
  secret bytea NOT NULL,
  -- RFC 6238 §5.2: a step is accepted once, and none that is older than one that was.
  last_step bigint NOT NULL DEFAULT -1,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz
);
COMMENT ON TABLE totp_authenticators IS
  'Apps that make codes by time. rls: none because they belong to the person; events: required';
CREATE INDEX totp_authenticators_of_user ON totp_authenticators (user_id, id);
GRANT SELECT, INSERT, DELETE ON totp_authenticators TO hearthkey_app;
GRANT UPDATE (name, last_step, last_used_at) ON totp_authenticators TO hearthkey_app;
SELECT register_sealed_column('totp_authenticators', 'name', 'id', 'person');
SELECT register_sealed_column('totp_authenticators', 'secret', 'id', 'person');

CREATE TABLE totp_offers (
  -- SHA-256 of the name of the sign-in or of the session that asked: a page that is reloaded shows the same code again.
  holder bytea PRIMARY KEY CHECK (octet_length(holder) = 32),
  user_id uuid NOT NULL,
  secret bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE totp_offers IS
  'Secrets that were shown and have not been proven to have arrived. rls: none because they belong to the person; events: none because they count for nothing';
CREATE INDEX totp_offers_by_expiry ON totp_offers (expires_at);
CREATE INDEX totp_offers_of_user ON totp_offers (user_id);
GRANT SELECT, INSERT, DELETE ON totp_offers TO hearthkey_app;
GRANT UPDATE (user_id, secret, expires_at) ON totp_offers TO hearthkey_app;
SELECT register_sealed_column('totp_offers', 'secret', 'holder', 'person');

CREATE TABLE passkeys (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  -- Chosen by the authenticator; of all people one has it.
  credential_id bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  -- COSE. A key that verifies is no secret.
  public_key bytea NOT NULL,
  sign_count bigint NOT NULL CHECK (sign_count >= 0),
  -- Whether it may be copied to other devices, and whether it is.
  backup_eligible boolean NOT NULL,
  backed_up boolean NOT NULL,
  transports text[] NOT NULL,
  -- Which model made it, where it says.
  aaguid uuid NOT NULL,
  name bytea NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz
);
COMMENT ON TABLE passkeys IS
  'Public keys that people sign in with. rls: none because they belong to the person; events: required';
CREATE INDEX passkeys_of_user ON passkeys (user_id, id);
GRANT SELECT, INSERT, DELETE ON passkeys TO hearthkey_app;
GRANT UPDATE (name, sign_count, backed_up, last_used_at) ON passkeys TO hearthkey_app;
SELECT register_sealed_column('passkeys', 'name', 'id', 'person');

CREATE TABLE passkey_challenges (
  -- SHA-256 of what the authenticator signs. Taken once, whatever comes of it.
  challenge_hash bytea PRIMARY KEY CHECK (octet_length(challenge_hash) = 32),
  purpose text NOT NULL CHECK (purpose IN ('sign-in', 'second-factor', 'enrolment')),
  -- SHA-256 of the name of the sign-in or of the session that asked: an answer counts nowhere else.
  holder bytea NOT NULL CHECK (octet_length(holder) = 32),
  -- Who it is for; nobody yet where the passkey is to say who comes.
  user_id uuid,
  expires_at timestamptz NOT NULL,
  CHECK ((user_id IS NULL) = (purpose = 'sign-in'))
);
COMMENT ON TABLE passkey_challenges IS
  'What authenticators are to sign. rls: none because nobody has proven who they are; events: none because a question changes nothing';
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);
CREATE INDEX passkey_challenges_of_holder ON passkey_challenges (holder);
GRANT SELECT, INSERT, DELETE ON passkey_challenges TO hearthkey_app;

CREATE TABLE backup_code_sets (
  user_id uuid PRIMARY KEY,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE backup_code_sets IS
  'Since when a person has the backup codes that they have. rls: none because they belong to the person; events: required';
GRANT SELECT, INSERT, DELETE ON backup_code_sets TO hearthkey_app;
GRANT UPDATE (created_at) ON backup_code_sets TO hearthkey_app;

CREATE TABLE backup_codes (
  user_id uuid NOT NULL REFERENCES backup_code_sets ON DELETE CASCADE,
  -- Under a key of this instance: a dump of the table alone is nothing to guess at.
  code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (user_id, code_hash)
);
COMMENT ON TABLE backup_codes IS
  'Codes for the day the device is gone, each good once. rls: none because they belong to the person; events: required';
GRANT SELECT, INSERT, DELETE ON backup_codes TO hearthkey_app;
GRANT UPDATE (used_at) ON backup_codes TO hearthkey_app;

CREATE TABLE email_code_factors (
  user_id uuid PRIMARY KEY,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE email_code_factors IS
  'Who gets codes by mail as a second factor. rls: none because it belongs to the person; events: required';
GRANT SELECT, INSERT, DELETE ON email_code_factors TO hearthkey_app;

CREATE TABLE email_codes (
  -- SHA-256 of the name of the sign-in or of the session that asked.
  holder bytea NOT NULL CHECK (octet_length(holder) = 32),
  purpose text NOT NULL CHECK (purpose IN ('second-factor', 'mailbox')),
  user_id uuid NOT NULL,
  -- The mailbox it went to, by blind index: another address is another mailbox.
  email_index bytea NOT NULL,
  -- Six digits are guessed in no time without the key of this instance.
  code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (holder, purpose)
);
COMMENT ON TABLE email_codes IS
  'Codes that went out by mail and are waited for. rls: none because they belong to the person; events: none because the letter and the sign-in are the events';
CREATE INDEX email_codes_by_expiry ON email_codes (expires_at);
CREATE INDEX email_codes_of_user ON email_codes (user_id);
GRANT SELECT, INSERT, DELETE ON email_codes TO hearthkey_app;
GRANT UPDATE (user_id, email_index, code_hash, sent_at, expires_at) ON email_codes TO hearthkey_app;

CREATE TABLE trusted_browsers (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  -- SHA-256 of 256 random bits that the browser keeps.
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  -- What was proven when it was trusted: it stands for that factor, where that factor counts.
  factor text NOT NULL CHECK (factor IN ('passkey', 'totp', 'email-code', 'backup-code')),
  device bytea NOT NULL,
  ip bytea NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  UNIQUE (token_hash, user_id)
);
COMMENT ON TABLE trusted_browsers IS
  'Browsers in which a person is not asked for a second factor. rls: none because they belong to the person; events: required';
CREATE INDEX trusted_browsers_of_user ON trusted_browsers (user_id, id);
CREATE INDEX trusted_browsers_by_expiry ON trusted_browsers (expires_at);
GRANT SELECT, INSERT, DELETE ON trusted_browsers TO hearthkey_app;
GRANT UPDATE (last_used_at) ON trusted_browsers TO hearthkey_app;
SELECT register_sealed_column('trusted_browsers', 'device', 'id', 'person');
SELECT register_sealed_column('trusted_browsers', 'ip', 'id', 'person');

CREATE TABLE enrolment_grace (
  user_id uuid PRIMARY KEY,
  -- Once in a lifetime: whoever removes a factor again is not given time again.
  began_at timestamptz NOT NULL
);
COMMENT ON TABLE enrolment_grace IS
  'Since when a person puts off the second factor that is asked of them. rls: none because it belongs to the person; events: required';
GRANT SELECT, INSERT ON enrolment_grace TO hearthkey_app;

CREATE TABLE enrolments_due (
  user_id uuid PRIMARY KEY,
  since timestamptz NOT NULL
);
COMMENT ON TABLE enrolments_due IS
  'Whose factors were taken away because they were lost: the next sign-in leads through enrolment. rls: none because it belongs to the person; events: required';
GRANT SELECT, INSERT, DELETE ON enrolments_due TO hearthkey_app;

CREATE TABLE factor_recoveries (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  -- Who looked at whom, and how: about the person, so it goes with the person's key.
  verified_by bytea NOT NULL,
  method bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- Until then the person is told at every address and may stop it.
  usable_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  stopped_at timestamptz,
  used_at timestamptz,
  CHECK (usable_at >= created_at AND expires_at > usable_at),
  CHECK (stopped_at IS NULL OR used_at IS NULL)
);
COMMENT ON TABLE factor_recoveries IS
  'Ways back for people who lost their factors, opened by an administrator. rls: none because they belong to the person; events: required';
-- One at a time: two letters with two dates would hide which one is meant.
CREATE UNIQUE INDEX factor_recoveries_open_of_user ON factor_recoveries (user_id) WHERE stopped_at IS NULL AND used_at IS NULL;
CREATE INDEX factor_recoveries_by_expiry ON factor_recoveries (expires_at);
GRANT SELECT, INSERT, DELETE ON factor_recoveries TO hearthkey_app;
GRANT UPDATE (stopped_at, used_at) ON factor_recoveries TO hearthkey_app;
SELECT register_sealed_column('factor_recoveries', 'verified_by', 'id', 'person');
SELECT register_sealed_column('factor_recoveries', 'method', 'id', 'person');

ALTER TABLE links DROP CONSTRAINT links_purpose_check;
ALTER TABLE links ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('registration', 'email-verification', 'recovery',
  'email-change', 'email-change-undo', 'not-me', 'factor-recovery', 'stop-factor-recovery'));

-- What is asked of whoever has a role, or comes by an application: see src/factors/rule.ts.
ALTER TABLE roles ADD COLUMN mfa text CHECK (mfa IN ('optional', 'required', 'phishing-resistant'));
GRANT UPDATE (mfa) ON roles TO hearthkey_app;
ALTER TABLE oidc_clients ADD COLUMN mfa text CHECK (mfa IN ('optional', 'required', 'phishing-resistant'));

-- Everything that the next step of a sign-in depends on, in one look.
CREATE FUNCTION factors_of(p_user uuid)
RETURNS TABLE (passkeys integer, totps integer, email_code boolean, backup_codes integer, has_backup_codes boolean,
  has_password boolean, password_by_mailbox boolean, must_enrol boolean, grace_began_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT
    (SELECT count(*)::integer FROM public.passkeys WHERE user_id = p_user),
    (SELECT count(*)::integer FROM public.totp_authenticators WHERE user_id = p_user),
    EXISTS (SELECT FROM public.email_code_factors WHERE user_id = p_user),
    (SELECT count(*)::integer FROM public.backup_codes WHERE user_id = p_user AND used_at IS NULL),
    EXISTS (SELECT FROM public.backup_code_sets WHERE user_id = p_user),
    EXISTS (SELECT FROM public.password_credentials WHERE user_id = p_user),
    EXISTS (SELECT FROM public.password_credentials WHERE user_id = p_user AND by_mailbox),
    EXISTS (SELECT FROM public.enrolments_due WHERE user_id = p_user),
    (SELECT began_at FROM public.enrolment_grace WHERE user_id = p_user)
$$;
COMMENT ON FUNCTION factors_of(uuid) IS 'What a person can prove, for whoever decides what they have to.';
GRANT EXECUTE ON FUNCTION factors_of(uuid) TO hearthkey_app;
