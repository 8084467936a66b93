import { type Authority, instanceAuthority } from '../../src/access/authority.ts'
import type { NewKey } from '../../src/api-keys/create.ts'
import type { KeySettings } from '../../src/api-keys/plan.ts'
import { inInstance } from '../../src/db/transaction.ts'
import { openPrograms, type Programs } from '../../src/instance/api-keys.ts'
import type { OrgId } from '../../src/orgs/org.ts'
import type { UserId } from '../../src/users/user.ts'
import { type OrgsWorld, by as operator, orgsWorld } from '../orgs/support.ts'
import { testConfig } from '../support/config.ts'

export { instanceAuthority, operator }
export const DAY = 24 * 3_600_000
export const ip = '203.0.113.7'

export interface KeysWorld extends OrgsWorld, Programs {
  readonly settings: KeySettings
  /** A company whose owner has a key. */
  keyed(wish?: Partial<NewKey>): Promise<{ org: OrgId; owner: UserId; authority: Authority; made: Made }>
  make(owner: UserId, authority: Authority, wish: Partial<NewKey> & { organisation: OrgId }): Promise<Made>
  /** Why it is refused, or `stands`. */
  verdict(secret: string, from?: string): Promise<string>
  announced(): Promise<unknown[]>
  count(table: 'api_keys' | 'service_accounts' | 'api_key_uses'): Promise<number>
}

interface Made {
  readonly id: NonNullable<Awaited<ReturnType<Programs['apiKeys']['find']>>>['id']
  readonly secret: string
}

export async function keysWorld(settings: Partial<KeySettings> = {}): Promise<KeysWorld> {
  const world = await orgsWorld()
  const { services, seats, memberships, access, people, clock, as } = world
  const config = { apiKeys: { ...testConfig().apiKeys, ...settings } }
  const { users, notices, mail } = people
  const programs = openPrograms({ config, services, seats, memberships, access, users, notices, mail, clock })
  const { apiKeys } = programs

  const make: KeysWorld['make'] = async (owner, authority, wish) => {
    const made = await apiKeys.create(as(owner), authority, {
      owner,
      name: 'nightly export',
      permissions: 'admin',
      ...wish,
    })
    if (!made.ok) throw new Error(made.error.reason)
    return { id: made.value.key.id, secret: made.value.secret.reveal() }
  }
  return {
    ...world,
    ...programs,
    settings: config.apiKeys,
    make,
    keyed: async (wish = {}) => {
      const { org, owner } = await world.company()
      const authority = await world.authorityOf(org, owner)
      return { org, owner, authority, made: await make(owner, authority, { organisation: org, ...wish }) }
    },
    verdict: async (secret, from = ip) => {
      const found = await apiKeys.verify(secret, { ip: from })
      return found.ok ? 'stands' : found.error
    },
    announced: async () => {
      const page = await services.revocations.since(undefined, 100)
      if (!page.ok) throw new Error(page.error)
      return page.value.entries.map(({ id: _, at: __, expiresAt: ___, ...entry }) => entry)
    },
    count: (table) =>
      inInstance(services.database.owner, async (tx) => (await tx.selectFrom(table).selectAll().execute()).length),
  }
}
