import { deadTokens } from './revocation-answer.ts'
import type { DeadTokens } from './revoked-claims.ts'

/** Where a reader goes on that was stopped. */
export interface RevocationState {
  readonly issuer: string
  readonly api: string
  readonly next: string
  readonly seq: number
  readonly floor: number
  readonly dead: readonly DeadTokens[]
}

/** A text of its own: a file, a row, whatever the service has. It is believed, so nobody else may write there. */
export interface RevocationStore {
  load(): Promise<string | undefined>
  save(text: string): Promise<unknown>
}

const VERSION = 1

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

export const writeState = (state: RevocationState): string => JSON.stringify({ version: VERSION, ...state })

/** Undefined for what is of another feed, or not understood: the reader then begins anew, which costs nothing but time. */
export function readState(text: string, of: Pick<RevocationState, 'issuer' | 'api'>): RevocationState | undefined {
  try {
    const read: unknown = JSON.parse(text)
    if (!isFields(read)) return undefined
    const { version, issuer, api, next, seq, floor, dead } = read
    if (version !== VERSION || issuer !== of.issuer || api !== of.api || typeof next !== 'string') return undefined
    if (typeof seq !== 'number' || typeof floor !== 'number' || !Array.isArray(dead)) return undefined
    return { ...of, next, seq, floor, dead: dead.map(deadTokens) }
  } catch {
    return undefined
  }
}
