import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Place } from '../../keyring/seal/sealed.ts'
import type { Sealer } from '../../keyring/seal/sealer.ts'
import { exportMaterial, generateMaterial, importMaterial } from '../../keyring/signing/material.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ActorContext } from '../actor.ts'
import { ENDORSEMENT_TYPE } from '../verify/log-keys.ts'
import type { EventWriter } from '../writer.ts'
import { auditJwk, auditKeyId, type Endorsement, type PublicAuditKey } from './audit-key.ts'
import { type SigningAuditKey, signedBy } from './jws.ts'
import { type ActiveRow, findActiveKey, insertAuditKey, listAuditKeys, lockAuditKeys, retireAuditKey } from './store.ts'

export interface AuditKeys {
  /** Makes the first, where there is none. */
  ensure(by: ActorContext): Promise<void>
  /** A new key signs from now on. The one before says so with its last signature, and its private half is erased. */
  rotate(by: ActorContext): Promise<{ readonly active: string; readonly retired: string | null }>
  /** The one that signs, for as long as the transaction lasts. */
  hold(tx: Tx): Promise<SigningAuditKey | undefined>
  /** All that ever signed, oldest first. */
  public(): Promise<PublicAuditKey[]>
}

export interface AuditKeysDeps {
  readonly owner: Db
  readonly instance: Sealer
  readonly issuer: string
  readonly clock: Clock
  readonly record: EventWriter['recordEvent']
}

export function createAuditKeys({ owner, instance, issuer, clock, record }: AuditKeysDeps): AuditKeys {
  const open = async ({ id, kid, sealed }: ActiveRow): Promise<SigningAuditKey> => {
    try {
      const material = await importMaterial(await instance.open(placeOf(id), sealed), 'EdDSA')
      if (material.kid !== kid) throw new TypeError('the key has another thumbprint')
      return { id, kid, privateKey: material.privateKey }
    } catch (cause) {
      throw new AppError('keyring-damaged', { detail: `The audit key ${kid} does not open.`, cause })
    }
  }

  const create = async (tx: Tx, by: ActorContext, predecessor: SigningAuditKey | undefined): Promise<string> => {
    const material = await generateMaterial({ algorithm: 'EdDSA', modulusLength: 2048 })
    const [key, at] = [auditKeyId.generate(), clock.now()]
    const jwk = auditJwk.parse(material.publicJwk)
    const said: Endorsement = { iss: issuer, kid: jwk.kid, x: jwk.x, at: at.toISOString() }
    const endorsement = predecessor ? await signedBy(predecessor, ENDORSEMENT_TYPE, said) : null
    const id = auditKeyId.toUuid(key)
    const pkcs8 = exportMaterial(material)
    const sealed = instance.seal(placeOf(id), pkcs8)
    pkcs8.reveal().fill(0)
    if (predecessor) await retireAuditKey(tx, predecessor.id, at)
    await insertAuditKey(tx, { id, jwk, sealed, at, endorsement })
    await record(tx, by, { action: 'audit_key.created', target: key, after: { public: { kid: jwk.kid } } })
    if (predecessor)
      await record(tx, by, {
        action: 'audit_key.rotated',
        target: auditKeyId.fromUuid(predecessor.id),
        before: { public: { kid: predecessor.kid } },
        after: { public: { kid: jwk.kid } },
      })
    return jwk.kid
  }

  const hold = async (tx: Tx): Promise<SigningAuditKey | undefined> => {
    await lockAuditKeys(tx)
    const active = await findActiveKey(tx)
    return active && open(active)
  }

  return {
    hold,
    ensure: (by) =>
      inTransaction(owner, async (tx) => {
        await lockAuditKeys(tx)
        if (!(await findActiveKey(tx))) await create(tx, by, undefined)
      }),
    rotate: (by) =>
      inTransaction(owner, async (tx) => {
        const predecessor = await hold(tx)
        return { active: await create(tx, by, predecessor), retired: predecessor?.kid ?? null }
      }),
    public: () => listAuditKeys(owner),
  }
}

const placeOf = (row: string): Place => ({ table: 'audit_keys', column: 'sealed', row })
