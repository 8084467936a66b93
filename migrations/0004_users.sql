-- Reason: people, their addresses and their passwords. Nothing here says who somebody is to a reader of the database:
-- name and address are sealed with the person's key, an address is found by its blind index. And whether an
-- administrator ever existed is a fact of its own, which no later change of the users takes back.

CREATE TABLE users (
  id uuid PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('active', 'disabled')),
  instance_role text CHECK (instance_role IN ('admin')),
  name bytea NOT NULL,
  locale text CHECK (length(locale) <= 35),
  created_at timestamptz NOT NULL,
  disabled_at timestamptz,
  CHECK ((disabled_at IS NOT NULL) = (status = 'disabled'))
);
COMMENT ON TABLE users IS
  'Everybody who can sign in. rls: none because a person belongs to themselves, not to an organisation; events: required';
CREATE INDEX users_admins ON users (id) WHERE instance_role = 'admin';
GRANT SELECT, INSERT ON users TO hearthkey_app;
GRANT UPDATE (status, disabled_at) ON users TO hearthkey_app;
SELECT register_sealed_column('users', 'name', 'id', 'person');

CREATE TABLE user_emails (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  -- As it was typed: mail goes to this spelling and no other.
  address bytea NOT NULL,
  -- Of the normalised address: every spelling of one identity is one value, and one person has it.
  address_index bytea NOT NULL UNIQUE CHECK (octet_length(address_index) = 32),
  is_primary boolean NOT NULL,
  verified_at timestamptz,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE user_emails IS
  'The addresses of people. rls: none because a person belongs to themselves, not to an organisation; events: required';
CREATE UNIQUE INDEX user_emails_one_primary ON user_emails (user_id) WHERE is_primary;
CREATE INDEX user_emails_of_user ON user_emails (user_id);
GRANT SELECT, INSERT ON user_emails TO hearthkey_app;
SELECT register_sealed_column('user_emails', 'address', 'id', 'person');

CREATE TABLE password_credentials (
  -- No foreign key into another room: what ends with a person is told to each room, not cascaded.
  user_id uuid PRIMARY KEY,
  -- A PHC string: it names the parameters that made it, so that it can be made anew when they rise. Sealed, so that a
  -- copy of the database alone gives nothing to guess against.
  hash bytea NOT NULL,
  set_at timestamptz NOT NULL
);
COMMENT ON TABLE password_credentials IS
  'The password of each person who has one. rls: none because it belongs to the person; events: required';
GRANT SELECT, INSERT ON password_credentials TO hearthkey_app;
GRANT UPDATE (hash, set_at) ON password_credentials TO hearthkey_app;
SELECT register_sealed_column('password_credentials', 'hash', 'user_id', 'person');

-- One row or none: a new link takes the place of the one before.
CREATE TABLE setup_link (
  the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
  id uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE setup_link IS
  'The link that creates the first administrator, by its hash. rls: none because it belongs to the instance; events: required';
GRANT SELECT, INSERT, UPDATE, DELETE ON setup_link TO hearthkey_app;

-- Written by the trigger below and by nobody else, and never taken back: the serving role may read it, and that is all.
-- So set-up stays shut when the first administrator is demoted or deleted, whoever made them and however.
CREATE TABLE first_administrator (
  the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
  user_id uuid NOT NULL,
  at timestamptz NOT NULL
);
COMMENT ON TABLE first_administrator IS
  'That an administrator has existed. rls: none because it belongs to the instance; events: none because it follows a change of users, which is recorded';
GRANT SELECT ON first_administrator TO hearthkey_app;

CREATE FUNCTION note_first_administrator() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$
BEGIN
  -- A second one at the same moment waits here for the first, and then finds the place taken.
  INSERT INTO public.first_administrator (user_id, at) VALUES (NEW.id, NEW.created_at) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER users_note_first_administrator AFTER INSERT OR UPDATE OF instance_role ON users
  FOR EACH ROW WHEN (NEW.instance_role = 'admin') EXECUTE FUNCTION note_first_administrator();
