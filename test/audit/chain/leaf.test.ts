import { expect, test } from 'vitest'
import { entryHash, hashOfEntry, leafOf } from '../../../src/audit/chain/leaf.ts'
import type { ActorName, StoredEntry } from '../../../src/audit/entry/stored-entry.ts'
import { eventId } from '../../../src/audit/event.ts'
import { defineId } from '../../../src/lib/ids.ts'

const person = defineId('usr').generate()
const bare: StoredEntry = {
  id: eventId.generate(),
  at: new Date('2030-01-15T12:00:00.000Z'),
  organisation: null,
  action: 'user.created',
  actor: { kind: 'anonymous', id: null },
  target: { kind: 'person', id: person },
  before: null,
  after: null,
  personal: null,
  origin: null,
  session: null,
  requestId: null,
}
const full: StoredEntry = {
  ...bare,
  organisation: defineId('org').generate(),
  actor: { kind: 'person', id: person },
  before: { z: 1, a: { y: [true, { d: 1, c: 2 }], b: null }, ö: '\u2028"' },
  after: { c: -0, b: { f: [{ b: 2, a: 1 }], e: 0.1 } },
  personal: { of: person, sealed: Buffer.from('personal') },
  origin: { of: person, ip: Buffer.from('ip'), userAgent: Buffer.from('agent') },
  session: defineId('ses').generate(),
  requestId: 'req-1',
}

test.each<[what: string, entry: StoredEntry, name: ActorName]>([
  ['of which little is said', bare, null],
  ['of which all is said', full, { sealed: Buffer.from('Ada') }],
  [
    'with names that cannot be put into order',
    { ...full, after: { '10': 'looks like an index', '9': 'as well' } },
    null,
  ],
  ['by a program with a name', full, 'Billing'],
  ['without a program', { ...full, origin: { of: person, ip: Buffer.from('ip'), userAgent: null } }, null],
  [
    'with members in no order of theirs',
    { ...bare, target: { id: 'k', kind: 'key' }, actor: { id: 'c', kind: 'client' } },
    'c',
  ],
  ['with a text that looks like half a surrogate', { ...bare, requestId: '\\ud800' }, null],
])('[TOS-5] the quick way to the hash of an entry is that of everybody else: %s', (_, entry, name) => {
  expect(hashOfEntry(entry, name)).toEqual(entryHash(leafOf(entry, name)))
})

test('[TOS-5] there is no hash of half a surrogate on the quick way either', () => {
  expect(() => hashOfEntry({ ...bare, requestId: '\ud800' }, null)).toThrow()
  expect(() => hashOfEntry({ ...bare, after: { a: '\udfff' } }, null)).toThrow()
})
