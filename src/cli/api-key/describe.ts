import { type ApiKey, stateOf } from '../../api-keys/key.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

export const facts = (key: ApiKey, now: Date) => ({
  id: key.id,
  name: key.name,
  owner: key.owner,
  state: stateOf(key, now),
  revokedBecause: key.revokedBecause,
  hint: key.hint,
  permissions: key.permissions,
  ipRanges: key.ipRanges,
  quota: key.quota,
  createdAt: key.createdAt,
  expiresAt: key.expiresAt,
  lastUsedAt: key.lastUsedAt,
  replaces: key.replaces,
})

const inWords = (date: Date | null, absent: string): string => date?.toISOString() ?? absent

export function describeKeys(keys: readonly ApiKey[], more: boolean, now: Date): Output {
  const next = more ? keys.at(-1)?.id : undefined
  const rows = keys.map((key) => [
    key.id,
    stateOf(key, now),
    `…${key.hint}`,
    inWords(key.expiresAt, 'never'),
    inWords(key.lastUsedAt, 'never'),
    key.owner,
    key.name,
  ])
  return {
    text: [
      keys.length === 0
        ? 'There are no API keys.'
        : table(['ID', 'STATE', 'ENDS IN', 'WORKS UNTIL', 'LAST USED', 'OWNER', 'NAME'], rows),
      ...(next ? ['', `There are more: add --after ${next}`] : []),
    ].join('\n'),
    json: { apiKeys: keys.map((key) => facts(key, now)), next: next ?? null },
  }
}

export function describeKey(key: ApiKey, now: Date): Output {
  const lines = [
    ['id', key.id],
    ['name', key.name],
    ['owner', key.owner],
    ['state', key.revokedBecause ?? stateOf(key, now)],
    ['ends in', `…${key.hint}`],
    ...Object.entries(key.permissions).map(([api, names]) => [`may at ${api}`, names.join(' ')]),
    ['from', key.ipRanges.join(', ') || 'anywhere'],
    ['requests a minute', `${key.quota ?? 'as the instance says'}`],
    ['made', key.createdAt.toISOString()],
    ['works until', inWords(key.expiresAt, 'it is revoked')],
    ['last used', inWords(key.lastUsedAt, 'never')],
  ]
  const width = Math.max(...lines.map(([label = '']) => label.length))
  const text = lines.map(([label = '', value = '']) => `${label.padEnd(width)}  ${value}`).join('\n')
  return { text, json: facts(key, now) }
}

/** The one time at which the key itself is printed. */
export function describeNewKey(key: ApiKey, secret: string, now: Date, also: readonly string[] = []): Output {
  const text = [
    `id       ${key.id}`,
    `API key  ${secret}`,
    '',
    `The key is shown this once: keep it now. It works until ${inWords(key.expiresAt, 'it is revoked')}.`,
    ...also,
  ]
  return { text: text.join('\n'), json: { ...facts(key, now), apiKey: secret } }
}
