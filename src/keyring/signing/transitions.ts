import type { Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import type { KeyringAction, RecordEvent } from '../event.ts'
import type { Sealer } from '../seal/sealer.ts'
import { exportMaterial, generateMaterial } from './material.ts'
import {
  type KeyHolder,
  placeOfSigningKey,
  type SigningKeyPolicy,
  type SigningKeyRow,
  type SigningKeyState,
  signingKeyId,
} from './signing-key.ts'
import { insertNextKey, setActive, setGone, setRetired } from './store.ts'

export interface TransitionDeps {
  readonly instance: Sealer
  readonly policy: SigningKeyPolicy
  readonly clock: Clock
  readonly record: RecordEvent
}

const apiId = defineId('api')

type NamedKey = Pick<SigningKeyRow, 'id' | 'kid' | 'algorithm' | 'state'>

/** Each step of a key's life is one write and one event, under the lock of the set. */
export async function createNext(
  tx: Tx,
  { instance, policy, clock, record }: TransitionDeps,
  holder: KeyHolder,
): Promise<NamedKey> {
  const material = await generateMaterial(policy)
  const key = signingKeyId.generate()
  const id = signingKeyId.toUuid(key)
  const { kid, algorithm } = material
  const pkcs8 = exportMaterial(material)
  const sealed = instance.seal(placeOfSigningKey(id), pkcs8)
  pkcs8.reveal().fill(0)
  const api_id = holder === 'instance' ? null : holder.api
  await insertNextKey(tx, { id, api_id, kid, algorithm, sealed, created_at: clock.now() })
  const api = api_id === null ? {} : { api: apiId.fromUuid(api_id) }
  await record(tx, { action: 'key.created', target: key, after: { kid, algorithm, state: 'next', ...api } })
  return { id, kid, algorithm, state: 'next' }
}

/** `early`: before it was published for as long as is configured, so that whoever looks for refused tokens finds why. */
export async function activate(tx: Tx, deps: TransitionDeps, key: NamedKey, { early = false } = {}): Promise<void> {
  await setActive(tx, key.id, deps.clock.now())
  await recordStep(tx, deps, 'key.activated', key, 'active', early ? { early } : {})
}

export async function retire(tx: Tx, deps: TransitionDeps, key: NamedKey): Promise<void> {
  await setRetired(tx, key.id, deps.clock.now())
  await recordStep(tx, deps, 'key.retired', key, 'retired')
}

export async function erase(tx: Tx, deps: TransitionDeps, key: NamedKey): Promise<void> {
  await setGone(tx, key.id, deps.clock.now(), null)
  await recordStep(tx, deps, 'key.erased', key, 'gone')
}

export async function revoke(tx: Tx, deps: TransitionDeps, key: NamedKey): Promise<void> {
  await setGone(tx, key.id, deps.clock.now(), deps.clock.now())
  await recordStep(tx, deps, 'key.revoked', key, 'gone')
}

const recordStep = (
  tx: Tx,
  { record }: TransitionDeps,
  action: KeyringAction,
  { id, kid, state }: NamedKey,
  to: SigningKeyState,
  more: Readonly<Record<string, boolean>> = {},
) =>
  record(tx, {
    action,
    target: signingKeyId.fromUuid(id),
    before: { kid, state },
    after: { kid, state: to, ...more },
  })
