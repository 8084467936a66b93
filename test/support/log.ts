import { createLog, type Log } from '../../src/lib/log.ts'

export interface CapturedLog {
  readonly log: Log
  /** Every line as it would reach the operator. */
  readonly text: () => string
  readonly lines: () => Record<string, unknown>[]
}

/** The real logger, at its most talkative, into memory: what is asserted on is what an operator would read. */
export function captureLog(): CapturedLog {
  const chunks: string[] = []
  const log = createLog('trace', { write: (chunk: string) => void chunks.push(chunk) })
  return {
    log,
    text: () => chunks.join(''),
    lines: () => chunks.map((chunk) => JSON.parse(chunk) as Record<string, unknown>),
  }
}
