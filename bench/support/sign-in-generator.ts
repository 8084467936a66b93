// The process that `sign-in-load.ts` starts: visitors, each with one sign-in after the other. Each person has a browser, and is signed out
// in it whenever they sign in again.
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Pool } from 'undici'
import type { z } from 'zod'
import { signInOrder, type signInReport } from './sign-in-load.ts'
import { Visitor } from './visitor.ts'

const { origin, host, application, people, visitors, seconds } = signInOrder.parse(
  JSON.parse(await text(process.stdin)),
)
// One address may not hold a whole line, so the visitors have some: on Linux, all of 127.0.0.0/8 is this machine.
const ADDRESSES = 32
let opened = 0
const pool = new Pool(origin, {
  connections: visitors,
  pipelining: 1,
  factory: (to, options) => new Client(to, { ...options, localAddress: `127.0.0.${2 + (opened++ % ADDRESSES)}` }),
})
const [whole, refusals, failures]: [number[], number[], number[]] = [[], [], []]
const started = performance.now()
const deadline = started + seconds * 1000
const browsers = new Map<string, Map<string, string>>()
let next = 0

const visit = async () => {
  while (performance.now() < deadline) {
    const person = people[next++ % people.length]
    if (!person) return
    const before = performance.now()
    const visitor = new Visitor(pool, host, browsers.get(person.email))
    const { status, answeredMs } = await visitor.signIn(application, person.email, person.password)
    if (status === 200) browsers.set(person.email, visitor.kept())
    if (status === 200) whole.push(performance.now() - before)
    else if (status === 429 || status === 503) {
      refusals.push(answeredMs)
      await pause(50)
    } else failures.push(status)
  }
}
const underWay: number[] = []
const looking = setInterval(() => underWay.push(pool.stats.running), 50)
await Promise.all(Array.from({ length: visitors }, visit))
clearInterval(looking)
const elapsed = (performance.now() - started) / 1000
await pool.close()

const percentile = (samples: number[], share: number) =>
  samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) * share)] ?? 0
const report: z.infer<typeof signInReport> = {
  completed: whole.length,
  refused: refusals.length,
  failures,
  seconds: elapsed,
  p50: percentile(whole, 0.5),
  p99: percentile(whole, 0.99),
  refusalP99: percentile(refusals, 0.99),
  underWay: percentile(underWay, 0.5),
}
process.stdout.write(JSON.stringify(report))
