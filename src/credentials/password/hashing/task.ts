import { hash } from '@node-rs/argon2'
import { readHash } from '../formats/read-hash.ts'

export interface Argon2Parameters {
  /** KiB. */
  readonly memoryCost: number
  readonly timeCost: number
}

export type Task =
  | { readonly kind: 'hash'; readonly password: string; readonly parameters: Argon2Parameters }
  | { readonly kind: 'verify'; readonly password: string; readonly phc: string }

export type Outcome =
  | { readonly ok: true; readonly value: string | boolean }
  | { readonly ok: false; readonly reason: string }

/** The library's default is Argon2id, version 1.3, a random salt of 16 bytes and 32 bytes of hash. */
export async function perform(task: Task): Promise<Outcome> {
  try {
    return { ok: true, value: await (task.kind === 'hash' ? made(task) : matches(task)) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'the library failed' }
  }
}

type Of<Kind extends Task['kind']> = Extract<Task, { kind: Kind }>

const made = ({ password, parameters }: Of<'hash'>) => hash(password, { ...parameters, parallelism: 1 })

async function matches({ password, phc }: Of<'verify'>): Promise<boolean> {
  const stored = readHash(phc)
  if (!stored) throw new TypeError('not a hash of a password')
  return stored.verify(password)
}
