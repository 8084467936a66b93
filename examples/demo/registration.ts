import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { type ClientCredentials, createClient } from './hearthkey.ts'
import { discover, type RelyingParty } from './relying-party.ts'

const stored = z.object({
  issuer: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  callbacks: z.array(z.string()),
})
type Stored = z.infer<typeof stored>

interface Registration {
  readonly issuer: string
  readonly name: string
  /** Where this demo runs now. */
  readonly origin: string
  /** Everywhere it may run next time. */
  readonly origins: readonly string[]
  /** Holds the client's secret. */
  readonly file: string
}

const callbackAt = (origin: string) => `${origin}/callback`
const signedOutAt = (origin: string) => `${origin}/signed-out`

/** The client that was registered before, or a new one where there is none that still counts. */
export async function registered({ issuer, name, origin, origins, file }: Registration): Promise<RelyingParty> {
  const addresses = { callback: callbackAt(origin), signedOut: signedOutAt(origin) }
  const before = await read(file)
  if (before?.issuer === issuer && before.callbacks.includes(addresses.callback)) {
    const known = await discover(issuer, before, addresses)
    if (await known.isKnown()) return known
  }
  const callbacks = origins.map(callbackAt)
  const afterSignOut = origins.map(signedOutAt)
  const credentials = await createClient({ name, home: origin, callbacks, afterSignOut })
  await write(file, { issuer, callbacks, ...credentials })
  return discover(issuer, credentials, addresses)
}

async function read(file: string): Promise<Stored | undefined> {
  try {
    return stored.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined // Not there, or not ours any more: a new one is made.
  }
}

/** Readable for this user alone from the first moment, and never half written. */
async function write(file: string, content: Stored & ClientCredentials): Promise<void> {
  const aside = `${file}.new`
  await rm(aside, { force: true })
  await writeFile(aside, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(aside, file)
}
