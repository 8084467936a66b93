import { spawn } from 'node:child_process'
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
  /** Milliseconds from the password to its refusal; 0 where nobody was refused. */
  refusalP99: z.number(),
})
type SignInReport = z.infer<typeof signInReport>

const generator = fileURLToPath(import.meta.resolve('./sign-in-generator.ts'))

/** Sign-ins without a pause, from a process of their own. */
export async function generateSignIns(order: SignInOrder): Promise<SignInReport> {
  const child = spawn(process.execPath, [generator], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(order))
  const report = signInReport.parse(JSON.parse(await text(child.stdout)))
  if (report.failures.length > 0) throw new Error(`sign-ins failed with ${[...new Set(report.failures)].join(', ')}`)
  return report
}
