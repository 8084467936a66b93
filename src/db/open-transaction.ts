import { AbortedTransactionError, type ConnectionProvider, Transaction } from 'kysely'
import { asError } from '../lib/as-error.ts'
import type { PooledConnection } from './pooled-connection.ts'
import type { DB } from './schema.gen.ts'
import type { Tx } from './types.ts'

type Props = ConstructorParameters<typeof Transaction<DB>>[0]

const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve))

/**
 * One transaction on one connection. Nobody waits for `BEGIN`: it is on its way with the first statement. Statements that
 * are not waited for one by one travel together.
 */
export class OpenTransaction {
  readonly tx: Tx
  readonly #connection: PooledConnection
  readonly #begun: Promise<unknown>
  readonly #unheard: Promise<unknown>[] = []
  #failure: { readonly error: unknown } | undefined
  #sent = 0
  #isBegun = true
  #isOver = false

  constructor(connection: PooledConnection, props: Props) {
    this.#connection = connection
    this.#begun = connection.command('BEGIN')
    // What went with it in one breath has run by itself, if the database goes on after that (a `BEGIN` that was
    // cancelled): nothing comes behind it, as every statement would be a transaction of its own.
    this.#begun.catch((error: unknown) => {
      this.#failure = { error }
      this.#isBegun = false
    })
    const only: ConnectionProvider = {
      provideConnection: (work) => {
        if (!this.#isBegun) throw this.#failure?.error
        // A branch of the work that was overtaken by a failure must not write behind the end, outside of any transaction.
        if (this.#isOver) throw new Error('the transaction has ended')
        this.#sent += 1
        return work(connection)
      },
    }
    this.tx = new Transaction<DB>({ ...props, executor: props.executor.withConnectionProvider(only) })
  }

  /**
   * A change of one statement, whose answer nobody would decide anything by: the commit is sent right behind it. One that
   * has to find something out first would come after the commit, so it is refused.
   */
  unheard(change: (tx: Tx) => Promise<unknown>): void {
    const before = this.#sent
    const answered = change(this.tx)
    this.#unheard.push(answered)
    answered.catch((error: unknown) => {
      this.#failure ??= { error }
    })
    if (this.#sent !== before + 1) this.#failure ??= { error: new TypeError('it must be one statement, sent at once') }
  }

  /**
   * With what is on its way and not waited for. Where one of those fails in the database, the database itself makes a
   * rollback of the commit; one that failed before it was sent is heard of before the commit is.
   */
  async commit(): Promise<void> {
    if (this.#unheard.length > 0) {
      await nextTick()
      await nextTick()
    }
    // The connection is back in the pool: a second `COMMIT` would be one in the midst of somebody else's work.
    if (this.#isOver) throw new Error('the transaction has ended')
    if (this.#failure) {
      await this.rollback()
      throw this.#failure.error
    }
    this.#isOver = true
    const answered = this.#connection.command('COMMIT')
    try {
      const [, , made] = await Promise.all([this.#begun, Promise.all(this.#unheard), answered])
      if (made === 'ROLLBACK') throw new AbortedTransactionError()
    } catch (error) {
      const made = await answered.catch((broken: unknown) => asError(broken))
      this.#connection.release(made instanceof Error ? made : undefined)
      throw error
    }
    this.#connection.release()
  }

  /** Throws nothing: whoever rolls back has an error to tell already. */
  async rollback(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    try {
      await this.#connection.command('ROLLBACK')
      this.#connection.release()
    } catch (error) {
      this.#connection.release(asError(error))
    }
  }
}
