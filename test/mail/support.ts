import { sql } from 'kysely'
import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import { messageCodec } from '../../src/mail/message.ts'
import type { Letter, Message } from '../../src/mail/service.ts'
import type { TestApp } from '../support/app.ts'

export const ISSUER = 'https://id.example.com'
export const TOKEN = 'k7Q_mZ2vX9sLw4TfYb1RcHn8JdPqU6eAoGiB3NtKyVE'
export const link = (path: string) => `${ISSUER}${path}?token=${TOKEN}`
const secretLink = (path: string) => new Secret(link(path))

const at = new Date('2030-01-15T11:58:00.000Z')
type Notice = Extract<Message, { name: 'notice' }>
const notice = (what: Notice['what'], key?: Notice['key']): Notice => ({
  name: 'notice',
  what,
  at,
  device: 'Firefox on Linux',
  place: '2001:db8::7',
  ...(key && { key }),
  notMeUrl: secretLink('/link/not-me'),
})
const { notMeUrl: _, ...unlinkedNotice } = notice('email-changed')
const key = { key: 'nightly export', hint: 'k3Qa9Z', organisation: 'Nordwind' }
const roles = [
  { key: 'admin', name: 'Administrator', template: 'basic' },
  { key: 'night', name: 'Night shift' },
]
const changed = (what: Extract<Message, { name: 'membership-changed' }>['what']): Message => ({
  name: 'membership-changed',
  what,
  organisation: 'Nordwind',
  roles,
  at,
})

