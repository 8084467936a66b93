import type { MiddlewareContext } from 'oidc-provider'
import type { OpenTransaction } from '../../db/open-transaction.ts'
import { begin } from '../../db/pooled-db.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Id } from '../../lib/ids.ts'
import type { Seat } from '../../orgs/memberships/membership.ts'
import { type ArtifactRow, type FoundArtifact, putArtifacts } from '../artifacts/store.ts'
import type { ChosenOrganisation } from '../claims.ts'
import type { OnBehalf } from '../exchange/acting.ts'
import type { StepUp } from '../organisations/refusal.ts'
import type { Member, OrganisationChoice, Person, VerifiedKey } from '../ports.ts'
import type { Rotation } from '../refresh/rotation.ts'

type Statement =
  | { readonly kind: 'statement'; readonly statement: (db: Db) => Promise<unknown>; readonly decides: boolean }
  | { readonly kind: 'put'; readonly rows: Map<string, ArtifactRow> }
type Write = Statement | { readonly kind: 'work'; readonly work: (tx: Tx) => Promise<unknown> }

const keyOf = ({ id_hash }: ArtifactRow): string => id_hash.toString('base64')

function askedOnce<T>(asked: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = asked.get(key) ?? ask()
  asked.set(key, answer)
  return answer
}

interface ReadSeat {
  readonly organisation: Id<'org'>
  readonly member: Member
  readonly seat: Seat | undefined
  /** When it was judged by a statement that is committed; absent: it was read in the transaction of this unit, whose scope is still that of the organisation. */
  readonly at?: Date
}

interface UnitOptions {
  readonly rollsBackRefusals?: boolean
  /** Of the same request: what it has looked up need not be looked up again. */
  readonly before?: Unit | undefined
}

async function perform(write: Statement, db: Db): Promise<void> {
  await (write.kind === 'put' ? putArtifacts(db, [...write.rows.values()]) : write.statement(db))
}

/**
 * What one request to the engine reads and writes. Writes wait until it ends, so that what other rooms are asked meanwhile
 * finds a connection: a request that holds one and waits for a second is a deadlock of the pool. What needs its answer at once
 * (a compare-and-set) begins the transaction, and from then on everything goes through it.
 */
export class Unit {
  readonly exchange: Exchange
  /** A refused request leaves nothing of what it wrote: the token endpoint. */
  readonly rollsBackRefusals: boolean
  /** What the engine knows of the request, once one of its routes has it. */
  engine: MiddlewareContext | undefined
  /** What becomes of the refresh token that it brought. */
  rotation: Rotation | undefined
  /** The code that it brought, and has used up; the family that it founds is kept until then, and held by this transaction. */
  redemption: { readonly code: string; readonly keptUntil: Date } | undefined
  /** Whom the database has found active a moment ago, in this transaction. */
  active: Id<'usr'> | undefined
  /** Answered by our own responder instead of the engine. */
  refusal: AppError | undefined
  /** Beside the refusal, where an administrator looks at it. */
  compared: { readonly client: string; readonly received: string; readonly registered: readonly string[] } | undefined
  /** What broke, for the log. */
  failure: unknown
  /** For which organisation the code or refresh token of this request is, or will be. */
  organisation: Id<'org'> | undefined
  /** Whose that code or refresh token is. */
  holder: Id<'usr'> | undefined
  /** What was read together with its being used up: a moment before it is judged. */
  seat: ReadSeat | undefined
  /** The same as the token says it that was just issued. */
  chosen: ChosenOrganisation | undefined
  /** The key that is exchanged, and for which API. */
  apiKey: { readonly key: VerifiedKey; readonly api: string } | undefined
  /** The token that is handed on, and by whom. */
  onBehalf: OnBehalf | undefined
  /** Beside a refused token: which sign-in would get it. */
  stepUp: StepUp | undefined
  readonly #db: Db
  /** The session that this very transaction binds, and holds until it ends; where it cannot, nothing is committed. */
  bound: string | undefined
  /** In which somebody agrees to something on a page of ours. */
  agreedIn: Id<'ses'> | undefined
  readonly #first: ((tx: Tx) => Promise<unknown>)[] = []
  readonly #writes: Write[] = []
  readonly #people = new Map<string, Promise<Person | undefined>>()
  readonly #choices = new Map<string, Promise<readonly OrganisationChoice[]>>()
  readonly #live = new Map<string, Promise<boolean>>()
  readonly #found: Map<string, Promise<FoundArtifact | undefined>>
  readonly #revoked = new Set<string>()
  readonly #last: (() => void)[] = []
  readonly #undoes: (() => Promise<void>)[] = []
  #begun: Promise<OpenTransaction> | undefined
  #isOver = false

  constructor(db: Db, exchange: Exchange, { rollsBackRefusals = false, before }: UnitOptions = {}) {
    this.#db = db
    this.#found = before ? before.#found : new Map()
    this.exchange = exchange
    this.rollsBackRefusals = rollsBackRefusals
  }

