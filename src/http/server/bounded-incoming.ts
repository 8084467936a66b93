import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { AppError } from '../../errors/app-error.ts'
import { bodyTooLarge } from '../admission/admission.ts'

/** How much of a refused body is read and dropped, so that the client gets to read the answer, before the line is cut. */
const PATIENCE = 1024 * 1024

type Arrived = (error?: AppError) => void

interface Arriving {
  whenHere(then: Arrived): void
}

const isArriving = (incoming: object): incoming is Arriving => 'whenHere' in incoming

/**
 * For whoever wants no part in how slowly a body comes: called when its end is here, and not before. One that stops at
 * the mark up to which Node buffers for a reader, with no end, would look whole and hold a place for nothing. A body over
 * the limit is an error, and is read to nowhere.
 */
export function whenHere(incoming: IncomingMessage, then: Arrived): void {
  if (!isArriving(incoming)) throw new TypeError('a request came past the server')
  incoming.whenHere(then)
}

/**
 * Counts a body where it leaves the parser: a chunked one announces no length, and here no reader, ours or a library's,
 * can go past the limit.
 */
export function boundedIncomingClass(limit: number): typeof IncomingMessage {
  return class extends IncomingMessage implements Arriving {
    #received = 0
    #isHere = false
    #then: Arrived | undefined

    constructor(socket: Socket) {
      super(socket)
    }

    whenHere(then: Arrived): void {
      if (this.#isHere) then()
      else this.#then = then
    }

    override push(chunk: Buffer | string | null, encoding?: BufferEncoding): boolean {
      if (chunk === null) {
        const more = super.push(null)
        this.#arrive()
        return more
      }
      this.#received += chunk.length
      if (this.#received <= limit) {
        const more = super.push(chunk, encoding)
        // Nobody reads yet, so nobody would ask for more: the limit bounds what is held meanwhile.
        return this.#then !== undefined || more
      }
      if (this.#received > limit + PATIENCE) this.socket.destroy()
      else if (this.#then) this.#arrive(bodyTooLarge(limit))
      else if (!this.destroyed) this.destroy(bodyTooLarge(limit))
      return true
    }

    /** The connection outlives a body that was refused: the answer still has to be written on it. */
    override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
      if (!(error instanceof AppError)) super._destroy(error, callback)
      else process.nextTick(() => callback(this.listenerCount('error') > 0 ? error : null))
    }

    #arrive(error?: AppError): void {
      this.#isHere = true
      const then = this.#then
      this.#then = undefined
      then?.(error)
    }
  }
}
