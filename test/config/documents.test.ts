import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documents } from '../../src/config/documents/documents.ts'
import { settings } from '../../src/config/schema.ts'
import { load, problemsOf } from './surroundings.ts'

const root = join(import.meta.dirname, '../..')
const onDisk = (path: string) => readFileSync(join(root, path), 'utf8')

describe('what is generated from the schema', () => {
  it.each([...documents()])('%s is on disk as the schema says (else run: node scripts/docs.ts)', (path, text) => {
    expect(onDisk(path)).toBe(text)
  })

  it('names every setting, and every name of the environment', () => {
    const page = onDisk('docs/configuration.md')
    const example = onDisk('.env.example')
    for (const { key, env } of settings) {
      expect(page).toContain(`\`${key}\``)
      if (env) expect(page).toContain(`\`${env}\``)
      if (env) expect(example).toMatch(new RegExp(`^# ${env}(_FILE)?=`, 'm'))
    }
  })

  it('is valid as it stands: the example of the file changes nothing', () => {
    expect(load({ yaml: onDisk('hearthkey.example.yaml') }).config).toMatchObject({ ...load().config, data: {} })
  })

  it('is valid when every example of the file is uncommented', () => {
    const uncommented = onDisk('hearthkey.example.yaml').replaceAll(/^(\s*)# (?:e\.g\. )?(\w+: )/gm, '$1$2')
    const used = [...load({ yaml: uncommented }).sources.values()].filter(({ from }) => from === 'file')
    expect(used).toHaveLength(settings.filter(({ secret }) => !secret).length)
  })

  it('changes nothing when every default of the file is uncommented: what is no default is marked as an example', () => {
    const uncommented = onDisk('hearthkey.example.yaml').replaceAll(/^(\s*)# (\w+: )/gm, '$1$2')
    expect(load({ yaml: uncommented }).config).toMatchObject({ ...load().config, data: {} })
  })

  it('is valid when every example of the environment is uncommented', () => {
    const lines = onDisk('.env.example').split('\n')
    const pairs = lines.flatMap((line) => /^# ([A-Z_]+)=(.*)$/.exec(line)?.slice(1, 3) ?? [])
    const entries = Array.from({ length: pairs.length / 2 }, (_, i) => [pairs[i * 2] ?? '', pairs[i * 2 + 1] ?? ''])
    const plain = entries.filter(([name]) => name && !name.endsWith('_FILE'))
    expect(plain.length).toBeGreaterThan(8)
    expect(problemsOf({ env: Object.fromEntries(plain) })).toEqual([])
  })

  it('tells editors of no secret, because the file takes none', () => {
    const schema = onDisk('docs/configuration.schema.json')
    expect(schema).not.toContain('masterKey')
    expect(schema).not.toContain('migrationUrl')
    expect(onDisk('hearthkey.example.yaml')).toMatch(
      /^# yaml-language-server: \$schema=\.\/docs\/configuration\.schema\.json\n/,
    )
  })
})
