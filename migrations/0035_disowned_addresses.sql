-- Reason: whoever undoes a change of address may find that their own address belongs to another account by now. Then this account keeps
-- the address of whoever changed it, and what is known of it has to outlast the lock: nothing is sent there, and nobody comes in by it.
ALTER TABLE user_emails ADD COLUMN disowned_at timestamptz;
COMMENT ON COLUMN user_emails.disowned_at IS
  'When the mailbox that the account had before said that this one is not its owner''s. Gone with the row, when the address is changed.';
GRANT UPDATE (disowned_at) ON user_emails TO hearthkey_app;
