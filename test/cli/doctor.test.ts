import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { cli } from '../support/cli.ts'
import { type RunningServer, startServer, temporaryHome } from '../support/server.ts'
import { withTheFile } from '../support/when-over.ts'

interface Report {
  readonly healthy: boolean
  readonly checks: {
    readonly subject: string
    readonly findings: { readonly level: string; readonly text: string; readonly cure?: string }[]
  }[]
}

const examine = async (home: string, env: NodeJS.ProcessEnv = {}) => {
  const { exit, stdout } = await cli(['doctor', '--json'], { cwd: home, env: { HOST: '127.0.0.1', ...env } })
  return { exit, report: JSON.parse(stdout) as Report }
}
const texts = ({ checks }: Report, level: string) =>
  checks.flatMap(({ findings }) => findings.filter((f) => f.level === level).map(({ text }) => text))

const whenOver = withTheFile()

describe('[STO-11] the doctor', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer({}, undefined, whenOver)
  })

  it('finds nothing wrong with a fresh server that runs, and gives every warning a cure', async () => {
    const { exit, report } = await examine(server.home)
    expect(exit).toBe(0)
    expect(texts(report, 'fail')).toEqual([])
    expect(texts(report, 'ok')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/cannot pass row security/),
        expect.stringMatching(/schema is current/),
        expect.stringMatching(/no background job was given up/),
        expect.stringMatching(/keys .* read by its owner alone/),
      ]),
    )
    const findings = report.checks.flatMap((check) => check.findings)
    expect(findings.filter(({ level, cure }) => level !== 'ok' && !cure)).toEqual([])

    onTestFinished(() => chmod(join(server.home, 'keys'), 0o700))
    await chmod(join(server.home, 'keys'), 0o755)
    const open = await examine(server.home)
    expect(open.exit).toBe(1)
    expect(texts(open.report, 'fail')).toEqual([expect.stringMatching(/keys .* can be read by others \(mode 755\)/)])
  })

  it('warns of an address without TLS, on the machine and beyond it', async () => {
    expect(texts((await examine(server.home)).report, 'warn')).toEqual(
      expect.arrayContaining([expect.stringMatching(/plain HTTP/)]),
    )
    const exposed = await examine(server.home, { HOST: '0.0.0.0' })
    expect(texts(exposed.report, 'warn')).toEqual(
      expect.arrayContaining([expect.stringMatching(/without TLS and names no proxy/)]),
    )
  })

  it('finds what else is wrong when the database cannot be reached', async () => {
    const home = await temporaryHome()
    const { exit, report } = await examine(home, {
      DATABASE_URL: 'postgres://a:hunter2@127.0.0.1:1/x',
      HOST: '0.0.0.0',
    })
    expect(exit).toBe(1)
    expect(texts(report, 'fail')).toEqual(expect.arrayContaining([expect.stringMatching(/ECONNREFUSED/)]))
    expect(texts(report, 'warn')).toEqual(expect.arrayContaining([expect.stringMatching(/names no proxy/)]))
    expect(JSON.stringify(report)).not.toContain('hunter2')
  })

  it.each([
    ['is gone', (path: string) => rm(path), /master key|master\.key is not there/],
    ['is damaged', (path: string) => writeFile(path, 'garbage'), /not a whole master key/],
  ])('[MOS-1] finds that the master key %s, as the server would', async (_what, harm, reason) => {
    await server.stop()
    const path = join(server.home, 'keys/master.key')
    const good = await readFile(path)
    onTestFinished(() => writeFile(path, good, { mode: 0o600 }))
    await harm(path)
    const { exit, report } = await examine(server.home)
    expect(exit).toBe(1)
    expect(texts(report, 'fail')).toEqual(expect.arrayContaining([expect.stringMatching(reason)]))
  })
})
