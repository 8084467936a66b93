import type { ApiKey } from './key.ts'
import type { Acting } from './ports.ts'

/** In the log of events; of what was shown once, nothing. */
export const snapshotOf = (key: ApiKey) => ({
  name: key.name,
  owner: key.owner,
  permissions: key.permissions,
  ipRanges: key.ipRanges,
  quota: key.quota,
  expiresAt: key.expiresAt?.toISOString() ?? null,
  replaces: key.replaces,
})

/** Written in the scope of the organisation, where its log is read. */
export const inLogOf = <By extends Acting>(by: By, { organisation }: Pick<ApiKey, 'organisation'>): By => ({
  ...by,
  organisation,
})
