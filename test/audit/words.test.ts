import { expect, describe as group, it } from 'vitest'
import type { OpenedEntry } from '../../src/audit/entry/opened.ts'
import { NOBODY } from '../../src/audit/sealer.ts'
import { actions } from '../../src/audit/vocabulary.ts'
import { de } from '../../src/audit/words/de.ts'
import { describe } from '../../src/audit/words/describe.ts'
import { en } from '../../src/audit/words/en.ts'
import { namesIn } from '../../src/audit/words/sentence.ts'
import { defineId } from '../../src/lib/ids.ts'

const person = defineId('usr')
const [ada, bob] = [person.generate(), person.generate()]

type Told = Pick<OpenedEntry, 'action' | 'actor' | 'target' | 'before' | 'after'>

const byAda = { kind: 'person', id: ada, name: 'Ada Lovelace' } as const
const entry = (action: string, more: Partial<Told> = {}): Told => ({
  action,
  actor: byAda,
  target: { kind: 'person', id: bob },
  before: null,
  after: null,
  ...more,
})

group('[MON-13] a description of an event', () => {
  it.each([
    ['en', entry('membership.removed'), `Ada Lovelace ended the membership of ${bob}`],
    ['de', entry('membership.removed'), `Ada Lovelace hat die Mitgliedschaft von ${bob} beendet`],
    ['en', entry('password.set', { target: { kind: 'person', id: ada } }), 'Ada Lovelace set their password'],
    [
      'de-AT',
      entry('password.set', { target: { kind: 'person', id: ada } }),
      'Ada Lovelace hat das eigene Passwort gesetzt',
    ],
    ['fr', entry('password.set'), `Ada Lovelace set the password of ${bob}`],
    [
      'en',
      entry('membership.roles_changed', { before: { roles: ['viewer'] }, after: { roles: ['admin', 'viewer'] } }),
      `Ada Lovelace changed the roles of ${bob} from viewer to admin, viewer`,
    ],
    [
      'en',
      entry('user.created', {
        actor: { kind: 'operator', id: 'user create', name: null },
        after: { name: 'Bob', instanceRole: null },
      }),
      'The operator of the host (hearthkey user create) created the account of Bob',
    ],
    [
      'en',
      entry('sign_in.failed', {
        actor: { kind: 'anonymous', id: null, name: null },
        target: { kind: 'person', id: NOBODY },
        after: { client: 'billing', reason: 'password' },
      }),
      'A sign-in as an unknown account failed at billing: password, tried by somebody who is not signed in',
    ],
    [
      'de',
      entry('client.updated', {
        actor: { kind: 'service_account', id: 'sva_1', name: 'Nightly' },
        target: { kind: 'client', id: 'billing' },
        before: { redirectUris: [] },
        after: { redirectUris: ['https://a.example'] },
      }),
      'Das Dienstkonto „Nightly“ hat die Anwendung billing geändert: redirectUris',
    ],
    [
      'en',
      entry('key.revoked', {
        actor: { kind: 'system', id: 'server', name: null },
        target: { kind: 'key', id: 'key_1' },
        before: { kid: 'k-2031', state: 'active' },
        after: { state: 'gone' },
      }),
      'The server (server) revoked the signing key k-2031',
    ],
    // As the room of these keys writes it: of the one that is followed.
    [
      'en',
      entry('audit_key.rotated', {
        actor: { kind: 'operator', id: 'key rotate-audit', name: null },
        target: { kind: 'audit_key', id: 'aky_1' },
        before: { kid: 'former' },
        after: { kid: 'current' },
      }),
      'The operator of the host (hearthkey key rotate-audit) rotated the key that signs the log of events from former to current',
    ],
    [
      'de',
      entry('audit_key.rotated', {
        target: { kind: 'audit_key', id: 'aky_1' },
        before: { kid: 'former' },
        after: { kid: 'current' },
      }),
      'Ada Lovelace hat den Schlüssel gewechselt, der das Ereignisprotokoll signiert, von former zu current',
    ],
  ])('in %s: %#', (language, told, sentence) => {
    expect(describe(told, language)).toBe(sentence)
  })

  it('calls whoever has no name by their id, and others as somebody knows them', () => {
    const told = entry('membership.removed', { actor: { ...byAda, name: null } })
    expect(describe(told)).toBe(`${capital(ada)} ended the membership of ${bob}`)
    expect(
      describe(
        told,
        'en',
        new Map([
          [bob, 'Bob'],
          [ada, 'Ada'],
        ]),
      ),
    ).toBe('Ada ended the membership of Bob')
  })

  it('tells of an action that this version does not know', () => {
    expect(describe(entry('moon.landed'))).toBe(`Ada Lovelace: moon.landed, ${bob}`)
  })

  it('reads nothing into what is filled in, and keeps it on one line', () => {
    const name = '{target} [x] <a|b>\n\u001b[31m\u202e$& Mallory'
    expect(describe(entry('user.disabled', { actor: { ...byAda, name } }))).toBe(
      `{target} [x] <a|b>  [31m $& Mallory disabled the account of ${bob}`,
    )
    const long = entry('user.disabled', { actor: { ...byAda, name: 'x'.repeat(100_000) } })
    expect(describe(long).length).toBeLessThan(300)
  })

  it('does not call a person by the name of their authenticator', () => {
    expect(describe(entry('totp.added', { after: { authenticator: 'otp_1', name: 'Phone' } }))).toBe(
      `Ada Lovelace added an authenticator app of ${bob}, Phone`,
    )
  })
})

group('the words', () => {
  it.each(actions.map((action) => [action]))('of %s are there in both languages, and ask for the same', (action) => {
    const fields = (sentence: string) => [...new Set(namesIn(sentence))].sort()
    expect(fields(de.of[action])).toEqual(fields(en.of[action]))
    expect(namesIn(en.of[action])).toContain('actor')
    for (const language of ['en', 'de']) {
      const bare = describe(entry(action), language)
      expect(bare).not.toMatch(/[{}[\]<>|]/)
      expect(bare, 'without its details it is a sentence still').not.toMatch(/ {2}|^ | $| [,.:)]/)
    }
  })
})

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
