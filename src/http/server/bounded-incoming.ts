import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { AppError } from '../../errors/app-error.ts'
import { bodyTooLarge } from '../admission/admission.ts'

/** How much of a refused body is read and dropped, so that the client gets to read the answer, before the line is cut. */
const PATIENCE = 1024 * 1024

/**
 * Counts a body where it leaves the parser: a chunked one announces no length, and here no reader, ours or a library's,
 * can go past the limit.
 */
export function boundedIncomingClass(limit: number): typeof IncomingMessage {
  return class extends IncomingMessage {
    #received = 0

    constructor(socket: Socket) {
      super(socket)
    }

    override push(chunk: Buffer | string | null, encoding?: BufferEncoding): boolean {
      if (chunk === null) return super.push(null)
      this.#received += chunk.length
      if (this.#received <= limit) return super.push(chunk, encoding)
      if (this.#received > limit + PATIENCE) this.socket.destroy()
      else if (!this.destroyed) this.destroy(bodyTooLarge(limit))
      return true
    }

    /** The connection outlives a body that was refused: the answer still has to be written on it. */
    override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
      if (!(error instanceof AppError)) super._destroy(error, callback)
      else process.nextTick(() => callback(this.listenerCount('error') > 0 ? error : null))
    }
  }
}
