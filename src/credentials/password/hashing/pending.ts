import { EngineLost } from './engine.ts'
import type { Outcome } from './task.ts'

interface Waiting {
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: Error) => void
  readonly deadline: NodeJS.Timeout
}

/** The tasks that were sent and not answered yet. */
export class PendingTasks {
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  add(deadlineMs: number, onLate: () => void): { readonly id: number; readonly outcome: Promise<Outcome> } {
    this.#last += 1
    const id = this.#last
    const { promise: outcome, resolve, reject } = Promise.withResolvers<Outcome>()
    this.#waiting.set(id, { resolve, reject, deadline: setTimeout(onLate, deadlineMs) })
    return { id, outcome }
  }

  settle(id: number, outcome: Outcome): void {
    this.#take(id)?.resolve(outcome)
  }

  lose(id: number): void {
    this.#take(id)?.reject(new EngineLost())
  }

  loseAll(): void {
    for (const id of [...this.#waiting.keys()]) this.lose(id)
  }

  #take(id: number): Waiting | undefined {
    const found = this.#waiting.get(id)
    this.#waiting.delete(id)
    clearTimeout(found?.deadline)
    return found
  }
}
