import { sql } from 'kysely'
import { AppError } from '../errors/app-error.ts'
import type { Db } from './types.ts'

interface ServingRole {
  readonly role: string
  readonly bypasses: boolean
  readonly owns: boolean
  readonly login_is_superuser: boolean
}

/**
 * Row security is only as good as the role that meets it: a superuser, a BYPASSRLS role or the owner reads every
 * organisation, and no test of ours would notice. So the start asks the database what it really is.
 * Answers whether the login behind the role is a superuser, which `doctor` reports.
 */
export async function assertServingRole(app: Db): Promise<{ loginIsSuperuser: boolean }> {
  const { rows } = await sql<ServingRole>`
    SELECT current_user AS role,
      r.rolsuper OR r.rolbypassrls AS bypasses,
      pg_has_role(r.oid, o.oid, 'MEMBER') AS owns,
      (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS login_is_superuser
    FROM pg_roles r, pg_roles o WHERE r.rolname = current_user AND o.rolname = 'hearthkey_owner'`.execute(app)
  const found = rows[0]
  if (found?.role !== 'hearthkey_app' || found.bypasses || found.owns) {
    throw new AppError('database-role-unsafe', {
      detail: `Requests would be served as ${found?.role ?? 'an unknown role'}${found?.bypasses ? ', which bypasses row security' : ''}${found?.owns ? ', which owns the tables' : ''}.`,
    })
  }
  return { loginIsSuperuser: found.login_is_superuser }
}
