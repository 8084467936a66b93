import { sha256 } from '../../lib/hash.ts'
import type { ActorName, StoredEntry } from '../entry/stored-entry.ts'
import { canonical, canonicalAsOrdered, inOrder } from './canonical.ts'

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

/** Takes what a file says as well: whoever verifies hashes what is there, not what it should have been. */
export const entryHash = (leaf: unknown): Buffer => sha256(canonical(leaf))

/** The same of an entry of ours, whose members we can put into their order here: `leafOf` has what is hashed. */
export function hashOfEntry(entry: StoredEntry, actorName: ActorName): Buffer {
  const leaf = leafOf(entry, actorName)
  const [before, after] = [inOrder(leaf.before), inOrder(leaf.after)]
  if (before === undefined || after === undefined) return entryHash(leaf)
  const { actor, origin, personal, target } = leaf
  return sha256(
    canonicalAsOrdered({
      action: leaf.action,
      actor: { id: actor.id, kind: actor.kind, name: actor.name },
      after,
      before,
      id: leaf.id,
      org: leaf.org,
      origin: origin && { agent: origin.agent, ip: origin.ip, of: origin.of },
      personal: personal && { of: personal.of, sealed: personal.sealed },
      request: leaf.request,
      session: leaf.session,
      target: { id: target.id, kind: target.kind },
      time: leaf.time,
      v: leaf.v,
    } satisfies Record<keyof Leaf, unknown>),
  )
}

/** In place of the hash of an entry that nobody could read when it was put into the chain. No entry has this one. */
export const unreadableHash = (event: string): Buffer => sha256(canonical(['hearthkey-audit-unreadable', event]))