/** One of each that there is. */
export const everyMessage: readonly Message[] = [
  { name: 'registration', url: secretLink('/register/confirm'), validFor: 24 * 60 },
  { name: 'already-registered', signInUrl: `${ISSUER}/account`, recoverUrl: `${ISSUER}/recover` },
  { name: 'email-verification', url: secretLink('/link/verify-email'), validFor: 3 * 24 * 60 },
  {
    name: 'invitation',
    url: secretLink('/invite'),
    validFor: 7 * 24 * 60,
    organisation: 'Nordwind',
    inviter: 'Ada',
    roles,
  },
  { name: 'invitation', url: secretLink('/invite'), validFor: 7 * 24 * 60, organisation: 'Nordwind' },
  { name: 'recovery', url: secretLink('/recover/password'), validFor: 30 },
  { name: 'email-code', purpose: 'second-factor', code: new Secret('402917'), validFor: 10 },
  { name: 'email-code', purpose: 'mailbox', code: new Secret('402917'), validFor: 10 },
  { name: 'email-change-confirm', url: secretLink('/link/change-email'), validFor: 60 },
  {
    name: 'email-change-asked',
    newAddress: 'b…@example.org',
    undoUrl: secretLink('/link/undo-email-change'),
    validFor: 7 * 24 * 60,
  },
  {
    name: 'email-change-told',
    newAddress: 'b…@example.org',
    undoUrl: secretLink('/link/undo-email-change'),
    validFor: 7 * 24 * 60,
  },
  notice('new-device'),
  notice('password-changed'),
  notice('email-changed'),
  unlinkedNotice,
  notice('factor-added'),
  notice('factor-removed'),
  { ...notice('backup-code-used'), left: 3 },
  { ...notice('factor-added'), factor: { kind: 'totp', name: 'https://phone.example' } },
  { ...notice('factor-removed'), factor: { kind: 'email-code' } },
  {
    name: 'factor-recovery',
    url: secretLink('/link/factor-recovery'),
    stopUrl: secretLink('/link/stop-factor-recovery'),
    opensAt: at,
    until: new Date('2030-01-17T11:58:00.000Z'),
  },
  { name: 'factors-reset', via: 'recovery', at },
  { name: 'factors-reset', via: 'operator', at, applications: ['Shop'] },
  notice('account-locked'),
  { ...notice('account-locked'), applications: ['Shop', 'https://thief.example'] },
  notice('tokens-replayed'),
  notice('api-key-created', key),
  notice('api-key-rotated', key),
  notice('api-key-leaked', key),
  { name: 'program-key-leaked', ...key, program: 'importer', at },
  { name: 'program-key-created', ...key, program: 'importer', at },
  { name: 'program-key-rotated', ...key, program: 'importer', at },
  {
    name: 'program-created',
    program: 'importer',
    organisation: 'Nordwind',
    roles: [{ key: 'admin', name: 'Administrator', template: 'basic' }],
    at,
  },
  {
    name: 'webhook-disabled',
    id: 'whk_0190a6b2c3d47e5f8a9b0c1d2e3f4a5b',
    webhook: 'bookkeeping',
    host: 'hooks.example.com',
    organisation: 'Nordwind',
    at,
  },
  {
    name: 'webhook-disabled',
    id: 'whk_0190a6b2c3d47e5f8a9b0c1d2e3f4a5b',
    webhook: 'SIEM',
    host: '[2001:db8::1]:8443',
    at,
  },
  {
    name: 'alerts',
    alerts: [
      {
        rule: 'failed-sign-ins',
        subject: 'Ada Lovelace (ada@example.com)',
        at,
        event: 'evt_0190a6b2c3d47e5f8a9b0c1d2e3f4a5b',
        count: 12,
      },
      {
        rule: 'administrator-granted',
        subject: 'Olga (olga.petrova-hernandez@accounting.example.com)',
        organisation: 'Nordwind www.example.com',
        at,
        event: 'evt_0190a6b2c3d47e5f8a9b0c1d2e3f4a5c',
      },
    ],
    more: [{ rule: 'key-rotated', count: 3 }],
  },
  {
    name: 'alerts',
    alerts: [{ rule: 'chain-broken', subject: 'audit', at, event: 'evt_0190a6b2c3d47e5f8a9b0c1d2e3f4a5d' }],
    more: [],
  },
  {
    name: 'audit-head',
    seq: 4711,
    hash: 'ab'.repeat(32),
    at,
    jws: `${'eyJhbGciOiJFZERTQSJ9'}.${'QUJD'.repeat(40)}.${'MDEy'.repeat(20)}`,
  },
  changed('removed'),
  changed('suspended'),
  changed('readmitted'),
  changed('roles'),
  {
    name: 'api-key-expiring',
    key: 'nightly <export>',
    organisation: 'Ada & Co',
    expiresAt: new Date('2030-01-22T12:00:00.000Z'),
  },
  { name: 'api-key-expiring', key: 'x', organisation: 'Nordwind', program: 'importer', expiresAt: at },
]

/** Of none is forgotten what its letter has to be. */
export const forgotten = messageCodec.options
  .map(({ shape }) => shape.name.value)
  .filter((name) => name !== 'discard' && !everyMessage.some((message) => message.name === name))

export const recovery: Message = { name: 'recovery', url: secretLink('/recover/password'), validFor: 30 }

export const titleOf = (message: Message) => ('what' in message ? `${message.name} ${message.what}` : message.name)

const HALF_AN_HOUR = 30 * 60_000

export const send = (
  { services, people, clock }: Pick<TestApp, 'services' | 'people' | 'clock'>,
  letter: Partial<Letter> = {},
) =>
  inTransaction(services.database.app, (tx) =>
    people.mail.send(tx, {
      to: { address: 'ada@example.com', name: 'Ada Lovelace' },
      message: recovery,
      expiresAt: new Date(clock.now().getTime() + HALF_AN_HOUR),
      ...letter,
    }),
  )

/** Every row of every table, the queue's among them, as text. */
export async function everythingStored({ database }: Pick<TestApp, 'database'>): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('information_schema', 'pg_catalog')`.execute(database.owner)
  const client = await database.superuser()
  const lines: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`)
    lines.push(...rows.map(({ line }) => line))
  }
  return lines.join('\n')
}
