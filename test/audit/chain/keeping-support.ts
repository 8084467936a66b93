import { onTestFinished } from 'vitest'
import { listCheckpoints } from '../../../src/audit/checkpoints/store.ts'
import type { ChainedEntry } from '../../../src/audit/entry/stored-entry.ts'
import type { EventId } from '../../../src/audit/event.ts'
import type { Follower } from '../../../src/audit/following/follower.ts'
import type { Config } from '../../../src/config/config.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import { auditKeysOf, keepChain } from '../../../src/instance/chain.ts'
import type { Log } from '../../../src/lib/log.ts'
import { createTestInstance } from '../../support/instance.ts'

interface Options {
  readonly audit?: Partial<Config['audit']>
  readonly followers?: readonly Follower[]
  /** Turns come when the test says so, where nothing is said. */
  readonly everyMs?: number
  readonly log?: Log
}

const NEVER_MS = 2 ** 30

export async function keepingWorld({ audit = {}, followers = [], everyMs = NEVER_MS, ...options }: Options = {}) {
  const instance = await createTestInstance()
  const { services, clock } = instance
  const { log = instance.log.log } = options
  const { owner, app } = services.database
  const config = { ...instance.config, audit: { ...instance.config.audit, ...audit } }
  const kept = await keepChain({ config, services, followers, clock, log, everyMs })
  onTestFinished(() => kept.stop())
  const by = { actor: { kind: 'system', id: 'test' } } as const
  return {
    ...instance,
    owner,
    config,
    kept,
    keys: auditKeysOf({ config, services, clock }),
    /** One, and all whom it calls. */
    turn: async () => {
      await kept.turn()
      await kept.settled()
    },
    write: (target = 'key_1') =>
      inTransaction(app, (tx) => services.events.recordEvent(tx, by, { action: 'key.created', target })),
    heads: () => listCheckpoints(owner, { after: 0, limit: 1000 }),
  }
}

export function hearing(name: string, fails: (entries: readonly ChainedEntry[]) => boolean = () => false) {
  const heard: EventId[] = []
  const follower: Follower = {
    name,
    from: 'end',
    take: async (_tx, entries) => {
      if (fails(entries)) throw new Error(`${name} cannot`)
      heard.push(...entries.map(({ id }) => id))
    },
  }
  return { follower, heard }
}
