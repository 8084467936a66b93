import { inspect } from 'node:util'

export const MASK = '[secret]'

/**
 * A value that must never reach a log, an error or a response. Every implicit way to text (template string, JSON,
 * console, pino) prints `[secret]`; `reveal()` is the one explicit way out, easy to find in review.
 */
export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
