import { OWN_API } from '../../access/permission.ts'
import { type ApiKey, stateOf } from '../../api-keys/key.ts'
import type { Api } from '../../oidc/apis/api.ts'
import { byAudience } from '../access/by-audience.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

/** What is said of a key depends on the time, and on what its APIs are called. */
export interface Said {
  readonly now: Date
  readonly apis: readonly Api[]
}

const facts = (key: ApiKey, { now, apis }: Said) => ({
  id: key.id,
  name: key.name,
  owner: key.owner,
  state: stateOf(key, now),
  revokedBecause: key.revokedBecause,
  hint: key.hint,
  permissions: byAudience(key.permissions, apis),
  ipRanges: key.ipRanges,
  quota: key.quota,
  createdAt: key.createdAt,
  expiresAt: key.expiresAt,
  lastUsedAt: key.lastUsedAt,
  replaces: key.replaces,
})

const inWords = (date: Date | null, absent: string): string => date?.toISOString() ?? absent

export function describeKeys(keys: readonly ApiKey[], more: boolean, said: Said): Output {
  const next = more ? keys.at(-1)?.id : undefined
  const rows = keys.map((key) => [
    key.id,
    stateOf(key, said.now),
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
    json: { apiKeys: keys.map((key) => facts(key, said)), next: next ?? null },
  }
}

const mayLines = (key: ApiKey, { apis }: Said): string[][] =>
  Object.entries(byAudience(key.permissions, apis)).map(([api, names]) => [
    api === OWN_API ? 'may here' : `may at ${api}`,
    names.join(' '),
  ])

const aligned = (lines: readonly (readonly string[])[]): string => {
  const width = Math.max(...lines.map(([label = '']) => label.length))
  return lines.map(([label = '', value = '']) => `${label.padEnd(width)}  ${value}`).join('\n')
}

export function describeKey(key: ApiKey, said: Said): Output {
  const lines = [
    ['id', key.id],
    ['name', key.name],
    ['owner', key.owner],
    ['state', key.revokedBecause ?? stateOf(key, said.now)],
    ['ends in', `…${key.hint}`],
    ...mayLines(key, said),
    ['from', key.ipRanges.join(', ') || 'anywhere'],
    ['requests a minute', `${key.quota ?? 'as the instance says'}`],
    ['made', key.createdAt.toISOString()],
    ['works until', inWords(key.expiresAt, 'it is revoked')],
    ['last used', inWords(key.lastUsedAt, 'never')],
  ]
  return { text: aligned(lines), json: facts(key, said) }
}

const opensNoApi = ({ permissions }: ApiKey): boolean => Object.keys(permissions).every((api) => api === OWN_API)

/** The one time at which the key itself is printed. */
export function describeNewKey(key: ApiKey, secret: string, said: Said, also: readonly string[] = []): Output {
  const text = [
    aligned([['id', key.id], ['API key', secret], ...mayLines(key, said)]),
    '',
    `The key is shown this once: keep it now. It works until ${inWords(key.expiresAt, 'it is revoked')}.`,
    ...also,
    ...(opensNoApi(key)
      ? [
          'It is for no API of yours: it cannot be exchanged for a token, and no back end lets it in. For that, give its',
          'owner a role with permissions of an API, or name them: --api <audience> --permission <name>.',
        ]
      : []),
  ]
  return { text: text.join('\n'), json: { ...facts(key, said), apiKey: secret } }
}
