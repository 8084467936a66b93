import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadConfig } from '../../src/config/config.ts'
import { cli } from '../support/cli.ts'
import { undisturbedSince } from '../support/undisturbed.ts'

const answer = z.object({
  target: z.number(),
  measured: z.array(z.object({ memory: z.number(), iterations: z.number(), takes: z.number() })).min(1),
  suggested: z.object({ memory: z.string(), iterations: z.number() }),
})

describe('hearthkey password suggest', () => {
  it('needs no instance, ends within seconds, and its lines are a valid configuration', async () => {
    const took = undisturbedSince()
    const { exit, stdout } = await cli(['password', 'suggest', '--target', '100'])
    expect(exit).toBe(0)
    expect(took()).toBeLessThan(15_000)
    const yaml = stdout.slice(stdout.indexOf('passwords:'), stdout.indexOf('Stored passwords'))
    expect(parse(yaml)).toEqual({
      passwords: { argon2: { memory: expect.stringMatching(/^\d+mb$/), iterations: expect.any(Number) } },
    })
  })

  it('suggests what it measured to fit, and never less than what is allowed', async () => {
    const { stdout } = await cli(['password', 'suggest', '--target', '20', '--json'])
    const { measured, suggested } = answer.parse(JSON.parse(stdout))
    const last = measured.at(-1)
    expect(suggested).toEqual({ memory: `${last?.memory}mb`, iterations: last?.iterations })
    for (const { memory, iterations } of measured) {
      expect(memory).toBeGreaterThanOrEqual(19)
      expect(iterations).toBeGreaterThanOrEqual(2)
    }
    const { config } = loadConfig({ env: { ISSUER_URL: 'https://id.example.com' }, cwd: '/' })
    expect(config.passwords.argon2.memory).toBe(19 * 1024 * 1024)
  })

  it.each(['0', '5000', 'fast', '1.5'])('refuses %s milliseconds', async (target) => {
    const { exit, stderr } = await cli(['password', 'suggest', '--target', target])
    expect(exit).toBe(64)
    expect(stderr).toContain('whole number of milliseconds')
  })
})
