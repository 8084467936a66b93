import type { Exchange } from '../exchange.ts'

const guessed = new WeakSet<Exchange>()

/** A credential in this request was wrong, whatever the status of the answer will be: whoever counts such requests counts it. */
export const noteGuess = (exchange: Exchange): void => void guessed.add(exchange)

export const wasGuess = (exchange: Exchange): boolean => guessed.has(exchange)
