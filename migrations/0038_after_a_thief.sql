-- Reason: two things outlast the end of everything that is signed in. Whoever undoes a change of address may find that their own address
-- belongs to another account by now: then this account keeps the address of whoever changed it, nothing is sent there, and nobody comes in
-- by it. And a recovery or a lock forgets every browser that an account knew: the next sign-in is news to its owner all the same, as it may
-- be the thief's.
ALTER TABLE user_emails ADD COLUMN disowned_at timestamptz;
COMMENT ON COLUMN user_emails.disowned_at IS
  'When the mailbox that the account had before said that this one is not its owner''s. Gone with the row, when the address is changed.';
GRANT UPDATE (disowned_at) ON user_emails TO hearthkey_app;

CREATE TABLE signed_in_people (
  -- No foreign key into another room.
  user_id uuid PRIMARY KEY
);
COMMENT ON TABLE signed_in_people IS
  'Who has completed a sign-in at some time: one in a browser that their account does not know is news to them. rls: none because it belongs to the person; events: none because it is an observation: the sign-in is the event';
GRANT SELECT, INSERT ON signed_in_people TO hearthkey_app;
INSERT INTO signed_in_people SELECT user_id FROM known_browsers UNION SELECT user_id FROM sessions;
