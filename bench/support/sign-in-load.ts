import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

export const signInOrder = z.object({
  origin: z.url(),
  host: z.string(),
  application: z.object({ clientId: z.string(), redirectUri: z.string() }),
  people: z.array(z.object({ email: z.string(), password: z.string() })).min(1),
  /** Visitors at the same time, each with one sign-in after the other. */
  visitors: z.int().positive(),
  seconds: z.number().positive(),
})
export type SignInOrder = z.infer<typeof signInOrder>

export const signInReport = z.object({
  completed: z.int(),
  /** 429 and 503: told to come back. */
  refused: z.int(),
  failures: z.array(z.int()),
  seconds: z.number(),
  /** Milliseconds of a whole sign-in. */
  p50: z.number(),
  p99: z.number(),
  /** Milliseconds from a request to its refusal; 0 where nobody was refused. */
  refusalP99: z.number(),
  /** Requests that were sent and not yet answered, at half of the moments at least. */
  underWay: z.int(),
})
type SignInReport = z.infer<typeof signInReport>

const generator = fileURLToPath(import.meta.resolve('./sign-in-generator.ts'))

interface SignInOptions {
  /**
   * At the lowest priority: real visitors bring processors of their own, and making their requests must not take those
   * that the server answers with. It takes no load off the server as long as the visitors wait for it, and not it for them;
   * `underWay` says whether they did.
   */
  readonly yields?: boolean
}

/** Sign-ins without a pause, from a process of their own. */
export async function generateSignIns(
  order: SignInOrder,
  { yields = false }: SignInOptions = {},
): Promise<SignInReport> {
  const child = spawn(process.execPath, [generator], { stdio: ['pipe', 'pipe', 'inherit'] })
  // Before it has threads: each begins with the priority of the one that made it.
  if (yields && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  child.stdin.end(JSON.stringify(order))
  const report = signInReport.parse(JSON.parse(await text(child.stdout)))
  if (report.failures.length > 0) throw new Error(`sign-ins failed with ${[...new Set(report.failures)].join(', ')}`)
  return report
}
