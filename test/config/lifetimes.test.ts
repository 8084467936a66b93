import { expect, it } from 'vitest'
import { lifetimesOf } from '../../src/config/lifetimes.ts'
import { load, problemsOf } from './surroundings.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const lifetimes = (yaml = '') => lifetimesOf(load({ yaml }).config)

it.each([
  { preset: 'monetro', is: { accessToken: 15 * minute, refresh: { idle: 7 * day, absolute: 30 * day } } },
  { preset: 'toster', is: { accessToken: 15 * minute, refresh: { idle: 7 * day, absolute: 30 * day } } },
  { preset: 'storno', is: { accessToken: hour, refresh: { idle: 30 * day, absolute: 90 * day } } },
  { preset: 'moneyos', is: { accessToken: 15 * minute, session: { idle: 14 * day, absolute: 90 * day } } },
])(
  '[MON-3] [TOS-1] [STO-3] [MOS-7] the preset $preset has the lifetimes that its product publishes',
  ({ preset, is }) => {
    expect(lifetimes(`tokens: { preset: ${preset} }\n`)).toMatchObject(is)
  },
)

it.each(['monetro', 'storno', 'moneyos', 'toster'])(
  'in the preset %s no refresh token outlives the session it ends with',
  (preset) => {
    const { refresh, session } = lifetimes(`tokens: { preset: ${preset} }\n`)
    expect(session.idle).toBeGreaterThanOrEqual(refresh.idle)
    expect(session.absolute).toBeGreaterThanOrEqual(refresh.absolute)
  },
)

it('without a word of it, Monetro’s hold', () => {
  expect(lifetimes()).toEqual({
    accessToken: 15 * minute,
    refresh: { idle: 7 * day, absolute: 30 * day },
    offline: { idle: 30 * day, absolute: 365 * day },
    session: { idle: 14 * day, absolute: 30 * day },
  })
})

it('each line of a preset is replaced by what the operator chose', () => {
  const yaml = `tokens:
  preset: storno
  accessToken: 5m
  refreshIdle: 1h
  refreshAbsolute: 2h
  offlineIdle: 3h
  offlineAbsolute: 4h
sessions:
  idle: 5h
  absolute: 6h
`
  expect(lifetimes(yaml)).toEqual({
    accessToken: 5 * minute,
    refresh: { idle: hour, absolute: 2 * hour },
    offline: { idle: 3 * hour, absolute: 4 * hour },
    session: { idle: 5 * hour, absolute: 6 * hour },
  })
})

it.each([
  ['tokens', 'refreshIdle', 'refreshAbsolute'],
  ['tokens', 'offlineIdle', 'offlineAbsolute'],
  ['sessions', 'idle', 'absolute'],
])('%s.%s is no longer than %s.%s', (section, idle, absolute) => {
  expect(problemsOf({ yaml: `${section}:\n  ${idle}: 3h\n  ${absolute}: 2h\n` })).toEqual([
    expect.stringContaining(`${section}.${idle}: must not be longer than ${section}.${absolute}`),
  ])
  expect(problemsOf({ yaml: `${section}:\n  ${idle}: 2h\n  ${absolute}: 2h\n` })).toEqual([])
})

it('an absolute limit alone is compared with what the preset says of the idle time', () => {
  const yaml = 'tokens:\n  preset: storno\nsessions:\n  absolute: 12h\n'
  expect(problemsOf({ yaml })).toEqual([
    expect.stringMatching(/sessions\.idle: .* the 30d are those of tokens\.preset storno: set it, too/),
  ])
  expect(problemsOf({ yaml: `${yaml}  idle: 13h\n` })).toEqual([expect.not.stringContaining('tokens.preset')])
})

it.each([
  ['refreshToken: 7d', 'tokens.refreshIdle'],
  ['session: 8h', 'sessions.idle'],
  ['endedSession: 30d', 'sessions.remembered'],
])('tokens.%s, of an old file, is told how it is called now', (line, now) => {
  expect(problemsOf({ yaml: `tokens:\n  ${line}\n` })).toEqual([expect.stringContaining(`"${now}"`)])
})

it('[STO-3] no access token outlives the key that signed it, whoever chose its lifetime', () => {
  const yaml = 'tokens: { preset: storno }\nkeys: { longestTokenLifetime: 30m }\n'
  expect(problemsOf({ yaml })).toEqual([expect.stringContaining('tokens.accessToken')])
})
