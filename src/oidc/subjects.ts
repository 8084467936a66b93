import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Db } from '../db/types.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Api } from './apis/api.ts'
import { sectorsOfApi } from './apis/sectors-store.ts'
import type { Client } from './clients/client.ts'

type WithSector = Pick<Client, 'subjectType' | 'sector'>

/**
 * How a person is called outside (OpenID Connect Core §8). Inside there is one name, `usr_…`; a pairwise client hears
 * another, which is the same for all clients of its sector and says nothing to anybody else's.
 */
export interface Subjects {
  subjectFor(client: WithSector, user: string): string
  /** `sid` of two sectors must not say either that it was one and the same browser. */
  sidFor(client: WithSector, session: string): string
  /** Every form in which an API may have seen a person. */
  formsOfSubject(user: string, api: Pick<Api, 'id'>): Promise<readonly string[]>
  formsOfSession(session: string, api: Pick<Api, 'id'>): Promise<readonly string[]>
}

interface SubjectsDeps {
  readonly keyring: Pick<Keyring, 'derive'>
  readonly db: () => Promise<Db>
}

export function createSubjects({ keyring, db }: SubjectsDeps): Subjects {
  const persons = createSecretKey(keyring.derive('pairwise subjects').reveal())
  const sessions = createSecretKey(keyring.derive('pairwise sessions').reveal())

  const formsWith = async (key: KeyObject, id: string, api: Pick<Api, 'id'>) => {
    const sectors = await sectorsOfApi(await db(), api.id)
    return [id, ...sectors.map((sector) => named(key, sector, id))]
  }
  return {
    subjectFor: (client, user) => nameFor(persons, client, user),
    sidFor: (client, session) => nameFor(sessions, client, session),
    formsOfSubject: (user, api) => formsWith(persons, user, api),
    formsOfSession: (session, api) => formsWith(sessions, session, api),
  }
}

function nameFor(key: KeyObject, { subjectType, sector }: WithSector, id: string): string {
  if (subjectType === 'public') return id
  // To fall back on the name that all others hear would be the very link that was to be prevented.
  if (sector === null) throw new TypeError('a pairwise client has no sector')
  return named(key, sector, id)
}

const named = (key: KeyObject, sector: string, id: string): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([sector, id]))
    .digest('base64url')
