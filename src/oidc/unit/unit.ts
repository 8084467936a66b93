import type { ControlledTransaction } from 'kysely'
import type { DB } from '../../db/schema.gen.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Person } from '../ports.ts'

/**
 * What one request to the engine reads and writes. Writes wait until it ends, so that what other rooms are asked meanwhile
 * finds a connection: a request that holds one and waits for a second is a deadlock of the pool. What needs its answer at once
 * (a compare-and-set) begins the transaction, and from then on everything goes through it.
 */
export class Unit {
  readonly exchange: Exchange
  /** A refused request leaves nothing of what it wrote: the token endpoint. */
  readonly rollsBackRefusals: boolean
  /** Answered by our own responder instead of the engine. */
  refusal: AppError | undefined
  /** Beside the refusal, where an administrator looks at it. */
  compared: { readonly client: string; readonly received: string; readonly registered: readonly string[] } | undefined
  /** What broke, for the log. */
  failure: unknown
  readonly #db: Db
  readonly #writes: ((tx: Tx) => Promise<unknown>)[] = []
  readonly #people = new Map<string, Promise<Person | undefined>>()
  readonly #revoked = new Set<string>()
  #begun: Promise<ControlledTransaction<DB>> | undefined

  constructor(db: Db, exchange: Exchange, { rollsBackRefusals = false } = {}) {
    this.#db = db
    this.exchange = exchange
    this.rollsBackRefusals = rollsBackRefusals
  }

  /** For a read. */
  async reader(): Promise<Db> {
    return (await this.#begun) ?? this.#db
  }

  /** For a write whose answer decides how the request goes on. */
  writer(): Promise<Tx> {
    this.#begun ??= this.#db.startTransaction().execute()
    return this.#begun
  }

  /** In the order of the calls, in one transaction, when the request has succeeded. */
  write(work: (tx: Tx) => Promise<unknown>): void {
    this.#writes.push(work)
  }

  /** Asked once a request, and before it writes: it must not wait for another connection while it holds one. */
  person(id: string, ask: () => Promise<Person | undefined>): Promise<Person | undefined> {
    const asked = this.#people.get(id) ?? ask()
    this.#people.set(id, asked)
    return asked
  }

  /** With everything that came of it, when the request ends: also when it is refused and rolled back (a replay). */
  revoke(grantId: string): void {
    this.#revoked.add(grantId)
  }

  get revokedGrants(): ReadonlySet<string> {
    return this.#revoked
  }

  async commit(): Promise<void> {
    if (this.#writes.length > 0) {
      const tx = await this.writer()
      for (const work of this.#writes) await work(tx)
    }
    await (await this.#begun)?.commit().execute()
    this.#begun = undefined
  }

  async rollback(): Promise<void> {
    const begun = await this.#begun?.catch(() => undefined)
    this.#begun = undefined
    await begun?.rollback().execute()
  }
}
