// A server of its own, to be killed: it has hashed a password, and then waits.
import { argon2Hasher } from '../../src/credentials/password/hashing/hasher.ts'
import { createLog } from '../../src/lib/log.ts'
import { Secret } from '../../src/lib/secret.ts'

const settings = { memory: 19 * 1024 * 1024, iterations: 2, queue: 1 }
const hasher = argon2Hasher({ settings, log: createLog('silent') })
await hasher.hash(new Secret('correct horse battery'))
process.stdout.write('hashed\n')
