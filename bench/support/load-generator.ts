// The process that `load.ts` starts: keep-alive connections, each with one request at a time.
import { openSync, readSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import { type LoadReport, loadOrder } from './load.ts'

const order = loadOrder.parse(JSON.parse(await text(process.stdin)))
const { origin, pathname } = new URL(order.url)
const pool = new Pool(origin, { connections: order.connections, pipelining: 1 })
const request =
  order.form === undefined
    ? { method: 'GET', path: pathname, headers: order.headers ?? {} }
    : {
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...order.headers },
        body: order.form,
      }
const { authorizations = [] } = order
const inTurn = (turn: number) => {
  const authorization = authorizations[turn % authorizations.length]
  return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } }
}

/** Milliseconds that our thread was ready to run and had no processor, since it began. It says something of one request at a time. */
const waited = process.platform === 'linux' && order.connections === 1 ? waitedByKernel() : () => 0
function waitedByKernel(): () => number {
  const [file, bytes] = [openSync('/proc/self/schedstat', 'r'), Buffer.alloc(80)]
  return () => Number(bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)).split(' ')[1]) / 1e6
}

const milliseconds: number[] = []
const served: number[] = []
let [sent, failures] = [0, 0]
const started = performance.now()
const deadline = started + order.seconds * 1000

const connection = async () => {
  while (sent < order.requests && performance.now() < deadline) {
    const next = inTurn(sent++)
    const waitedBefore = waited()
    const before = performance.now()
    const { statusCode, body } = await pool.request(next)
    await body.dump()
    const took = performance.now() - before
    milliseconds.push(took)
    served.push(took - (waited() - waitedBefore))
    if (statusCode !== 200) failures++
    if (order.pauseMs > 0) await pause(order.pauseMs)
  }
}
await Promise.all(Array.from({ length: order.connections }, connection))
const seconds = (performance.now() - started) / 1000
await pool.close()

const percentile = (of: readonly number[], share: number) =>
  of.toSorted((a, b) => a - b)[Math.floor((of.length - 1) * share)] ?? 0
const report: LoadReport = {
  answers: milliseconds.length,
  failures,
  seconds,
  p50: percentile(milliseconds, 0.5),
  p99: percentile(milliseconds, 0.99),
  servedP99: percentile(served, 0.99),
}
process.stdout.write(JSON.stringify(report))
