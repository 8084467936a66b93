import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { configFile, scratchDirectory } from '../../support/scratch.ts'
import { runHearthkey, startServer } from '../../support/server.ts'
import { numbersTo, receiver } from './support.ts'

const numberOf = (line: string) => Number(/"seq":(\d+)/.exec(line)?.[1])
const linesIn = (path: string) =>
  readFileSync(path, { encoding: 'utf8', flag: 'a+' })
    .split('\n')
    .filter((line) => line.includes('"type":"entry"'))

it('[MON-13] a server sends on what it and others do beside it, also across a kill -9', async () => {
  const path = join(scratchDirectory('audit'), 'audit.ndjson')
  const siem = await receiver()
  const env = { CONFIG_FILE: configFile(`audit:\n  file: ${path}\n  syslog: tcp://127.0.0.1:${siem.port}\n`) }
  const create = async (home: string, name: string) => {
    const { exit, output } = await runHearthkey(
      home,
      ['user', 'create', '--email', `${name}@example.com`, '--name', name],
      env,
    )
    if (exit !== 0) throw new Error(output)
  }
  const told = (name: string) =>
    eventually(() => linesIn(path).find((line) => line.includes(`${name}@example.com`)), 60_000)

  const first = await startServer(env)
  await create(first.home, 'ada')
  await told('ada')
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const second = await startServer(env, first.home)
  await create(first.home, 'bob')
  await told('bob')
  const [begin, ...more] = [...new Set(linesIn(path).map(numberOf))].toSorted((a, b) => a - b)
  const last = more.at(-1) ?? 0
  expect([begin, ...more]).toEqual(numbersTo(last).slice((begin ?? 1) - 1))
  // Each target goes at its own pace.
  await eventually(() => {
    const arrived = new Set(siem.numbers())
    return more.every((seq) => arrived.has(seq)) || undefined
  }, 60_000)
  await second.stop()
}, 120_000)
