-- Reason: a seat with twenty roles reads forty rows of these two tables for one token, and the scope was asked for each of them. It cannot
-- change within a statement: by a query of its own it is asked once.
ALTER POLICY roles_own ON roles USING (org_id = (SELECT current_org())) WITH CHECK (org_id = current_org());
ALTER POLICY membership_roles_own ON membership_roles USING (org_id = (SELECT current_org())) WITH CHECK (
  org_id = current_org() AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.deleted_at IS NULL));
