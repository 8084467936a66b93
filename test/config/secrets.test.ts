import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { printReport } from '../../src/config/report.ts'
import { settings } from '../../src/config/schema.ts'
import { directoryWith, load, problemsOf } from './surroundings.ts'

const secrets = [
  'hunter2-Geheim',
  'postgres://owner:hunter2-Geheim@db/hearthkey',
  'aHVudGVyMi1HZWhlaW0taHVudGVyMi1HZWhlaW0tMTI=',
  'hearthkey-master-v1.hunter2-Geheim',
  '-----BEGIN PRIVATE KEY-----\nhunter2-Geheim\n-----END PRIVATE KEY-----',
]
const trace = /hunter2|Geheim|aHVudGVy/

const names = settings.flatMap(({ env }) => (env ? [env, `${env}_FILE`] : []))
const writable = settings.filter(({ secret }) => !secret)

/** Read together, for each reading takes a while: those of a section may be judged by each other, and so stand alone in it. */
function oneOfEachSection(): string[][] {
  const sections = Object.values(Object.groupBy(settings, ({ path: [section = ''] }) => section)).map((of = []) => of)
  const most = Math.max(...sections.map(({ length }) => length))
  return Array.from({ length: most }, (_, i) => sections.flatMap((of) => of[i]?.key ?? []))
}

const asYaml = (path: readonly string[]) => path.map((name, depth) => `${'  '.repeat(depth)}${name}:`).join('\n')

describe('[TOS-8] a secret never reaches a message', () => {
  it.each([...names, 'CONFIG_FILE', 'DATABSE_URL', 'HEARTHKEY_SECRET'])('when it stands in %s', (name) => {
    for (const secret of secrets) expect(problemsOf({ env: { [name]: secret } }).join('\n')).not.toMatch(trace)
  })

  it.each(names.filter((name) => name.endsWith('_FILE')))('when it stands in the file that %s names', (name) => {
    for (const secret of secrets)
      expect(problemsOf({ files: { it: `${secret}\n${secret}` }, env: { [name]: 'it' } }).join('\n')).not.toMatch(trace)
  })

  it.each(oneOfEachSection())('when it stands in the file as %s, and in one of every other section', (...together) => {
    for (const secret of secrets)
      for (const written of [JSON.stringify(secret), secret, `[${JSON.stringify(secret)}]`]) {
        const yaml = together.map((key) => `${asYaml(key.split('.'))} ${written}\n`).join('')
        expect(problemsOf({ yaml }).join('\n')).not.toMatch(trace)
      }
  })

  it('when it breaks the file, or stands where a key should', () => {
    for (const secret of secrets)
      for (const yaml of [
        secret,
        `"${secret}`,
        `*${secret}`,
        `!${secret} x`,
        `a: ${secret}: b`,
        `{ ${secret}`,
        `server:\n\t${secret}`,
        `aHVudGVyMi1HZWhlaW0taHVudGVyMi1HZWhlaW0tMTI=: 1`,
      ])
        expect(problemsOf({ yaml }).join('\n')).not.toMatch(trace)
  })
})

describe('a secret', () => {
  const url = 'postgres://owner:hunter2-Geheim@db/hearthkey'

  it.each(settings.filter(({ secret }) => secret).map(({ key, path, env }) => ({ key, path, env })))(
    '$key is refused in the file, with the cure',
    ({ key, path: [section, name], env }) => {
      expect(problemsOf({ yaml: `${section}:\n  ${name}: ${url}` })).toEqual([
        `hearthkey.yaml:2 ${key}: a secret may not stand in this file, which is copied and shown: take it out and set ${env} or ${env}_FILE`,
      ])
    },
  )

  it('is sealed in the configuration: it shows only when it is asked for', () => {
    const { config } = load({ env: { DATABASE_URL: url, MIGRATION_DATABASE_URL: url, MASTER_KEY: 'hunter2-Geheim' } })
    expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}${config.database.url}`).not.toMatch(trace)
    expect(config.database.url?.password?.reveal()).toBe('hunter2-Geheim')
  })

  it('prints as [secret], with its source', () => {
    const files = { url }
    const report = printReport(
      load({ cwd: directoryWith(files), env: { DATABASE_URL_FILE: 'url', MASTER_KEY: 'hunter2-Geheim' } }),
    )
    expect(`${report.text}${JSON.stringify(report.json)}`).not.toMatch(trace)
    expect(report.text).toMatch(/^database\.url +\[secret\] +DATABASE_URL_FILE$/m)
    expect(report.text).toMatch(/^data\.masterKey +\[secret\] +MASTER_KEY$/m)
    expect(report.text).toMatch(/^database\.migrationUrl +not set +default$/m)
  })

  it('is known by its name: nothing that sounds like one, and could hold one, is left in the clear', () => {
    const suspicious = writable.filter(
      ({ key, schema }) =>
        /secret|password|token$|masterKey|database\.\w*url/i.test(key) &&
        secrets.some((secret) => schema.safeParse(secret).success),
    )
    expect(suspicious.map(({ key }) => key)).toEqual([])
  })
})
