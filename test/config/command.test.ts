import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli } from '../support/cli.ts'
import { directoryWith } from './surroundings.ts'

describe('hearthkey config check', () => {
  it('says OK, with the file and the variables that were used', async () => {
    const cwd = directoryWith({ 'hearthkey.yaml': 'log: { level: warn }' })
    const { exit, stdout } = await cli(['config', 'check'], { cwd, env: { PORT: '1234' } })
    expect(exit).toBe(0)
    expect(stdout).toBe(`OK: the configuration is valid.\nFile: ${join(cwd, 'hearthkey.yaml')}\nEnvironment: PORT\n`)
  })

  it('reads the texts of the operator too', async () => {
    const cwd = directoryWith({ settings: 'ui: { messagesDir: . }', 'de.yaml': 'login.sumbit: Los\n' })
    const { exit, stderr } = await cli(['config', 'check'], { cwd, env: { CONFIG_FILE: join(cwd, 'settings') } })
    expect(exit).toBe(78)
    expect(stderr).toMatch(/de\.yaml:1.*did you mean login\.submit/)
  })

  it('opens the filter of breached passwords, where one is named', async () => {
    const cwd = directoryWith({ 'hearthkey.yaml': 'breaches: { filter: pwned.filter }', 'pwned.filter': 'no filter' })
    const { exit, stdout, stderr } = await cli(['config', 'check'], { cwd, env: {} })
    expect({ exit, stdout }).toEqual({ exit: 65, stdout: '' })
    expect(stderr).toMatch(/pwned\.filter is not a filter[\s\S]*breach-list-unusable/)
  })

  it('names everything that is wrong and exits with 78', async () => {
    const cwd = directoryWith({ 'hearthkey.yaml': 'server:\n  prot: 1\n' })
    const { exit, stdout, stderr } = await cli(['config', 'check'], { cwd, env: { PORT: 'x' } })
    expect(exit).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toContain('unknown key "server.prot": did you mean "server.port"?')
    expect(stderr).toContain('PORT: expected a whole number from 0 to 65535')
  })
})

describe('hearthkey config print', () => {
  const yaml = 'server:\n  trustedProxies: [10.0.0.1, 10.0.0.2]\nkeys:\n  rotateEvery: 30d\n'

  it('shows every value as it would be written, and where it comes from', async () => {
    const { exit, stdout } = await cli(['config', 'print'], {
      cwd: directoryWith({ 'hearthkey.yaml': yaml }),
      env: { PORT: '1234' },
    })
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^server\.port +1234 +PORT$/m)
    expect(stdout).toMatch(/^server\.trustedProxies +10\.0\.0\.1, 10\.0\.0\.2 +hearthkey\.yaml:2$/m)
    expect(stdout).toMatch(/^keys\.rotateEvery +30d +hearthkey\.yaml:4$/m)
    expect(stdout).toMatch(/^outgoing\.maxBytes +1mb +default$/m)
    expect(stdout).toMatch(/^outgoing\.allow +none +default$/m)
    expect(stdout).toMatch(/^server\.tls\.cert +not set +default$/m)
  })

  it('prints JSON for programs', async () => {
    const cwd = directoryWith({ 'hearthkey.yaml': yaml })
    const { stdout } = await cli(['config', 'print', '--json'], { cwd, env: { MASTER_KEY: 'hunter2' } })
    const { file, settings } = JSON.parse(stdout)
    expect(file).toBe(join(cwd, 'hearthkey.yaml'))
    expect(settings).toContainEqual({ key: 'server.port', value: 3000, source: { from: 'default' } })
    expect(settings).toContainEqual({
      key: 'data.masterKey',
      value: '[secret]',
      source: { from: 'environment', name: 'MASTER_KEY' },
    })
    expect(settings).toContainEqual({
      key: 'keys.rotateEvery',
      value: '30d',
      source: { from: 'file', file: 'hearthkey.yaml', line: 4 },
    })
    expect(settings).toContainEqual({ key: 'database.url', value: null, source: { from: 'default' } })
  })
})
