import { inTransaction } from '../../db/transaction.ts'
import { putOffUntil } from '../../factors/put-off.ts'
import { findHeld } from '../../factors/store.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'
import { findPerson } from './find.ts'
import type { PeopleAtWork } from './with-people.ts'

const day = (at: Date | null | undefined) => at?.toISOString().slice(0, 10) ?? 'never'

/** What somebody could prove: its names and dates, nothing that proves anything. */
export async function describeFactors(people: PeopleAtWork, who: string): Promise<Output> {
  const { factors, db } = people
  const user = await findPerson(people, who)
  const [passkeys, apps, emailCode, backupCodes, browsers, held] = [
    await factors.passkeys.listOf(user.id),
    await factors.totps.listOf(user.id),
    await factors.emailCodes.isEnabled(user.id),
    await factors.backupCodes.standingOf(user.id),
    await factors.trustedBrowsers.listOf(user.id),
    await inTransaction(db, (tx) => findHeld(tx, user.id)),
  ]
  const until = putOffUntil(held, held.graceBeganAt ? await people.rulesOf(user.id) : [], people.now())
  const rows = [
    ...passkeys.map(({ name, synced, createdAt, lastUsedAt }) => [
      synced ? 'passkey (synced)' : 'passkey (one device)',
      name,
      day(createdAt),
      day(lastUsedAt),
    ]),
    ...apps.map(({ name, createdAt, lastUsedAt }) => ['authenticator app', name, day(createdAt), day(lastUsedAt)]),
    ...(emailCode ? [['codes by e-mail', user.email, '', '']] : []),
    ...(backupCodes
      ? [['backup codes', `${backupCodes.left} left`, day(backupCodes.createdAt), day(backupCodes.lastUsedAt)]]
      : []),
    ...browsers.map(({ device, createdAt, lastUsedAt }) => [
      'trusted browser',
      [device.browser, device.system].filter(Boolean).join(', ') || 'unknown',
      day(createdAt),
      day(lastUsedAt),
    ]),
  ]
  const lines = [
    `${user.email} ${held.hasPassword ? 'has a password' : 'has no password'}${rows.length > 0 ? ', and' : ' and nothing else to prove.'}`,
    ...(rows.length > 0 ? [table(['FACTOR', 'NAME', 'ADDED', 'LAST USED'], rows)] : []),
    ...(held.mustEnrol ? ['The next sign-in leads through enrolment: the factors of before were taken away.'] : []),
    ...(until ? [`Enrolment is put off: it can wait until ${until.toISOString()}.`] : []),
  ]
  return {
    text: lines.join('\n'),
    json: {
      user: user.id,
      password: held.hasPassword,
      passkeys: passkeys.map(({ id, name, model, synced, createdAt, lastUsedAt }) => ({
        id,
        name,
        model: model ?? null,
        synced,
        createdAt,
        lastUsedAt: lastUsedAt ?? null,
      })),
      authenticatorApps: apps.map(({ id, name, createdAt, lastUsedAt }) => ({ id, name, createdAt, lastUsedAt })),
      emailCode,
      backupCodes: backupCodes ?? null,
      trustedBrowsers: browsers.map(({ id, device, createdAt, lastUsedAt, expiresAt }) => ({
        id,
        device,
        createdAt,
        lastUsedAt,
        expiresAt,
      })),
      mustEnrol: held.mustEnrol,
      putOffUntil: until ?? null,
    },
  }
}
