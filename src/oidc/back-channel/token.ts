import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { SigningMaterial } from '../../keyring/signing/material.ts'
import type { Id } from '../../lib/ids.ts'
import type { Client } from '../clients/client.ts'
import type { Subjects } from '../subjects.ts'

/** OpenID Connect Back-Channel Logout 1.0, §2.4: long enough for a clock that is a little wrong, and for one delivery. */
const GOOD_FOR_SECONDS = 120
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

interface Logout {
  readonly issuer: string
  readonly client: Pick<Client, 'id' | 'subjectType' | 'sector'>
  readonly user: Id<'usr'>
  readonly session: Id<'ses'> | null
  readonly at: Date
}

/** A fresh one for each attempt: who took the one before and answered too late must not think of this one as a replay. */
export async function logoutToken(
  { kid, algorithm, privateKey }: SigningMaterial,
  subjects: Pick<Subjects, 'subjectFor' | 'sidFor'>,
  { issuer, client, user, session, at }: Logout,
): Promise<string> {
  const iat = Math.floor(at.getTime() / 1000)
  return new SignJWT({
    sub: subjects.subjectFor(client, user),
    ...(session !== null && { sid: subjects.sidFor(client, session) }),
    events: { [EVENT]: {} },
  })
    .setProtectedHeader({ alg: algorithm, kid, typ: 'logout+jwt' })
    .setIssuer(issuer)
    .setAudience(client.id)
    .setIssuedAt(iat)
    .setExpirationTime(iat + GOOD_FOR_SECONDS)
    .setJti(randomUUID())
    .sign(privateKey)
}
