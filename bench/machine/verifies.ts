import { hash, verify } from '@node-rs/argon2'
import { timesPerCpuSecond } from './work.ts'

const SECONDS = 1
/** OWASP's parameters for Argon2id (which is this package's default): 19 MiB, two passes, one lane. */
export const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const stored = await hash('correct horse battery staple', parameters)

/** The floor under every sign-in by password. */
export const argon2idVerifies = (): Promise<number> =>
  timesPerCpuSecond(SECONDS, () => verify(stored, 'correct horse battery staple'))
