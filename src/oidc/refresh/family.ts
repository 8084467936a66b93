import { AppError } from '../../errors/app-error.ts'
import type { Unit } from '../unit/unit.ts'
import { Turns } from './turns.ts'

/** Longer than any use takes, and shorter than a client waits for an answer. */
const LONGEST_WAIT = 5000
const SHORTEST_PAUSE = 5
const LONGEST_PAUSE = 100

/** What every look at a family says beside all else. */
export interface InFamily {
  /** The grant, where this use holds the family, or has held it. */
  readonly held: Buffer | null
  /** The grant, where somebody else holds it: nothing was used. */
  readonly busy: Buffer | null
}

/** Nothing of the token was used: the same request is as good a moment later. */
const tooLong = () =>
  new AppError('unavailable', { detail: 'Too much that belongs to the same sign-in is under way.', retryAfter: 1 })

/**
 * One token is used once at a time, and so is the family that it belongs to: on all instances, by the lock of its grant. It is
 * waited for here and not in the database. One person may hold any number of tokens of one grant, and an administrator who ends
 * two hundred grants holds as many: whoever waited for those locks with a connection each would take the whole pool, and keep
 * everybody else out.
 */
export class Families {
  readonly #tokens = new Turns()
  readonly #grants = new Turns()
  /** Whoever is first in line for a grant that is busy. */
  readonly #first = new Map<string, () => void>()
  readonly #looked = new WeakSet<Unit>()

  /** Once a request: a second look would wait for the first. */
  hasLooked(unit: Unit): boolean {
    return this.#looked.has(unit)
  }

  async use<F extends InFamily>(unit: Unit, token: string, ask: () => Promise<F | undefined>): Promise<F | undefined> {
    this.#looked.add(unit)
    const until = performance.now() + LONGEST_WAIT
    await takeTurn(unit, this.#tokens, token, until)
    let found = await ask()
    if (found?.busy) {
      await unit.giveBack()
      await takeTurn(unit, this.#grants, keyOf(found.busy), until)
      found = await this.#askUntilFree(unit, until, ask)
    }
    const family = found?.held
    if (family) unit.atTheEnd(() => this.#first.get(keyOf(family))?.())
    return found
  }

  async #askUntilFree<F extends InFamily>(unit: Unit, until: number, ask: () => Promise<F | undefined>) {
    for (let pause = SHORTEST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const found = await ask()
      if (!found?.busy) return found
      await unit.giveBack()
      if (performance.now() + pause > until) throw tooLong()
      // By chance, so that two instances do not go on meeting.
      await this.#freed(keyOf(found.busy), pause * (0.5 + Math.random() / 2))
    }
  }

  /** In this process that is heard of; in another it is looked for. */
  async #freed(grant: string, ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#first.set(grant, resolve)
    await promise
    clearTimeout(timer)
    this.#first.delete(grant)
  }
}

const keyOf = (grant: Buffer): string => grant.toString('base64')

async function takeTurn(unit: Unit, turns: Turns, key: string, until: number): Promise<void> {
  const end = await turns.take(key, until - performance.now())
  if (!end) throw tooLong()
  unit.atTheEnd(end)
}
