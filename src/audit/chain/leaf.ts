import canonicalize from 'canonicalize'
import { sha256 } from '../../lib/hash.ts'
import type { ActorName, StoredEntry } from '../entry/stored-entry.ts'

/**
 * What of an event is hashed, in the canonical form of RFC 8785, so that a verifier in any language gets the same bytes. What
 * is sealed is hashed sealed: when a person is erased their key goes, and every byte that was hashed stays. The form is a
 * promise to whoever verifies: `v` is raised when it changes, and older entries keep theirs. docs/guides/audit-log.md has it.
 */
export function leafOf(entry: StoredEntry, actorName: ActorName) {
  return {
    v: 1,
    id: entry.id,
    time: entry.at.toISOString(),
    org: entry.organisation,
    action: entry.action,
    actor: {
      kind: entry.actor.kind,
      id: entry.actor.id,
      name:
        actorName === null || typeof actorName === 'string'
          ? actorName
          : { sealed: actorName.sealed.toString('base64url') },
    },
    target: entry.target,
    before: entry.before,
    after: entry.after,
    personal: entry.personal && { of: entry.personal.of, sealed: entry.personal.sealed.toString('base64url') },
    origin: entry.origin && {
      of: entry.origin.of,
      ip: entry.origin.ip.toString('base64url'),
      agent: entry.origin.userAgent?.toString('base64url') ?? null,
    },
    session: entry.session,
    request: entry.requestId,
  }
}

export type Leaf = ReturnType<typeof leafOf>

export function canonical(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('nothing has no canonical form')
  return text
}

/** Takes what a file says as well: whoever verifies hashes what is there, not what it should have been. */
export const entryHash = (leaf: unknown): Buffer => sha256(canonical(leaf))

/** In place of the hash of an entry that nobody could read when it was put into the chain. No entry has this one. */
export const unreadableHash = (event: string): Buffer => sha256(canonical(['hearthkey-audit-unreadable', event]))
