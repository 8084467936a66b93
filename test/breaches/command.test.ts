import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breachesCheck } from '../../src/cli/doctor/breaches.ts'
import { createProgress } from '../../src/cli/progress.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'
import { runHearthkey, spawnHearthkey } from '../support/server.ts'
import { folder, hashLines, hexOf, writeLines } from './support.ts'

const STOLEN = 'an otter paints the canal'

async function home() {
  const cwd = await folder()
  await writeLines(join(cwd, 'list.txt'), [...hashLines('p', 2000), `${hexOf(STOLEN)}:40`])
  const run = (args: string[], input?: string) => cli(['breach-list', ...args], { cwd, ...(input && { input }) })
  return { cwd, run }
}

describe('[MOS-3] hearthkey breach-list', () => {
  it('builds a filter, says how far it is, what came of it and how to switch it on', async () => {
    const { run } = await home()
    const built = await run(['build', 'list.txt', '--out', 'pwned.filter'])
    expect(built).toMatchObject({ exit: 0, stdout: expect.stringMatching(/holds 2,001 passwords in 4\.\d+ kB/) })
    expect(built.stdout).toContain('breaches.filter')
    expect(built.stderr).toMatch(/^reading 100 % {2}92\.9 kB of 92\.9 kB, [\d,]+ lines a second$/m)
    expect(built.stderr).not.toContain('\r')
    const again = await run(['build', 'list.txt', '--out', 'pwned.filter'])
    expect(again).toMatchObject({
      exit: 64,
      stderr: expect.stringMatching(/under the name of the filter[\s\S]*exists already/),
    })
    const json = await run(['build', 'list.txt', '--out', 'pwned.filter', '--force', '--min-count', '40', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ entries: 1962, badLines: 0, wasOrdered: false })
  })

  it('refuses a count for a list that has none', async () => {
    const { run, cwd } = await home()
    const refused = await run(['build', 'list.txt', '--plain', '--min-count', '3', '--out', 'pwned.filter'])
    expect(refused).toMatchObject({ exit: 64, stderr: expect.stringMatching(/--min-count[\s\S]*--plain/) })
    expect(await readdir(cwd)).toEqual(['list.txt'])
  })

  it('says whether a password is known, by its exit code too, and never repeats it', async () => {
    const { run } = await home()
    await run(['build', 'list.txt', '--out', 'pwned.filter'])
    const stolen = await run(['check', '--filter', 'pwned.filter'], STOLEN)
    expect(stolen).toMatchObject({ exit: 1, stdout: 'known: it is in the list of breached passwords.\n' })
    expect(await run(['check'], 'password1234')).toMatchObject({ exit: 1, stdout: expect.stringMatching(/common/) })
    const unknown = await run(['check'], STOLEN)
    expect(unknown).toMatchObject({ exit: 0, stdout: expect.stringMatching(/Only the shipped list/) })
    for (const { stdout, stderr } of [stolen, unknown]) expect(stdout + stderr).not.toContain('otter')
  })

  it('says what a filter holds, and whether it is whole', async () => {
    const { run, cwd } = await home()
    await run(['build', 'list.txt', '--out', 'pwned.filter'])
    expect(await run(['info', 'pwned.filter', '--verify'])).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/entries +2,001\nfalse positives +1 in \d+,\d+\n[\s\S]*verified/),
    })
    const bytes = await readFile(join(cwd, 'pwned.filter'))
    bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000)
    await writeFile(join(cwd, 'pwned.filter'), bytes)
    expect(await run(['info', 'pwned.filter', '--verify'])).toMatchObject({ exit: 65 })
    expect(await run(['info', 'list.txt'])).toMatchObject({
      exit: 65,
      stderr: expect.stringMatching(/is not a filter/),
    })
  })

  it.each([['0'], ['-1'], ['many']])('refuses the count %s', async (count) => {
    const { run } = await home()
    expect(await run(['build', 'list.txt', '--out', 'f', '--min-count', count])).toMatchObject({ exit: 64 })
  })

  it('stopped by Ctrl-C, leaves neither half a filter nor what it sorted in', async () => {
    const { cwd } = await home()
    // Two million lines: long enough that a stop comes in the middle, on whatever machine.
    await writeLines(join(cwd, 'long.txt'), Array<string>(100).fill(hashLines('p', 20_000).join('\r\n')))
    const { child, output } = spawnHearthkey(cwd, ['breach-list', 'build', 'long.txt', '--out', 'pwned.filter'])
    const exit = new Promise((resolve) => child.once('exit', resolve))
    child.stderr?.once('data', () => child.kill('SIGINT'))
    expect([await exit, output()]).toEqual([75, expect.stringMatching(/stopped before it had finished/)])
    expect((await readdir(cwd)).sort()).toEqual(['list.txt', 'long.txt'])
  })
})

describe('a progress', () => {
  const steps = (isTTY: boolean) => {
    const clock = frozenClock()
    let text = ''
    const progress = createProgress({ isTTY, write: (more: string) => (text += more) }, clock)
    for (let done = 0; done <= 100; done++) {
      progress.step({ what: 'reading', done, total: 100, detail: `${done} of 100` })
      clock.advance(1000)
    }
    progress.end()
    return text
  }

  it('is one line that is drawn over on a terminal, with the time that is left', () => {
    const text = steps(true)
    expect(text.match(/\n/g)).toHaveLength(1)
    expect(text).toContain('[######..................] reading  25 %  25 of 100, 75 s left'.replace('75 s', '2 min'))
    expect(text.endsWith('[########################] reading 100 %  100 of 100\n')).toBe(true)
  })

  it('is a plain line every ten seconds where there is no terminal', () => {
    const lines = steps(false).trimEnd().split('\n')
    expect(lines).toHaveLength(11)
    expect(lines[1]).toBe('reading  10 %  10 of 100, 2 min left')
  })
})

const examine = (filter?: string) => {
  const config = testConfig()
  return breachesCheck.examine({
    config: { ...config, breaches: { ...config.breaches, filter } },
    target: { kind: 'embedded', socketDir: '/nowhere' },
    log: captureLog().log,
  })
}

describe('a configured filter', () => {
  it('is looked at by the doctor, who advises one where there is none', async () => {
    const { run, cwd } = await home()
    await run(['build', 'list.txt', '--out', 'pwned.filter'])
    const path = join(cwd, 'pwned.filter')
    const levels = async (filter?: string) => (await examine(filter)).map(({ level }) => level)
    expect(await levels()).toEqual(['ok', 'warn'])
    expect(await levels(path)).toEqual(['ok', 'ok'])
    await truncate(path, 300)
    expect(await examine(path)).toMatchObject([
      { level: 'ok' },
      { level: 'fail', text: expect.stringMatching(/is not whole/), cure: expect.stringMatching(/breach-list build/) },
    ])
  })

  it('that is not there stops the start: nobody should think that it is looked into', async () => {
    const cwd = await folder()
    await writeFile(join(cwd, 'hearthkey.yaml'), 'breaches:\n  filter: ./gone.filter\n')
    const started = await runHearthkey(cwd, ['serve'])
    expect(started).toMatchObject({ exit: 65, output: expect.stringMatching(/gone\.filter cannot be opened/) })
  })
})