  /** For a read. */
  async reader(): Promise<Db> {
    return (await this.#begun)?.tx ?? this.#db
  }

  /** Where the request holds one already: then no other may be waited for. */
  async held(): Promise<Tx | undefined> {
    return (await this.#begun)?.tx
  }

  /** For a write whose answer decides how the request goes on. */
  async writer(): Promise<Tx> {
    // A branch of the work that was overtaken by the end would begin what nobody ends.
    if (this.#isOver) throw new Error('the request has ended')
    this.#begun ??= begin(this.#db)
    return (await this.#begun).tx
  }

  /** Before anything was written: what has to be waited for is waited for without a connection. */
  async giveBack(): Promise<void> {
    const begun = await this.#begun
    this.#begun = undefined
    await begun?.rollback()
  }

  /** When all is committed or rolled back, whatever became of it. */
  atTheEnd(done: () => void): void {
    this.#last.push(done)
  }

  end(): void {
    for (const done of this.#last.splice(0)) done()
  }

  /** Before all that is written: what may say that nothing is. */
  first(work: (tx: Tx) => Promise<unknown>): void {
    this.#first.push(work)
  }

  /** In the order of the calls, in one transaction, when the request has succeeded. */
  write(work: (tx: Tx) => Promise<unknown>): void {
    this.#writes.push({ kind: 'work', work })
  }

  /** The same for one statement, which needs no transaction around it where it stands alone. `decides`: it may say that nothing is kept. */
  writeOne(statement: (db: Db) => Promise<unknown>, { decides = false } = {}): void {
    this.#writes.push({ kind: 'statement', statement, decides })
  }

  /** The same for what the engine keeps: what it saves in a row goes to the database in one statement. */
  put(row: ArtifactRow): void {
    const last = this.#writes.at(-1)
    if (last?.kind !== 'put') this.#writes.push({ kind: 'put', rows: new Map([[keyOf(row), row]]) })
    else last.rows.set(keyOf(row), row)
  }

  /** The last that waits to be put under this id. */
  putting(idHash: Buffer): ArtifactRow | undefined {
    const key = idHash.toString('base64')
    return this.#writes.map((write) => (write.kind === 'put' ? write.rows.get(key) : undefined)).findLast(Boolean)
  }

  /**
   * What the engine asks for twice in one request, read once: its own writes wait until the end, so a second look could
   * only find what somebody else has changed between the two, which no request can rely on.
   */
  once(idHash: Buffer, read: () => Promise<FoundArtifact | undefined>): Promise<FoundArtifact | undefined> {
    return askedOnce(this.#found, idHash.toString('base64'), read)
  }

  /** Whether it was there when this request looked. */
  async hasFound(idHash: Buffer): Promise<boolean> {
    return (await this.#found.get(idHash.toString('base64'))) !== undefined
  }

  /** Whether a session of the engine counts, once a request. */
  live(uidHash: Buffer, ask: () => Promise<boolean>): Promise<boolean> {
    return askedOnce(this.#live, uidHash.toString('base64'), ask)
  }

  /** For whom somebody may work, once a request. */
  choices(user: string, ask: () => Promise<readonly OrganisationChoice[]>): Promise<readonly OrganisationChoice[]> {
    return askedOnce(this.#choices, user, ask)
  }

  /** Asked once a request, and before it writes: it must not wait for another connection while it holds one. */
  person(id: string, ask: () => Promise<Person | undefined>): Promise<Person | undefined> {
    return askedOnce(this.#people, id, ask)
  }

  /** With everything that came of it, when the request ends: also when it is refused and rolled back (a replay). */
  revoke(grantId: string): void {
    this.#revoked.add(grantId)
  }

  get revokedGrants(): ReadonlySet<string> {
    return this.#revoked
  }

  async commit(): Promise<void> {
    const [only, ...more] = this.#writes
    const standsAlone = more.length === 0 && this.#first.length === 0 && !this.#begun
    if (only && only.kind !== 'work' && standsAlone) {
      this.#isOver = true
      return perform(only, this.#db)
    }
    if (only || this.#first.length > 0) await this.#write()
    this.#isOver = true
    await (await this.#begun)?.commit()
    this.#begun = undefined
  }

  /** In a transaction of somebody else's, who commits it: so that all of it is heard before. */
  async writeIn(tx: Tx): Promise<void> {
    this.#isOver = true
    for (const work of this.#first) await work(tx)
    for (const write of this.#writes) await (write.kind === 'work' ? write.work(tx) : perform(write, tx))
  }

  /** In order, and waited for only where something is decided by an answer. */
  async #write(): Promise<void> {
    this.#begun ??= begin(this.#db)
    const transaction = await this.#begun
    const { tx } = transaction
    const answers = this.#first.map((work) => work(tx))
    for (const write of this.#writes) {
      if (write.kind === 'work') {
        await Promise.all(answers.splice(0))
        await write.work(tx)
      } else if (answers.length > 0 || (write.kind === 'statement' && write.decides)) answers.push(perform(write, tx))
      else transaction.unheard((it) => perform(write, it))
    }
    await Promise.all(answers)
  }

  /** What is committed already, and is not to outlive a refusal. */
  orUndo(undo: () => Promise<void>): void {
    this.#undoes.push(undo)
  }

  async rollback(): Promise<void> {
    this.#isOver = true
    const begun = await this.#begun?.catch(() => undefined)
    this.#begun = undefined
    await begun?.rollback()
    for (const undo of this.#undoes.splice(0)) await undo()
  }
}
