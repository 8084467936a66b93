import { randomBytes } from 'node:crypto'
import { type Asked, answerIn } from '../../db/asked.ts'
import { inOrganisation, type OrgTx } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import { toBase64url } from '../../lib/base64url.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { OrgId } from '../org.ts'
import { type Acting, type Authority, type RecordOrgEvent, within } from '../ports.ts'
import { CHALLENGE_PREFIX, fileUrl, parseDomain, recordName } from './domain-name.ts'
import type { FetchText, LookUpText } from './ports.ts'
import {
  type Domain,
  deleteDomain,
  findDomain,
  hasVerifiedDomain,
  insertDomain,
  isTaken,
  listDomains,
  markVerified,
  type VerifiedBy,
} from './store.ts'

export type AddDomainRefusal = 'not-found' | 'forbidden' | 'domain-invalid' | 'already' | 'too-many'
export type VerifyRefusal =
  | 'not-found'
  | 'forbidden'
  | 'no-domain'
  | 'already'
  | 'too-many'
  /** Verified by another organisation; by which one is not said. */
  | 'taken'
  /** Nothing was found where the challenge should stand, or something else. */
  | 'not-published'
  /** Nobody could say: the network, a name server or the web server did not answer. */
  | 'unreachable'

/** `last-domain`: its policy takes people of its verified domains alone, and nobody could join without this one. */
export type RemoveDomainRefusal = 'not-found' | 'forbidden' | 'no-domain' | 'last-domain'

/** Mail domains of an organisation. Nothing follows from one before it is shown to be its own. */
export interface Domains<By> {
  /** With a challenge for whoever has the domain to publish. */
  add(by: By, authority: Asked<Authority>, org: OrgId, domain: string): Promise<Result<Domain, AddDomainRefusal>>
  /** Looks for the challenge, in the DNS or behind HTTPS. */
  verify(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    domain: string,
    way: 'dns' | 'file',
  ): Promise<Result<Domain, VerifyRefusal>>
  /** By the word of whoever holds the host, where there is no way out: no authority of an organisation is enough. */
  vouch(by: By, org: OrgId, domain: string): Promise<Result<Domain, VerifyRefusal | AddDomainRefusal>>
  remove(by: By, authority: Asked<Authority>, org: OrgId, domain: string): Promise<Result<Domain, RemoveDomainRefusal>>
  list(org: OrgId): Promise<Domain[]>
}

interface DomainsDeps<By> {
  readonly db: Db
  readonly lookUpText: LookUpText
  readonly fetchText: FetchText
  readonly clock: Clock
  readonly record: RecordOrgEvent<By>
}

type AskedToManage = Asked<Pick<Authority, 'allows'>>

/** Found out again at each step: the answer of a name server may take longer than somebody has their role. */
const mayManage = async (tx: OrgTx, asked: AskedToManage): Promise<boolean> =>
  (await answerIn(tx, asked)).allows('organisation.manage')

const theHost = { allows: () => true }

const MOST_DOMAINS = 100
/** Hearthkey's record beside those of others, hardly more. */
const MOST_LINES = 100

export function createDomains<By extends Acting>({
  db,
  lookUpText,
  fetchText,
  clock,
  record,
}: DomainsDeps<By>): Domains<By> {
  const newChallenge = () => `${CHALLENGE_PREFIX}${toBase64url(randomBytes(24))}`

  async function published(domain: string, way: 'dns' | 'file') {
    if (way === 'dns') return lookUpText(recordName(domain))
    const file = await fetchText(fileUrl(domain))
    return file.ok ? ok(file.value.split(/\r?\n/).slice(0, MOST_LINES)) : file
  }

  /** By the challenge that was looked up outside the transaction: one that was replaced meanwhile verifies nothing. */
  async function mark(
    by: By,
    asked: AskedToManage,
    org: OrgId,
    { found, way }: { readonly found: Domain; readonly way: VerifiedBy },
  ): Promise<Result<Domain, VerifyRefusal>> {
    try {
      return await changing(db, org, async (tx): Promise<Result<Domain, VerifyRefusal>> => {
        if (!(await mayManage(tx, asked))) return fail('forbidden')
        const at = clock.now()
        if (!(await markVerified(tx, org, found, way, at))) {
          const now = await findDomain(tx, org, found.domain)
          return fail(now?.verified ? 'already' : now ? 'not-published' : 'no-domain')
        }
        await record(tx, within(by, org), {
          action: 'domain.verified',
          target: org,
          after: { public: { domain: found.domain, by: way } },
        })
        return ok({ ...found, verified: { at, by: way } })
      })
    } catch (error) {
      if (isTaken(error)) return fail('taken')
      throw error
    }
  }

  const find = (org: OrgId, domain: string) => inOrganisation(db, org, (tx) => findDomain(tx, org, domain))

  async function add(
    by: By,
    asked: AskedToManage,
    org: OrgId,
    typed: string,
  ): Promise<Result<Domain, AddDomainRefusal>> {
    return changing(db, org, async (tx): Promise<Result<Domain, AddDomainRefusal>> => {
      if (!(await mayManage(tx, asked))) return fail('forbidden')
      const domain = parseDomain(typed)
      if (!domain) return fail('domain-invalid')
      if ((await listDomains(tx, org)).length >= MOST_DOMAINS) return fail('too-many')
      const challenge = newChallenge()
      if (!(await insertDomain(tx, org, domain, challenge, clock.now()))) return fail('already')
      await record(tx, within(by, org), { action: 'domain.added', target: org, after: { public: { domain } } })
      return ok({ domain, challenge, verified: undefined })
    })
  }

  return {
    add,

    verify: async (by, asked, org, typed, way) => {
      const seen = await inOrganisation(db, org, async (tx) =>
        (await mayManage(tx, asked)) ? ok(await findDomain(tx, org, parseDomain(typed) ?? '')) : fail('forbidden'),
      )
      if (!seen.ok) return fail('forbidden')
      const found = seen.value
      if (!found) return fail('no-domain')
      if (found.verified) return fail('already')
      const texts = await published(found.domain, way)
      if (!texts.ok) return fail(texts.error === 'unreachable' ? 'unreachable' : 'not-published')
      if (!texts.value.some((text) => text.trim() === found.challenge)) return fail('not-published')
      return mark(by, asked, org, { found, way })
    },

    vouch: async (by, org, typed) => {
      const domain = parseDomain(typed)
      if (!domain) return fail('domain-invalid')
      const added = await add(by, theHost, org, domain)
      if (!added.ok && added.error !== 'already') return fail(added.error)
      const found = added.ok ? added.value : await find(org, domain)
      if (!found) return fail('no-domain')
      return found.verified ? fail('already') : mark(by, theHost, org, { found, way: 'operator' })
    },

    remove: async (by, asked, org, typed) => {
      const domain = parseDomain(typed) ?? ''
      return changing<Domain, RemoveDomainRefusal>(db, org, async (tx, { policy }) => {
        if (!(await mayManage(tx, asked))) return fail('forbidden')
        const found = await findDomain(tx, org, domain)
        if (!found || !(await deleteDomain(tx, org, domain))) return fail('no-domain')
        if (found.verified && policy.membersFrom === 'verified-domains' && !(await hasVerifiedDomain(tx, org)))
          return fail('last-domain')
        await record(tx, within(by, org), {
          action: 'domain.removed',
          target: org,
          before: { public: { domain, verified: found.verified !== undefined } },
        })
        return ok(found)
      })
    },

    list: (org) => inOrganisation(db, org, (tx) => listDomains(tx, org)),
  }
}
