-- Reason: whoever reads a mailbox can prove it, and so come in, come back, or shut a thief out. What is mailed is a link:
-- here stands its hash, what it is for, and until when. And an account can be locked by its owner, which is another
-- thing than being disabled by an administrator: each has its own end.

CREATE TABLE links (
  id uuid PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('registration', 'email-verification', 'recovery', 'email-change', 'email-change-undo', 'not-me')),
  -- SHA-256 of 256 random bits as they stand in the link: whoever reads this table can open nothing.
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  -- No foreign key into another room. NULL where nobody has an account yet, or never will.
  user_id uuid,
  -- What whoever follows the link needs to be told or to do: sealed by the person, or by the key that stands for strangers.
  data bytea,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > issued_at)
);
COMMENT ON TABLE links IS
  'Mailed links that nobody has used yet. rls: none because a person belongs to themselves, not to an organisation; events: none because what expired is swept without one, while issue, use and withdrawal are recorded (link.issued, link.used, link.withdrawn)';
CREATE INDEX links_of_person ON links (user_id, purpose) WHERE user_id IS NOT NULL;
CREATE INDEX links_by_expiry ON links (expires_at);
GRANT SELECT, INSERT, DELETE ON links TO hearthkey_app;
SELECT register_sealed_column('links', 'data', 'id', 'person');

-- Beside the status and not one of its values: who is disabled and enabled again is still locked, and the other way round.
ALTER TABLE users
  ADD COLUMN locked_at timestamptz,
  ADD COLUMN lock_reason text CHECK (lock_reason IN ('not-me')),
  ADD CHECK ((locked_at IS NULL) = (lock_reason IS NULL));
GRANT UPDATE (locked_at, lock_reason) ON users TO hearthkey_app;
GRANT UPDATE (verified_at) ON user_emails TO hearthkey_app;

-- A reset ends every sign-in of the person that is under way: what it has proven was proven with what is no longer good.
CREATE INDEX login_attempts_of_user ON login_attempts (user_id);
