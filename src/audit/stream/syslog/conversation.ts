import { once } from 'node:events'
import type { Socket } from 'node:net'
import { asError } from '../../../lib/as-error.ts'

export interface Conversation {
  /** Once the system has taken it; rejects when that takes too long, or when the connection is gone. */
  write(data: Buffer): Promise<void>
  /** Why it is over, for whoever did not end it. */
  fault(): Error | undefined
  /** Ends it in order, and answers once they have ended it too: whoever reads to the end has read everything. */
  finish(): Promise<void>
  destroy(): void
}

/** One connection, from its beginning to its end. */
export function converse(socket: Socket, timeoutMs: number): Conversation {
  let over: Error | undefined
  let finishing = false
  let theyEnded = false
  socket.on('error', (error) => {
    over ??= error
  })
  socket.on('end', () => {
    theyEnded = true
    if (!finishing) over ??= new Error('the receiver closed the connection')
  })
  socket.on('close', () => {
    if (!theyEnded || !finishing) over ??= new Error('the connection was cut')
  })
  // What they say is nobody's business, but they must not wait for somebody to read it.
  socket.resume()
  const within = async <T>(what: string, work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} within ${timeoutMs} ms`)), timeoutMs)
    })
    try {
      return await Promise.race([work, late])
    } catch (error) {
      over ??= asError(error)
      socket.destroy()
      throw over
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    write: async (data) => {
      if (over) throw over
      const taken = new Promise<void>((resolve, reject) => {
        socket.write(data, (error) => (error ? reject(over ?? error) : resolve()))
      })
      await within('the receiver took nothing', taken)
    },
    fault: () => over,
    finish: async () => {
      if (over) throw over
      finishing = true
      const closed: Promise<unknown> = once(socket, 'close')
      socket.end()
      await within('the receiver did not close the connection', closed)
      if (over) throw over
    },
    destroy: () => void socket.destroy(),
  }
}
