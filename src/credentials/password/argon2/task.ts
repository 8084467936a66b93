import { hash, verify } from '@node-rs/argon2'

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
    const value =
      task.kind === 'hash'
        ? await hash(task.password, { ...task.parameters, parallelism: 1 })
        : await verify(task.phc, task.password)
    return { ok: true, value }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'argon2 failed' }
  }
}
