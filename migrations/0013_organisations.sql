-- Reason: companies. A person belongs to themselves and has a membership in each company they work for; what a company
-- owns is walled off by row security. Two scopes join that of the organisation: a person sees the memberships that are
-- their own, before any company is chosen, and whoever shows a credential sees the one row that it opens.

CREATE FUNCTION current_person() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('hearthkey.person', true), '')::uuid $$;
COMMENT ON FUNCTION current_person() IS 'Whose own memberships this transaction may see, or NULL.';

CREATE FUNCTION current_credential() RETURNS bytea
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT decode(nullif(current_setting('hearthkey.credential', true), ''), 'hex') $$;
COMMENT ON FUNCTION current_credential() IS 'The hash of what was shown: it opens the row that carries it, or none.';

GRANT EXECUTE ON FUNCTION current_person(), current_credential() TO hearthkey_app;

CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  -- In URLs, in the parameter `organization` and in tokens. Never given to another one, not even after a deletion.
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) BETWEEN 2 AND 63),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  status text NOT NULL CHECK (status IN ('active', 'suspended', 'deleted')),
  -- Which set of built-in roles its members may have.
  template text NOT NULL CHECK (template ~ '^[a-z][a-z0-9-]{0,49}$'),
  policy jsonb NOT NULL CHECK (jsonb_typeof(policy) = 'object'),
  settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  -- Requests a minute of all its members and programs together; NULL is the instance's setting.
  quota integer CHECK (quota > 0),
  created_at timestamptz NOT NULL,
  suspended_at timestamptz,
  deleted_at timestamptz,
  CHECK ((suspended_at IS NOT NULL) = (status = 'suspended')),
  CHECK ((deleted_at IS NOT NULL) = (status = 'deleted'))
);
COMMENT ON TABLE organisations IS
  'The companies. Deleted ones stay, so that the log of events keeps their names. rls: org; events: required';

CREATE TABLE memberships (
  org_id uuid NOT NULL REFERENCES organisations (id),
  -- A person or a service account. No foreign key into another room.
  member_id uuid NOT NULL,
  member_kind text NOT NULL CHECK (member_kind IN ('person', 'service')),
  -- removed: stays for the log of events and is shown to nobody.
  status text NOT NULL CHECK (status IN ('active', 'suspended', 'removed')),
  joined_at timestamptz NOT NULL,
  suspended_at timestamptz,
  removed_at timestamptz,
  PRIMARY KEY (org_id, member_id),
  CHECK ((suspended_at IS NOT NULL) = (status = 'suspended')),
  CHECK ((removed_at IS NOT NULL) = (status = 'removed'))
);
COMMENT ON TABLE memberships IS
  'Who works for which organisation. rls: org; events: required';
-- Pages of an organisation's members, in the order of their ids.
CREATE INDEX memberships_of_org ON memberships (org_id, member_kind, member_id) WHERE status <> 'removed';
-- The organisations of one member.
CREATE INDEX memberships_of_member ON memberships (member_id, org_id) WHERE status <> 'removed';

-- Which organisation a person works for in which application, until they choose another or work for it no longer.
CREATE TABLE organisation_choices (
  user_id uuid NOT NULL,
  client_id text NOT NULL,
  org_id uuid NOT NULL REFERENCES organisations (id),
  chosen_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, client_id)
);
COMMENT ON TABLE organisation_choices IS
  'The organisation that a person chose last, by application. rls: none because it belongs to the person, and says nothing that a membership does not; events: none because it fills in an answer that the person may give anew each time';
-- When an organisation goes.
CREATE INDEX organisation_choices_of_org ON organisation_choices (org_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON organisation_choices TO hearthkey_app;

ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisations FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;

CREATE POLICY organisations_own ON organisations USING (id = current_org()) WITH CHECK (id = current_org());
CREATE POLICY organisations_of_person ON organisations FOR SELECT USING (
  id IN (SELECT m.org_id FROM memberships m WHERE m.member_id = current_person() AND m.status <> 'removed'));
CREATE POLICY organisations_instance ON organisations TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT ON organisations TO hearthkey_app;
GRANT UPDATE (name, status, policy, settings, quota, suspended_at, deleted_at) ON organisations TO hearthkey_app;

CREATE POLICY memberships_own ON memberships USING (org_id = current_org()) WITH CHECK (org_id = current_org());
CREATE POLICY memberships_of_person ON memberships FOR SELECT USING (member_id = current_person());
CREATE POLICY memberships_instance ON memberships TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT ON memberships TO hearthkey_app;
GRANT UPDATE (status, joined_at, suspended_at, removed_at) ON memberships TO hearthkey_app;

-- For which organisations somebody can act, by name, in one round trip: every sign-in of everybody asks, and most people
-- have none. The scope is set before anything is read, which one statement cannot promise.
CREATE FUNCTION organisations_to_choose(p_member uuid, p_most integer)
  RETURNS TABLE (id uuid, slug text, name text)
  LANGUAGE plpgsql VOLATILE
  AS $$
BEGIN
  PERFORM pg_catalog.set_config('hearthkey.person', p_member::text, true);
  RETURN QUERY
    SELECT o.id, o.slug, o.name
    FROM public.memberships m
    JOIN public.organisations o ON o.id = m.org_id
    WHERE m.member_id = p_member AND m.status = 'active' AND o.status = 'active'
    ORDER BY o.name, o.id LIMIT p_most;
END
$$;
COMMENT ON FUNCTION organisations_to_choose(uuid, integer) IS
  'Opens the scope of one member for the rest of the transaction, and reads the organisations in which they are active.';
GRANT EXECUTE ON FUNCTION organisations_to_choose(uuid, integer) TO hearthkey_app;
