-- Reason: what a member may do. A role is a set of permissions, each of them a scope of an API or one of our own; which
-- roles its bearer may give to others is part of the role. Built-in ones come from a template and serve every
-- organisation that uses it; an organisation may make its own.

-- Whether roles decide who gets which of its scopes: then nobody has one that no role of theirs gives.
ALTER TABLE apis ADD COLUMN by_role boolean NOT NULL DEFAULT false;

CREATE TABLE roles (
  id uuid PRIMARY KEY,
  -- NULL: of a template.
  org_id uuid REFERENCES organisations (id),
  template text CHECK (template ~ '^[a-z][a-z0-9-]{0,49}$'),
  -- What stands in `roles` of a token.
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9-]{0,49}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  description text NOT NULL CHECK (length(description) <= 500),
  -- By API (api_…, or `hearthkey` for our own): {"api_…": ["invoices:read"], "hearthkey": ["members.read"]}.
  permissions jsonb NOT NULL CHECK (jsonb_typeof(permissions) = 'object'),
  -- Keys of the roles that its bearer may give and take: the ceiling of `roles.assign`.
  may_assign text[] NOT NULL,
  -- An organisation keeps one member with it at least.
  kept boolean NOT NULL,
  -- For programs: whoever has no other role gets no token by a sign-in.
  api_only boolean NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz,
  CHECK ((org_id IS NULL) = (template IS NOT NULL))
);
COMMENT ON TABLE roles IS
  'Sets of permissions, built in by a template or made by an organisation. rls: org; events: required';
CREATE UNIQUE INDEX roles_by_key ON roles (org_id, key) WHERE org_id IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX roles_of_template ON roles (template, key) WHERE org_id IS NULL;

CREATE TABLE membership_roles (
  org_id uuid NOT NULL,
  member_id uuid NOT NULL,
  role_id uuid NOT NULL REFERENCES roles (id),
  given_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, member_id, role_id),
  FOREIGN KEY (org_id, member_id) REFERENCES memberships (org_id, member_id)
);
COMMENT ON TABLE membership_roles IS
  'Which member has which roles. rls: org; events: required';
-- Whether anybody still has a role.
CREATE INDEX membership_roles_by_role ON membership_roles (org_id, role_id);

ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles FORCE ROW LEVEL SECURITY;
ALTER TABLE membership_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership_roles FORCE ROW LEVEL SECURITY;

CREATE POLICY roles_own ON roles USING (org_id = current_org()) WITH CHECK (org_id = current_org());
-- To read: a policy that let a template's role be updated could be used to take it.
CREATE POLICY roles_of_templates ON roles FOR SELECT USING (org_id IS NULL);
CREATE POLICY roles_instance ON roles TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT ON roles TO hearthkey_app;
GRANT UPDATE (name, description, permissions, may_assign, deleted_at) ON roles TO hearthkey_app;

-- A foreign key looks past row security: another organisation's role would do. This look-up does not, so that every id
-- of a role that is read here under row security names a role of this organisation or of a template.
CREATE POLICY membership_roles_own ON membership_roles USING (org_id = current_org()) WITH CHECK (
  org_id = current_org() AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.deleted_at IS NULL));
CREATE POLICY membership_roles_of_person ON membership_roles FOR SELECT USING (member_id = current_person());
CREATE POLICY membership_roles_instance ON membership_roles TO hearthkey_owner
  USING (in_instance_scope()) WITH CHECK (in_instance_scope());
GRANT SELECT, INSERT, DELETE ON membership_roles TO hearthkey_app;

-- What a token for one member of one organisation is made of, in one round trip: the scope is set before anything is
-- read, which one statement cannot promise. By primary keys alone.
CREATE FUNCTION membership_of(p_org uuid, p_member uuid)
  RETURNS TABLE (slug text, name text, org_status text, template text, policy jsonb, quota integer, status text, role_ids uuid[])
  LANGUAGE plpgsql VOLATILE
  AS $$
BEGIN
  PERFORM pg_catalog.set_config('hearthkey.org', p_org::text, true);
  RETURN QUERY
    SELECT o.slug, o.name, o.status, o.template, o.policy, o.quota, m.status,
      ARRAY(SELECT r.role_id FROM public.membership_roles r
            WHERE r.org_id = p_org AND r.member_id = p_member ORDER BY r.role_id)
    FROM public.organisations o
    JOIN public.memberships m ON m.org_id = o.id
    WHERE o.id = p_org AND m.member_id = p_member;
END
$$;
COMMENT ON FUNCTION membership_of(uuid, uuid) IS
  'Opens the scope of the organisation for the rest of the transaction, and reads one membership in it.';
GRANT EXECUTE ON FUNCTION membership_of(uuid, uuid) TO hearthkey_app;
