-- Reason: how people come into an organisation, and which mail domains are shown to be its own.

CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organisations (id),
  -- Sealed by the instance: whoever is invited may have no account, and so no key.
  email bytea NOT NULL,
  email_index bytea NOT NULL CHECK (octet_length(email_index) = 32),
  -- SHA-256 of the link's 256 random bits; another one with every letter.
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  role_ids uuid[] NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'accepted', 'withdrawn')),
  -- usr_… or sva_…: a member, or an administrator of the instance, whose authority is judged again at acceptance; else the
  -- kind and id of an actor, like `operator:member invite`.
  invited_by text NOT NULL,
  letters integer NOT NULL CHECK (letters > 0),
  created_at timestamptz NOT NULL,
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_by uuid,
  ended_at timestamptz,
  CHECK ((accepted_by IS NOT NULL) = (status = 'accepted')),
  CHECK ((ended_at IS NULL) = (status = 'pending'))
);
COMMENT ON TABLE invitations IS
  'Who was asked to join an organisation. rls: org; events: required';
CREATE UNIQUE INDEX invitations_one_open ON invitations (org_id, email_index) WHERE status = 'pending';
-- Pages of those that are open.
CREATE INDEX invitations_of_org ON invitations (org_id, id) WHERE status = 'pending';
-- What was over long ago is forgotten.
CREATE INDEX invitations_by_end ON invitations (coalesce(ended_at, expires_at));
SELECT register_sealed_column('invitations', 'email', 'id', 'instance');

-- A domain is shown to belong to an organisation before anything follows from it.
CREATE TABLE organisation_domains (
  org_id uuid NOT NULL REFERENCES organisations (id),
  -- Lower case, in its ASCII form.
  domain text NOT NULL CHECK (domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$' AND length(domain) <= 253),
  -- What the domain's owner publishes. It proves, and opens nothing.
  challenge text NOT NULL,
  verified_at timestamptz,
  verified_by text CHECK (verified_by IN ('dns', 'file', 'operator')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, domain),
  CHECK ((verified_at IS NULL) = (verified_by IS NULL))
);
COMMENT ON TABLE organisation_domains IS
  'The mail domains of an organisation. rls: org; events: required';
CREATE UNIQUE INDEX organisation_domains_of_one ON organisation_domains (domain) WHERE verified_at IS NOT NULL;

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation_domains ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation_domains FORCE ROW LEVEL SECURITY;

CREATE POLICY invitations_own ON invitations USING (org_id = current_org()) WITH CHECK (org_id = current_org());
CREATE POLICY invitations_by_token ON invitations FOR SELECT USING (token_hash = current_credential());
CREATE POLICY invitations_instance ON invitations TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT ON invitations TO hearthkey_app;
GRANT UPDATE (token_hash, status, invited_by, letters, sent_at, expires_at, accepted_by, ended_at) ON invitations TO hearthkey_app;

CREATE POLICY organisation_domains_own ON organisation_domains
  USING (org_id = current_org()) WITH CHECK (org_id = current_org());
CREATE POLICY organisation_domains_instance ON organisation_domains TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT, DELETE ON organisation_domains TO hearthkey_app;
GRANT UPDATE (verified_at, verified_by) ON organisation_domains TO hearthkey_app;
