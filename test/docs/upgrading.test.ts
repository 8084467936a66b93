import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { lifetimesOf } from '../../src/config/lifetimes.ts'
import { newNameOf } from '../../src/config/renamed.ts'
import { load } from '../config/surroundings.ts'

const guide = await readFile(new URL('../../docs/guides/upgrading.md', import.meta.url), 'utf8')
const day = 24 * 60 * 60_000

it('the lines that keep the times of before are taken, and mean that', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? []
  expect(lifetimesOf(load({ yaml }).config)).toEqual({
    accessToken: 15 * 60_000,
    refresh: { idle: 30 * day, absolute: 3650 * day },
    offline: { idle: 30 * day, absolute: 3650 * day },
    session: { idle: 14 * day, absolute: 365 * day },
  })
})

it('what the guide says of the times without them is so', () => {
  const { refresh, offline, session } = lifetimesOf(load({ yaml: '' }).config)
  const days = (ms: number) => `${ms / day} days`
  for (const row of [
    `| 30 days | ${days(refresh.idle)}; with \`offline_access\` ${days(offline.idle)} |`,
    `| no end | ${days(refresh.absolute)}; with \`offline_access\` ${days(offline.absolute)} |`,
    `| 14 days | ${days(session.idle)} |`,
    `| no end | ${days(session.absolute)} |`,
  ])
    expect(guide).toContain(row)
})

it.each(['tokens.refreshToken', 'tokens.session', 'tokens.endedSession'])(
  '%s stands in the guide with the names that a start tells',
  (before) => {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${before}\` |`)) ?? ''
    const names = [...(newNameOf(before) ?? '').matchAll(/"([\w.]+)"/g)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(row).toContain(`\`${name}\``)
  },
)
