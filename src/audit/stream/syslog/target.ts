import { hostname } from 'node:os'
import type { Mark, StreamTarget } from '../target.ts'
import { type ConnectOptions, connect } from './connect.ts'
import { type Conversation, converse } from './conversation.ts'
import { frame } from './message.ts'

export interface SyslogOptions extends Omit<ConnectOptions, 'timeoutMs'> {
  /** How long one connection is used: as much is written again when it is lost. */
  readonly connectionMs?: number
  readonly timeoutMs?: number
}

const CONNECTION_MS = 5_000
const TIMEOUT_MS = 10_000
/** What a receiver of 64 kB takes, of a whole message. */
const LONGEST_MESSAGE = 60_000

/**
 * Syslog knows no acknowledgement: what TCP took may be lost with the connection, and by a network that swallows everything
 * in silence for a quarter of an hour. Its one answer is the end: a receiver that closes after us has read what came
 * before. So a connection is used for some seconds and then ended in order, and only then the place moves on; of one that
 * ends in another way, all is written again.
 */
export function syslogTarget({
  connectionMs = CONNECTION_MS,
  timeoutMs = TIMEOUT_MS,
  ...options
}: SyslogOptions): StreamTarget {
  const host = hostname()
  let open: { readonly conversation: Conversation; readonly since: number; mark: Mark | undefined } | undefined

  return {
    name: 'syslog',
    longest: LONGEST_MESSAGE,
    sizeOf: (line) => frame(line, host).length,
    write: async (lines, mark) => {
      const fault = open?.conversation.fault()
      if (fault) throw fault
      open ??= {
        conversation: converse(await connect({ ...options, timeoutMs }), timeoutMs),
        since: performance.now(),
        mark: undefined,
      }
      for (const line of lines) await open.conversation.write(frame(line, host))
      open.mark = mark
    },
    settle: async (now = false) => {
      if (!open) return undefined
      const { conversation, since, mark } = open
      const fault = conversation.fault()
      if (fault) throw fault
      if (!now && performance.now() - since < connectionMs) return undefined
      await conversation.finish()
      open = undefined
      return mark
    },
    reset: () => {
      open?.conversation.destroy()
      open = undefined
    },
    close: async () => {
      open?.conversation.destroy()
      open = undefined
    },
  }
}
