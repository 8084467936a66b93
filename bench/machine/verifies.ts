import { hash, verify } from '@node-rs/argon2'
import { timesPerCpuSecond } from './work.ts'

const SECONDS = 1
/** OWASP's parameters for Argon2id (which is this package's default): 19 MiB, two passes, one lane. */
export const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
export const word = 'correct horse battery staple'
export const stored = await hash(word, parameters)

/** The floor under every sign-in by password, one at a time and in this process: what the machine does at its best. */
export const argon2idVerifies = (): Promise<number> => timesPerCpuSecond(SECONDS, () => verify(stored, word))
