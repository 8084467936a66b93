import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Instruction, instructionsOf, stagesOf } from './dockerfile.ts'
import { readText, root } from './manifest.ts'

const instructions = instructionsOf(readText('Dockerfile'))
const shipped = stagesOf(instructions).at(-1) ?? []
const only = (word: string, among: readonly Instruction[] = shipped) =>
  among.filter((instruction) => instruction.word === word).map(({ rest }) => rest)
const words = (list: string): unknown => JSON.parse(list)

const copied = [
  ...new Set(
    only('COPY', instructions)
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(/\s+/).slice(0, -1)),
  ),
]

/** What lies in the program's root and is read by a source file: `join(programRoot, 'assets', …)`. */
const readBeside = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .flatMap((path) => [...readText(`src/${path}`).matchAll(/\bprogramRoot, ['"`]([\w.-]+)/g)])
  .map(([, name]) => name ?? '')

describe('the image', () => {
  it('runs as a numbered account of its own, which has a name and is the owner of both volumes', () => {
    expect(only('USER')).toEqual(['10001:10001'])
    const set = only('RUN').join('\n')
    expect(set).toMatch(/useradd --uid 10001 .* hearthkey/)
    expect(set).toMatch(/install -d -m 0700 -o hearthkey -g hearthkey \/data \/keys/)
    const at = (word: string) => shipped.findIndex((instruction) => instruction.word === word)
    expect(at('USER')).toBeGreaterThan(shipped.findLastIndex(({ word }) => word === 'RUN' || word === 'COPY'))
    expect(at('VOLUME')).toBeGreaterThan(at('RUN'))
  })

  it('[MOS-1] keeps keys and data in volumes apart', () => {
    expect(only('VOLUME').map(words)).toEqual([['/data', '/keys']])
    expect(only('ENV').join(' ')).toContain('DATA_DIR=/data KEYS_DIR=/keys')
  })

  it('asks our own healthcheck whether it is well, without a shell or a download tool', () => {
    const [check = ''] = only('HEALTHCHECK')
    const command = words(check.replace(/^.*CMD /, ''))
    expect(command).toEqual(['hearthkey', 'healthcheck'])
    expect(existsSync(join(root, 'src/cli/commands/healthcheck.ts'))).toBe(true)
  })

  it('runs any command, and serves when none is named', () => {
    expect(only('ENTRYPOINT').map(words)).toEqual([['hearthkey']])
    expect(only('CMD').map(words)).toEqual([['serve']])
    // Without exec the shell would be told to stop, and Node and PostgreSQL would be killed under it.
    expect(only('RUN').join('\n')).toContain('exec /app/node_modules/.bin/node /app/dist/main.js "$@"')
    expect(only('STOPSIGNAL')).toEqual(['SIGTERM'])
  })

  it('carries what is needed to serve and nothing to build with', () => {
    expect(only('FROM', instructions).at(-1)).toBe('debian:bookworm-slim')
    const foreign = only('FROM', instructions).filter((from) => !from.startsWith('manifest '))
    expect(foreign.filter((from) => !/^[a-z]+:[\w.-]*\d?[\w.-]*-slim( AS |$)/.test(from))).toEqual([])
    expect(only('RUN').join('\n')).not.toMatch(/npm|apt-get|curl|tsc/)
    const production = stagesOf(instructions).find((stage) => stage[0]?.rest.endsWith('AS production')) ?? []
    expect(only('RUN', production).join('\n')).toContain('npm ci --omit=dev')
  })

  it('[TOS-8] holds no secret: none is set, taken as an argument or copied', () => {
    expect(only('ARG', instructions)).toEqual([])
    expect(only('ENV', instructions).join(' ')).not.toMatch(/SECRET|PASSWORD|TOKEN|MASTER_KEY|DATABASE_URL|SMTP_URL/)
    expect(copied.filter((path) => /^(\.|\.env|keys|data|hearthkey\.yaml)$/.test(path))).toEqual([])
    expect(only('ADD', instructions)).toEqual([])
  })

  it('copies what exists, and what the builder is given at all', () => {
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([])
    const rules = readText('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(rules[0]).toBe('*')
    expect(
      rules
        .slice(1)
        .map((rule) => rule.replace('!', ''))
        .toSorted(),
    ).toEqual(copied.toSorted())
  })

  it('copies every folder that the program reads beside its code', () => {
    expect(readBeside).toContain('migrations')
    expect(readBeside).toContain('assets')
    expect(readBeside.filter((folder) => !copied.includes(folder))).toEqual([])
  })
})
