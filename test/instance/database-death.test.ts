import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { killHard, postmasterPid } from '../db/embedded-support.ts'
import { spawnHearthkey, startServer, temporaryHome } from '../support/server.ts'
import { settle } from '../support/settled-home.ts'

const OS_ERROR = 71

describe('a server whose PostgreSQL is killed', () => {
  it.each(['1', '2'])('ends, and says so, instead of answering with errors (WORKERS=%s)', async (WORKERS) => {
    const server = await startServer({ WORKERS })
    const exited = once(server.child, 'close')
    killHard(postmasterPid(join(server.home, 'data')))
    expect(await exited).toEqual([OS_ERROR, null])
    expect(server.output()).toContain('(embedded-database-failed)')
    const next = await startServer({}, server.home)
    expect(await next.stop()).toBe(0)
  })

  it('while it starts names the same reason', async () => {
    const home = await temporaryHome()
    await settle(home)
    const { child, output } = spawnHearthkey(home, ['serve'])
    const exited = once(child, 'close')
    await expect.poll(output, { interval: 5 }).toContain('A master key was created')
    killHard(postmasterPid(join(home, 'data')))
    expect(await exited).toEqual([OS_ERROR, null])
    expect(output()).toContain('(embedded-database-failed)')
    expect(output()).not.toContain('internal-error')
  })
})
