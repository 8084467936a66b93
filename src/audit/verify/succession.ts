import { z } from 'zod'
import type { SignedHead } from './head.ts'
import type { EntryLine } from './line.ts'
import type { LogKeys } from './log-keys.ts'

export interface Succession {
  entry(line: EntryLine): void
  /** Answers what is wrong with who signed it. */
  head(head: SignedHead): string | undefined
  /** Who signed the newest head. */
  readonly signer: () => string | undefined
  /** When all was read: has the key that signed the newest head been followed by one that signs nothing? */
  newest(): string | undefined
}

const rotated = z.looseObject({ kid: z.string() })

/**
 * A key signs until another follows it, and then never again: whoever stole one is locked out by its successor. The order of the
 * keys is that of their endorsements; that one was followed, the log says itself (`audit_key.rotated`).
 */
export function createSuccession(keys: Pick<LogKeys, 'all' | 'place'>, before?: string): Succession {
  let [signedBy, oldest, saidSince] = [before, 0, 0]
  let newestSigner: { readonly kid: string; readonly place: number | undefined } | undefined
  /** The newest of which the log says that it followed. */
  let followed = 0
  /** Who signed what was verified before is placed as soon as the keys are known. */
  const oldestYet = () => {
    if (signedBy !== undefined) oldest = Math.max(oldest, keys.place(signedBy) ?? 0)
    signedBy = undefined
    return oldest
  }

  return {
    entry: ({ seq, entry }) => {
      if (entry.action !== 'audit_key.rotated') return
      const place = keys.place(rotated.safeParse(entry.after).data?.kid ?? '')
      if (place === undefined || place <= followed) return
      followed = place
      saidSince = seq
    },
    head: ({ kid, seq }) => {
      const place = keys.place(kid)
      newestSigner = { kid, place }
      // A log of ours names every key that ever signed. Whoever leaves one out may hide that another one followed it.
      if (place === undefined) return `the head was signed by the key ${kid}, which the log does not name`
      if (followed > oldestYet() && seq >= saidSince) oldest = followed
      if (place < oldest) return `the head was signed by the key ${kid}, which another one had followed by then`
      oldest = place
      return undefined
    },
    signer: () => newestSigner?.kid,
    newest: () => {
      const last = keys.all().reduce((most, { kid }) => Math.max(most, keys.place(kid) ?? 0), 0)
      if (newestSigner?.place === undefined || newestSigner.place >= last || followed >= last) return undefined
      return `the newest head was signed by the key ${newestSigner.kid}, which another one had followed`
    },
  }
}
