import { beforeAll, expect, it } from 'vitest'
import type { RunningServer } from '../support/server.ts'
import { withTheFile } from '../support/when-over.ts'
import { callback } from './code-flow.ts'
import { settingsFile } from './settings-file.ts'
import {
  type Application,
  anotherServer,
  firstToken,
  openShared,
  patient,
  refresh,
  type SharedHouse,
} from './two-servers.ts'

const AT_ONCE = 50
const REFUSED = '400 invalid_grant'
const good = /^[\w-]{43}$/

const whenOver = withTheFile()
let shared: SharedHouse
let application: Application
beforeAll(async () => {
  shared = await openShared('tokens: { retryWindow: 30s }\n', { whenOver })
  application = await shared.house.createClient('--name', 'Race', '--redirect-uri', callback)
}, 60_000)

async function race(servers: readonly RunningServer[]) {
  const first = await firstToken(shared.house, application)
  const at = (index: number) => servers[index % servers.length]?.url ?? ''
  const outcomes = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, each) => refresh(at(each), application, first)),
  )
  return { outcomes, next: (token: string) => Promise.all([0, 1].map((each) => refresh(at(each), application, token))) }
}

it('[TOS-1] one refresh token, used 50 times at once through two servers over one database: all answers carry one and the same successor', async () => {
  const { outcomes, next } = await race(shared.servers)
  const [successor = '', ...others] = new Set(outcomes)
  expect(others).toEqual([])
  expect(successor).toMatch(good)
  const [one, two] = await next(successor)
  expect(one).toMatch(good)
  expect(two).toBe(one)
}, 60_000)

it('[TOS-1] the same without a retry window: one is answered, and the family dies', async () => {
  const settings = { ...shared.settings, CONFIG_FILE: await settingsFile(`${patient}tokens: { retryWindow: 0s }\n`) }
  const at = { ...shared, settings }
  const { outcomes, next } = await race(await Promise.all([anotherServer(at), anotherServer(at)]))
  const answered = outcomes.filter((outcome) => outcome !== REFUSED)
  expect({ refused: outcomes.length - answered.length, answered }).toEqual({
    refused: AT_ONCE - 1,
    answered: [expect.stringMatching(good)],
  })
  expect(await next(answered[0] ?? '')).toEqual([REFUSED, REFUSED])
}, 60_000)
