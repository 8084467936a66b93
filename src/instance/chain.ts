import type { ActorContext } from '../audit/actor.ts'
import type { ChainDeps } from '../audit/chain/append.ts'
import type { Follower } from '../audit/following/follower.ts'
import { chasing } from '../audit/keeping/chaser.ts'
import { type Keeper, keeper } from '../audit/keeping/keeper.ts'
import { type AuditKeys, createAuditKeys } from '../audit/keys/service.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { actorNames } from './actor-names.ts'
import { headsThatLeave } from './chain-heads.ts'
import type { Services } from './services.ts'

interface ChainOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

const byItself: ActorContext = { actor: { kind: 'system', id: 'audit' } }

export const auditKeysOf = ({ config, services, clock }: Omit<ChainOptions, 'log'>): AuditKeys =>
  createAuditKeys({
    owner: services.database.owner,
    instance: services.keyring.instance,
    issuer: config.server.issuerUrl,
    clock,
    record: services.events.recordEvent,
  })

export const chainOf = ({ services, clock, log }: Pick<ChainOptions, 'services' | 'clock' | 'log'>): ChainDeps => ({
  owner: services.database.owner,
  names: actorNames(services.keyring),
  clock,
  log,
})

interface KeepOptions extends ChainOptions {
  /** Who is to hear of every event, each at its own pace. */
  readonly followers: readonly Follower[]
  readonly everyMs?: number
}

/** Of the background of one instance: makes the chain, signs its heads, and has both followed. */
export async function keepChain(options: KeepOptions): Promise<Keeper> {
  const { config, services, followers, clock, everyMs } = options
  const keys = auditKeysOf(options)
  await keys.ensure(byItself)
  const following = { owner: services.database.owner, clock }
  return keeper({
    ...chainOf(options),
    keys,
    issuer: config.server.issuerUrl,
    clock,
    checkpointEvery: config.audit.checkpointEvery,
    chasers: [...followers.map((follower) => chasing(following, follower)), ...headsThatLeave(options)],
    ...(everyMs !== undefined && { everyMs }),
  })
}
