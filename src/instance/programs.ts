import type { Programs } from '../oidc/ports.ts'
import { findItself } from '../service-accounts/store.ts'

/** What the protocol asks of service accounts. */
export const programs: Programs = {
  isActive: async (tx, id) => (await findItself(tx, id))?.status === 'active',
}
