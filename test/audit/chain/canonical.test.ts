import canonicalize from 'canonicalize'
import { describe, expect, test } from 'vitest'
import { canonical } from '../../../src/audit/chain/canonical.ts'

let deep: unknown = 'end'
for (let level = 0; level < 10_000; level++) deep = [deep]

describe('the canonical form', () => {
  test.each<[what: string, value: unknown]>([
    ['names in another order', { b: 1, a: { d: [1, { z: null, y: true }], c: '' } }],
    ['names that look like indexes', { 10: 'a', 9: 'b', '-1': 'c', a: 'd', '1a': 'e' }],
    ['names beyond ASCII, by code units', { '\u{1f600}': 1, '\ufb33': 2, '\u20ac': 3, ö: 4, é: 5 }],
    ['__proto__ as a name', JSON.parse('{"a": 1, "__proto__": {"b": 2}}')],
    ['toJSON as a name', { toJSON: 'x', a: 1 }],
    ['the backslash of a surrogate that is none', { a: '\\ud800', b: '\u{1f600}', c: '\u007f\u2028\u0001"\n' }],
    ['numbers', [0, -0, 1e21, 1e-7, 333333333.3333333, 5e-324, -1.5e300]],
    ['a list of nothing', [[], {}, [null]]],
    ['a bare text', 'a'],
    ['more levels than a stack has', deep],
    ['a date', { at: new Date(0) }],
    ['what is not there', { a: undefined, b: 1 }],
  ])('[TOS-5] is that of RFC 8785: %s', (_, value) => {
    expect(canonical(value)).toBe(canonicalize(value))
  })

  test.each<[what: string, value: unknown]>([
    ['half a surrogate', { a: ['\ud800'] }],
    ['half a surrogate in a name', { '\udfff': 1 }],
    ['a number that is none', { a: Number.NaN }],
    ['a number without end', [Number.POSITIVE_INFINITY]],
    ['nothing', undefined],
  ])('[TOS-5] there is none of %s', (_, value) => {
    expect(() => canonical(value)).toThrow()
  })
})
