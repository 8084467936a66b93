import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workSince } from '../support/work.ts'
import { directoryWith, load, problemsOf } from './surroundings.ts'

const inFile = (yaml: string | Uint8Array) => problemsOf({ cwd: directoryWith({ 'hearthkey.yaml': yaml }) })

describe('hearthkey.yaml', () => {
  it.each([
    ['server:\n  prot: 1', 'hearthkey.yaml:2: unknown key "server.prot": did you mean "server.port"?'],
    ['server:\n  issuer_url: x', 'hearthkey.yaml:2: unknown key "server.issuer_url": did you mean "server.issuerUrl"?'],
    ['# a comment\n\nservr: {}', 'hearthkey.yaml:3: unknown key "servr": did you mean "server"?'],
    ['port: 1', 'hearthkey.yaml:1: unknown key "port": did you mean "server.port"?'],
    ['TRUSTED_PROXIES: x', 'hearthkey.yaml:1: unknown key "TRUSTED_PROXIES": did you mean "server.trustedProxies"?'],
    ['server:\n  tls:\n    crt: x', 'hearthkey.yaml:3: unknown key "server.tls.crt": did you mean "server.tls.cert"?'],
    [
      'database:\n  uri: x',
      'hearthkey.yaml:2: unknown key "database.uri": did you mean DATABASE_URL in the environment?',
    ],
    ['zebra: 1', 'hearthkey.yaml:1: unknown key "zebra": docs/configuration.md lists the known ones'],
    ['__proto__:\n  port: 1', 'hearthkey.yaml:1: unknown key "__proto__": docs/configuration.md lists the known ones'],
    ['constructor: 1', 'hearthkey.yaml:1: unknown key "constructor": docs/configuration.md lists the known ones'],
  ])('with %j names the unknown key, its line and the nearest known one', (yaml, problem) => {
    expect(inFile(yaml)).toEqual([problem])
  })

  it('names every mistake of one run', () => {
    const yaml = 'server:\n  prot: 1\n  port: x\nlog: { level: loud }\nzebra: 1\n'
    const places = problemsOf({ yaml, env: { WORKERS: '0' } }).map((line) => line.split(': ')[0])
    expect(places.sort()).toEqual([
      'WORKERS',
      'hearthkey.yaml:2',
      'hearthkey.yaml:3 server.port',
      'hearthkey.yaml:4 log.level',
      'hearthkey.yaml:5',
    ])
  })

  it.each([
    ['server:\n\tport: 1', /^hearthkey\.yaml:2: a tab indents this line/],
    ['server:\n  port: 1\n  port: 2', /^hearthkey\.yaml:3: this key stands twice/],
    ['- server', /^hearthkey\.yaml:1: expected sections by name: server, data, /],
    ['just text', /^hearthkey\.yaml:1: expected sections by name/],
    ['server: 3', /^hearthkey\.yaml:1 server: expected settings below it: issuerUrl, host, port/],
    ['server:\n  tls: yes', /^hearthkey\.yaml:2 server\.tls: expected settings below it: cert, key$/],
    ['server.port: 1', /^hearthkey\.yaml:1 server\.port: the dots are lines of their own/],
    ['server:\n  port:', /^hearthkey\.yaml:2 server\.port: has no value/],
    ['log: {}\n---\nlog: {}', /^hearthkey\.yaml:2: a second document begins here/],
    ['log: {level: "info}', /^hearthkey\.yaml:1: something is not closed/],
    ['log: &a {}\nkeys: *a', /^hearthkey\.yaml:2: aliases/],
    ['log: *nowhere', /^hearthkey\.yaml:1: aliases/],
    ['log: !!js/function x', /^hearthkey\.yaml:1: tags/],
    ['? [a]\n: 1', /^hearthkey\.yaml:1: a key must be a plain name/],
    ['log:\n  level: a: b', /^hearthkey\.yaml:2: two ":" stand in one line/],
  ])('with %j is refused with the line and the cure', (yaml, problem) => {
    expect(inFile(yaml)[0]).toMatch(problem)
  })

  it.each([
    ['is empty', ''],
    ['holds comments alone', '# nothing\n'],
    ['holds empty sections', 'server:\nlog:\ndata: {}\n'],
    ['begins with a byte order mark', '\uFEFFlog: { level: info }\n'],
  ])('that %s is valid', (_, yaml) => {
    expect(inFile(yaml)).toEqual([])
  })

  it('that unfolds to gigabytes is refused within 200 ms', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    const work = workSince()
    expect(inFile(lines.join('\n'))[0]).toContain('aliases')
    expect(work()).toBeLessThan(200)
  })

  it.each([
    ['nested too deeply', '['.repeat(50_000), /nesting is too deep|not closed|indentation/],
    ['too large', `# ${'x'.repeat(1_100_000)}`, /cannot be read: it is larger than 1024 kB/],
    ['not text', new Uint8Array([0xff, 0xfe, 0x80]), /cannot be read: it is not UTF-8 text/],
  ])('that is %s is refused', (_, content, problem) => {
    expect(inFile(content)[0]).toMatch(problem)
  })

  it('may be absent, unless it was named', () => {
    expect(problemsOf({})).toEqual([])
    expect(problemsOf({ env: { CONFIG_FILE: './policy.yaml' } })).toEqual([
      'CONFIG_FILE: the file ./policy.yaml cannot be read: no such file or directory',
    ])
  })

  it('that is a directory, or has the other extension, is not passed over', () => {
    const cwd = directoryWith()
    mkdirSync(join(cwd, 'hearthkey.yaml'))
    expect(problemsOf({ cwd })).toEqual(['hearthkey.yaml: the file cannot be read: it is a directory'])
    expect(problemsOf({ files: { 'hearthkey.yml': '' } })).toEqual([
      'hearthkey.yml: is not read: rename it to hearthkey.yaml, or name it in CONFIG_FILE',
    ])
    expect(problemsOf({ files: { 'hearthkey.yml': '' }, env: { CONFIG_FILE: 'hearthkey.yml' } })).toEqual([])
  })

  it('that is broken still lets the run name what is wrong in the environment, and guesses nothing', () => {
    const yaml = 'server:\n\ttls: { key: k.pem }'
    expect(problemsOf({ yaml, env: { TLS_CERT: 'c.pem', PORT: 'x' } }).map((line) => line.split(':')[0])).toEqual([
      'hearthkey.yaml',
      'PORT',
    ])
  })

  it('is shown by its whole path where it lies elsewhere', () => {
    const elsewhere = directoryWith({ 'policy.yaml': 'log: { level: warn }' })
    const { sources, file } = load({ env: { CONFIG_FILE: join(elsewhere, 'policy.yaml') } })
    expect(file).toBe(join(elsewhere, 'policy.yaml'))
    expect(sources.get('log.level')).toEqual({ from: 'file', file: join(elsewhere, 'policy.yaml'), line: 1 })
  })
})
