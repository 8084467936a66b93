-- Reason: a letter leaves after a change and never without it. It waits here, sealed, written by the transaction of the
-- change that it tells of; what it says and to whom is erased as soon as it was sent, given up, or is too old.

CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  -- Which letter it is, by the name of its message; it stays when the rest is gone.
  message text NOT NULL CHECK (message ~ '^[a-z]+(-[a-z]+)*$' AND length(message) <= 50),
  -- Whose key seals it; NULL is nobody's: an address that belongs to no account (yet). No foreign key into another room.
  person_id uuid,
  -- Address, name and language of whoever gets it.
  recipient bytea,
  -- The values that its message is made of, among them links that open something.
  letter bytea,
  state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'expired', 'discarded')),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Compare-and-set: until then one worker has it, and no other sends it.
  claimed_until timestamptz,
  tried_at timestamptz,
  -- One word of ours and the server's code. Servers quote addresses in their answers: those are not kept.
  last_error text CHECK (last_error ~ '^[a-z0-9. -]{1,60}$'),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
  -- When it was sent, given up, or erased.
  ended_at timestamptz,
  CHECK ((recipient IS NULL) = (letter IS NULL)),
  -- What failed for a reason that the operator can mend may be tried again, until it is too old.
  CHECK (letter IS NULL OR state IN ('queued', 'failed')),
  CHECK (letter IS NOT NULL OR state <> 'queued'),
  CHECK ((ended_at IS NULL) = (state = 'queued')),
  CHECK (claimed_until IS NULL OR state = 'queued')
);
COMMENT ON TABLE outbox IS
  'Letters that wait for the mail server, and what became of them. rls: none because a person belongs to themselves, not to an organisation; events: none because the change that a letter tells of is an event, and so is how it ended';
-- What may still be sent, and what is to be erased: a handful of rows, however many letters there have been.
CREATE INDEX outbox_sealed_by_expiry ON outbox (expires_at) WHERE letter IS NOT NULL;
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE letter IS NULL;
GRANT SELECT, INSERT, DELETE ON outbox TO hearthkey_app;
GRANT UPDATE (recipient, letter, state, attempts, claimed_until, tried_at, last_error, ended_at) ON outbox TO hearthkey_app;
SELECT register_sealed_column('outbox', 'recipient', 'id', 'person');
SELECT register_sealed_column('outbox', 'letter', 'id', 'person');
