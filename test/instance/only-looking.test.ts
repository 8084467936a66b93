import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli } from '../support/cli.ts'
import { createTestInstance } from '../support/instance.ts'
import { runHearthkey, startServer, temporaryHome } from '../support/server.ts'
import { settle } from '../support/settled-home.ts'

const looking = ['doctor', 'key list', 'key rotate-master', 'migrate --status', 'migrate --dry-run']

describe('a command that only looks', () => {
  it.each(looking)('creates nothing in an empty folder, and says what to start: %s', async (command) => {
    const home = await temporaryHome()
    const { exit, stdout, stderr } = await cli(command.split(' '), { cwd: home })
    expect(exit).toBe(command === 'doctor' ? 1 : 65)
    expect(stdout + stderr).toMatch(/nothing has been started here yet[\s\S]*hearthkey serve/i)
    expect(await readdir(home)).toEqual([])
  })

  it('makes no keys where the schema alone is there', async () => {
    const home = await temporaryHome()
    await settle(home)
    const { exit, output } = await runHearthkey(home, ['key', 'list'])
    expect(exit).toBe(65)
    expect(output).toMatch(/keyring-empty/)
    expect(await readdir(home)).toEqual(['data'])
    expect((await runHearthkey(home, ['migrate', '--status'])).output).toContain('up to date')
  })
})

it('whoever opens what is there has no connection with the powers of the owner until one is asked for', async () => {
  const { services } = await createTestInstance()
  expect(services.database.ownerPool.totalCount).toBe(0)
})

describe('commands without a server', () => {
  it('may be started together, one that changes the master key among them', async () => {
    const server = await startServer()
    expect(await server.stop()).toBe(0)
    const commands = ['key list', 'key rotate-master', 'doctor', 'migrate --status', 'key list']
    const done = await Promise.all(commands.map((command) => runHearthkey(server.home, command.split(' '))))
    expect(
      done.map(({ exit }) => exit),
      done.map(({ output }) => output).join('\n'),
    ).toEqual([0, 0, 0, 0, 0])
    expect(await readdir(join(server.home, 'data/postgres'))).not.toContain('postmaster.pid')
  })
})
