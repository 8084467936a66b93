import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

export const loadOrder = z.object({
  url: z.url(),
  connections: z.int().positive(),
  /** Whichever comes first ends it, so that a slow machine measures less and does not hang. */
  requests: z.int().positive(),
  seconds: z.number().positive(),
  /** Between an answer and the next request of its connection: for a server that is used and not pressed. */
  pauseMs: z.number().nonnegative().default(0),
  /** Sent with POST, each time the same. */
  form: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Of those who ask in turn, one request each. */
  authorizations: z.array(z.string()).min(1).optional(),
})
export type LoadOrder = z.input<typeof loadOrder>

export const loadReport = z.object({
  answers: z.int(),
  failures: z.int(),
  seconds: z.number(),
  p50: z.number(),
  p99: z.number(),
  /** Without what this process itself waited for a processor meanwhile, where the kernel tells it: others ask from elsewhere. */
  servedP99: z.number(),
})
export type LoadReport = z.infer<typeof loadReport>

const generator = fileURLToPath(import.meta.resolve('./load-generator.ts'))

/** From a process of its own, so that making load is never counted as serving it. */
export async function generateLoad(order: LoadOrder): Promise<LoadReport> {
  // By its standard input, because everybody on a machine reads the arguments of a process, and an order may hold a secret.
  const child = spawn(process.execPath, [generator], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(order))
  const report = loadReport.parse(JSON.parse(await text(child.stdout)))
  if (report.failures > 0) throw new Error(`${report.failures} of ${report.answers} answers were no 200: ${order.url}`)
  return report
}
