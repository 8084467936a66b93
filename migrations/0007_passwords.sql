-- Reason: an operator may forbid going back to a former password. Those are kept as hashes, sealed like the current one,
-- as many as the configuration asks for and no longer than it does.

CREATE TABLE password_history (
  id uuid PRIMARY KEY,
  -- No foreign key into another room: what ends with a person is told to each room, not cascaded.
  user_id uuid NOT NULL,
  -- A PHC string or an imported hash, as it stood in password_credentials.
  hash bytea NOT NULL,
  replaced_at timestamptz NOT NULL
);
COMMENT ON TABLE password_history IS
  'Former passwords, where the operator forbids going back to them. rls: none because they belong to the person; events: required';
-- Ids are made in the order of time: the newest of a person are read from this index backwards.
CREATE INDEX password_history_of_user ON password_history (user_id, id);
GRANT SELECT, INSERT, DELETE ON password_history TO hearthkey_app;
SELECT register_sealed_column('password_history', 'hash', 'id', 'person');
