import { createHmac } from 'node:crypto'
import { fromBase64url, toBase64url } from '../../lib/base64url.ts'
import { equalBytes } from '../../lib/hash.ts'
import type { Secret } from '../../lib/secret.ts'
import { type EventId, eventId } from '../event.ts'
import { canonicalFilter, type EventFilter, type Order } from './filter.ts'
import type { Scope } from './scope.ts'

/** What a page belongs to: its cursor leads on within this and nothing else. */
export interface Asked {
  readonly scope: Scope
  readonly filter: EventFilter
  readonly order: Order
}

export interface Cursors {
  /** Where the page behind `last` begins. */
  after(asked: Asked, last: EventId): string
  /** Undefined for what was not made here, or for another question. */
  open(asked: Asked, cursor: string): EventId | undefined
}

const UUID_BYTES = 16
const MAC_BYTES = 32

/**
 * Where somebody left off, signed together with the question: a place that a stranger makes up would tell them, by what
 * comes behind it, when others did something; one that was made for another filter or another organisation would skip and
 * repeat in silence. It says nothing that is not in the page itself, so it is not sealed.
 */
export function createCursors(key: Secret<Buffer>): Cursors {
  const mac = (asked: Asked, position: Buffer) =>
    createHmac('sha256', key.reveal()).update(contextOf(asked)).update(position).digest()
  return {
    after: (asked, last) => {
      const position = bytesOf(last)
      return toBase64url(Buffer.concat([position, mac(asked, position)]))
    },
    open: (asked, cursor) => {
      const bytes = fromBase64url(cursor)
      if (bytes?.length !== UUID_BYTES + MAC_BYTES) return undefined
      const position = bytes.subarray(0, UUID_BYTES)
      if (!equalBytes(mac(asked, position), bytes.subarray(UUID_BYTES))) return undefined
      return eventId.fromUuid(position.toString('hex'))
    },
  }
}

const bytesOf = (id: EventId) => Buffer.from(eventId.toUuid(id).replaceAll('-', ''), 'hex')

/** It ends with a line break, which JSON has none of, so that nothing of it can be taken for the position. */
const contextOf = ({ scope, filter, order }: Asked): string => {
  const where = scope.kind === 'organisation' ? scope.organisation : null
  return `${JSON.stringify(['hearthkey audit cursor 1', where, order])}${canonicalFilter(filter)}\n`
}
