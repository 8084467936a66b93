import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { cli } from '../support/cli.ts'

describe('the command line', () => {
  it('lists every file of commands/ as a command, each with a summary', async () => {
    const { exit, stdout } = await cli(['--help'])
    expect(exit).toBe(0)
    const names = (await readdir('src/cli/commands')).map((file) => file.replace('.ts', ''))
    expect(names).toEqual(expect.arrayContaining(['serve', 'migrate', 'config', 'key', 'doctor', 'healthcheck']))
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name}.* \\S+`, 'm'))
  })

  it('answers an unknown command with the nearest known one and exit code 64', async () => {
    const { exit, stderr } = await cli(['migrat'])
    expect(exit).toBe(64)
    expect(stderr).toMatch(/unknown command 'migrat'[\s\S]*Did you mean migrate\?/)
  })

  it('answers an unknown option with the nearest known one and exit code 64', async () => {
    const { exit, stderr } = await cli(['migrate', '--dryrun'])
    expect(exit).toBe(64)
    expect(stderr).toContain('--dry-run')
  })

  it.each(['serve', 'migrate', 'config', 'key', 'doctor', 'healthcheck'])('explains %s with --help', async (name) => {
    const { exit, stdout } = await cli([name, '--help'])
    expect(exit).toBe(0)
    expect(stdout).toContain(`Usage: hearthkey ${name}`)
  })

  it('says what is wrong, why, and what mends it', async () => {
    const { exit, stderr } = await cli(['migrate'], { env: { PORT: 'http' } })
    expect(exit).toBe(78)
    expect(stderr).toMatch(/^hearthkey: The configuration is not valid\.\n/)
    expect(stderr).toContain('PORT')
    expect(stderr).toMatch(/→ .+/)
    expect(stderr).toContain('(config-invalid)')
  })

  it('says the same to a program with --json', async () => {
    const { exit, stderr } = await cli(['migrate', '--json'], { env: { PORT: 'http' } })
    expect(exit).toBe(78)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'config-invalid', cure: expect.any(String), detail: expect.stringContaining('PORT') },
    })
  })

  it.each([[['--json', 'sreve']], [['sreve', '--json']], [['migrate', '--statu', '--json']]])(
    'answers the usage error of %j as JSON with its code',
    async (args) => {
      const { exit, stderr } = await cli(args)
      expect(exit).toBe(64)
      expect(JSON.parse(stderr)).toMatchObject({
        error: { code: 'usage-error', detail: expect.stringMatching(/unknown/) },
      })
    },
  )

  it('shows its help, and exit code 64, for a command that lacks its sub-command', async () => {
    const { exit, stderr } = await cli(['key'])
    expect(exit).toBe(64)
    expect(stderr).toContain('Usage: hearthkey key')
  })

  it('tells its version', async () => {
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
