import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SecondFactor } from '../../src/factors/factor.ts'
import { findHeld } from '../../src/factors/store.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { PendingInteraction, SignedIn } from '../../src/login/ports.ts'
import type { User } from '../../src/users/user.ts'
import { makePasskey, type SoftwarePasskey, usePasskey } from '../support/software-authenticator.ts'
import { workSince } from '../support/work.ts'
import { type App, type Jar, MINUTE, newJar, openSteps, password, SECOND, type Steps, WRONG } from './second-factors.ts'

const DAY = 24 * 60 * MINUTE
const everything: readonly SecondFactor[] = ['passkey', 'totp', 'email-code', 'backup-code']

/** What sign-ins are begun with: what is asked for stands beside the rules, so that the model takes it from nobody. */
const asked = [
  { level: 0, counting: everything, grace: 0, rules: [] },
  { level: 1, counting: everything, grace: 0, rules: [{ mfa: 'required' }] },
  { level: 2, counting: everything, grace: 0, rules: [{ level: 'aal2' }] },
  { level: 3, counting: everything, grace: 0, rules: [{ mfa: 'phishing-resistant' }] },
  { level: 1, counting: everything, grace: 7 * DAY, rules: [{ mfa: 'required', grace: 7 * DAY }] },
  {
    level: 1,
    counting: ['passkey', 'email-code'],
    grace: 0,
    rules: [{ mfa: 'required', factors: ['passkey', 'email-code'] }],
  },
] as const
type Asked = (typeof asked)[number]
const acrs = ['aal1', 'mfa', 'aal2', 'phr']

const kinds = ['nothing', 'app', 'key', 'mail', 'mailbox', 'all'] as const
type Kind = (typeof kinds)[number]

const SLOTS = 2
const slot = fc.nat(SLOTS - 1)
/** Far more often than not. */
const mostly = fc.nat(3).map((one) => one > 0)
const who = fc.nat(1)
const right = fc.oneof({ arbitrary: fc.constant(true), weight: 4 }, { arbitrary: fc.constant(false), weight: 1 })
const action = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({ do: fc.constant('on' as const), slot, who, trust: fc.boolean(), far: fc.boolean() }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('begin' as const),
      slot,
      asks: fc.nat(asked.length - 1),
      fresh: fc.boolean(),
      sameBrowser: mostly,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('password' as const), slot, who, right, capable: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('totp' as const),
      slot,
      who,
      code: fc.constantFrom('right', 'right', 'used', 'wrong'),
      trust: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('backup-code' as const),
      slot,
      who,
      code: fc.constantFrom('right', 'used', 'wrong'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('passkey' as const),
      slot,
      who,
      how: fc.constantFrom('verified', 'present', 'forged'),
      from: slot,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mailed' as const),
      slot,
      from: slot,
      to: fc.constantFrom('second-factor', 'mailbox'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('form' as const),
      slot,
      path: fc.constantFrom(
        '/send-code',
        '/enrol/totp/offer',
        '/enrol/email-code',
        '/enrol/later',
        '/enrol/later',
        '/offer/later',
        '/backup-codes',
        '/backup-codes/kept',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('enrol' as const), slot, factor: fc.constantFrom('totp', 'passkey') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('elsewhere' as const), slot, who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('new-password' as const), who, byMail: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(31 * SECOND, 31 * SECOND, 6 * MINUTE, 8 * DAY),
    }),
  },
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

/** What one person has shown in one sign-in, as an onlooker saw it go in. */
interface Shown {
  first: 'password' | 'passkey'
  readonly second: Set<SecondFactor | 'trusted-browser'>
  mailbox: boolean
  putOff: boolean
  /** Where they arrive, the browser is trusted from then on. */
  trusts?: boolean
}

interface Person {
  readonly user: User
  readonly kind: Kind
  password: string
  apps: App[]
  readonly passkeys: SoftwarePasskey[]
  readonly codes: string[]
  readonly used: Set<string>
  byMailbox: boolean
  graceBegan?: Date
}

interface Slot {
  readonly visit: ReturnType<Steps['begin']>
  readonly jar: Jar
  readonly asks: Asked
  readonly pending: PendingInteraction
  readonly shown: Map<Person, Shown>
  readonly mailed: { code: string; person: Person }[]
  heard: number
  end?: SignedIn
}

let runs = 0
const reached = new Map<string, number>()

/** One run: the sign-in as it is, and beside it an account of who has shown what. */
async function play(login: Steps, types: readonly [Kind, Kind], actions: readonly Action[]) {
  runs += 1
  const { clock } = login
  const people: Person[] = []
  for (const [which, kind] of types.entries()) people.push(await personOf(login, `p${runs}-${which}@example.com`, kind))
  const personAt = (which: number) => people[which] ?? fail('no such person')
  /** Which browser is trusted by whom. */
  const trusts = new Map<Jar, Set<Person>>()
  /** Whoever signs in again does not end the session before: a sign-in that was begun with that one goes on from it. */
  const sessions = new Map<SignedIn['session'], { person: Person; shown: Shown }>()
  const newest = new Map<Jar, SignedIn['session']>()
  const liveOf = (session: SignedIn['session'] | undefined) =>
    session === undefined ? undefined : sessions.get(session)
  const slots: Slot[] = []

  type Begun = Pick<Slot, 'pending' | 'shown'>
  /** What the session that it was begun in had shown, as long as that lives. */
  const creditSession = ({ pending: { fresh, session }, shown }: Begun) => {
    const live = liveOf(session)
    if (live && !fresh)
      shown.set(live.person, { ...live.shown, second: new Set(live.shown.second), putOff: false, trusts: false })
  }
  /** What a sign-in starts with, and starts anew with after a wrong password. */
  const startFromSession = (begun: Begun) => {
    begun.shown.clear()
    creditSession(begun)
  }
  const begin = (place: number, asks: Asked, fresh: boolean, jar: Jar): Slot => {
    const session = newest.get(jar)
    const live = liveOf(session)
    const visit = login.begin(
      { rules: [...asks.rules], fresh, ...(live && session && { sessionUser: live.person.user.id, session }) },
      jar,
    )
    const begun = { visit, jar, asks, pending: visit.pending, shown: new Map(), mailed: [], heard: 0 }
    startFromSession(begun)
    slots[place] = begun
    return begun
  }
  for (let place = 0; place < SLOTS; place += 1) begin(place, asked[place] ?? asked[0], false, newJar())
  const slotAt = (place: number) => slots[place] ?? fail('no such sign-in')
  const isOver = ({ end }: Slot) => end !== undefined
  const keptOf = ({ pending }: Slot) =>
    login.db.selectFrom('login_attempts').select('proofs').where('uid_hash', '=', sha256(pending.uid)).execute()
  const send = async (at: Slot, ...form: Parameters<Slot['visit']['send']>) => {
    const { length: before } = await keptOf(at)
    const answer = await at.visit.send(...form)
    // Whoever has used up the tries begins anew, as after a wrong password.
    if (before > 0 && !isOver(at) && (await keptOf(at)).length === 0) startFromSession(at)
    return answer
  }
  /** Of a change that ends whatever else is under way for somebody. */
  const endOthers = (person: Person, except?: Slot) => {
    for (const one of slots) {
      if (one === except) continue
      // Where the browser has not gone home yet, that one begins anew as well.
      if (one.end?.user === person.user.id) {
        delete one.end
        one.shown.clear()
      }
      if (isOver(one)) continue
      one.shown.delete(person)
      // A session outlives it that a factor was added elsewhere: what it had shown stays.
      if (liveOf(one.pending.session)?.person === person) creditSession(one)
    }
    for (const trusting of trusts.values()) trusting.delete(person)
  }

  /** Whether what was shown is what had to be, by the account of the onlooker alone. */
  async function judge(at: Slot, { user, acr, session }: SignedIn) {
    const person = people.find((one) => one.user.id === user)
    const shown = person && at.shown.get(person)
    if (!person || !shown) throw new Error(`${user} arrived and had shown nothing here`)
    const second = [...shown.second].filter((factor) => !(factor === 'email-code' && person.byMailbox))
    const counts = (factor: SecondFactor | 'trusted-browser') =>
      factor === 'trusted-browser' || (at.asks.counting as readonly SecondFactor[]).includes(factor)
    const levelOf = (of: readonly (SecondFactor | 'trusted-browser')[]) => {
      if (of.includes('passkey') || (shown.first === 'passkey' && counts('passkey'))) return 3
      if (of.includes('totp') || of.includes('backup-code')) return 2
      return of.length > 0 ? 1 : 0
    }
    const held = await findHeld(login.db, person.user.id)
    const hasSecond = held.totps + held.passkeys > 0 || held.emailCode
    const provesOwn = second.length > 0 || shown.first === 'passkey' || !hasSecond
    const inTime =
      person.graceBegan === undefined || person.graceBegan.getTime() + at.asks.grace > clock.now().getTime()
    const isPutOff = shown.putOff && at.asks.grace > 0 && inTime
    const isEnough = levelOf(second.filter(counts)) >= at.asks.level || isPutOff
    const story = { kind: person.kind, level: at.asks.level, first: shown.first, second, isPutOff, acr }
    expect(provesOwn, `somebody went past their own factor: ${JSON.stringify(story)}`).toBe(true)
    expect(isEnough, `less than was asked for: ${JSON.stringify(story)}`).toBe(true)
    const most = shown.first === 'passkey' ? 3 : levelOf(second)
    expect(acrs.indexOf(acr), `more is said than was shown: ${JSON.stringify(story)}`).toBeLessThanOrEqual(most)
    if (isPutOff && levelOf(second.filter(counts)) < at.asks.level) person.graceBegan ??= clock.now()
    if (shown.trusts) trusts.set(at.jar, (trusts.get(at.jar) ?? new Set<Person>()).add(person))
    const way = `${at.asks.level} ${acr}`
    reached.set(way, (reached.get(way) ?? 0) + 1)
    sessions.set(session, { person, shown: { ...shown, second: new Set(shown.second) } })
    newest.set(at.jar, session)
  }

  async function look() {
    for (const one of slots) {
      const calls = one.visit.arrived()
      for (const call of calls.slice(one.heard)) {
        // Whatever is sent afterwards leads to the same end.
        if (one.end) expect(call).toEqual(one.end)
        else await judge(one, call)
        one.end = call
      }
      one.heard = calls.length
    }
  }

  const byPassword = async (at: Slot, person: Person, isRight: boolean, capable: boolean) => {
    const given = isRight ? person.password : 'not this one at all'
    if (!isOver(at)) {
      if (!isRight) startFromSession(at)
      else {
        at.shown.clear()
        const second = new Set<SecondFactor | 'trusted-browser'>()
        if (trusts.get(at.jar)?.has(person) && !at.pending.fresh) second.add('trusted-browser')
        at.shown.set(person, { first: 'password', second, mailbox: false, putOff: false })
      }
    }
    await send(at, '', { email: person.user.email, password: given, ...(capable && { capable: 'yes' }) })
  }
  /** Credit first and look afterwards; a code that got somebody on is used up. */
  const byCode = async (
    at: Slot,
    person: Person,
    factor: 'totp' | 'backup-code' | 'email-code',
    given: { code: string; isRight: boolean; trust?: boolean },
  ) => {
    const shown = at.shown.get(person)
    const name = `${factor} ${given.code}`
    const isNew = given.isRight && !person.used.has(name)
    const had = shown?.second.has(factor) ?? false
    // Nobody looks at a code that comes after the end.
    const wasOver = isOver(at)
    if (isNew) shown?.second.add(factor)
    const { sent, at: place } = await send(at, '/second-factor', {
      factor,
      code: given.code,
      ...(given.trust && { trust: 'on' }),
    })
    const kept = await keptOf(at)
    const arrived = place === 'done'
    const isTaken = !wasOver && (arrived || JSON.stringify(kept).includes(factor))
    if (!isTaken && !had) shown?.second.delete(factor)
    // Where it had been shown before, as by a session, or is somebody else's sign-in, what is kept does not say that anybody looked at it.
    else if (shown && !had && !wasOver && isNew && sent.status === 303) person.used.add(name)
    if (shown && isTaken && given.trust && isNew && factor !== 'backup-code') shown.trusts = true
  }
  const byPasskey = async (at: Slot, person: Person, how: string, asks: Slot) => {
    const [passkey] = person.passkeys
    const answer = await asks.visit.post('/passkey/options')
    if (!passkey || answer.status !== 200) return
    const options = JSON.parse(await answer.text())
    if ('rp' in options) return
    const ceremony = { verified: how === 'verified', forged: how === 'forged' }
    const credential = JSON.stringify(usePasskey(passkey, options, ceremony))
    if (how !== 'forged' && asks === at && !isOver(at)) {
      const shown = at.shown.get(person)
      const isListed = options.allowCredentials?.length > 0
      if (shown && isListed) shown.second.add('passkey')
      if (!isListed && how === 'verified')
        at.shown.set(person, { first: 'passkey', second: new Set(), mailbox: false, putOff: false })
    }
    await send(at, '/passkey', { credential })
  }
  const byMail = async (at: Slot, from: Slot, to: string) => {
    const last = from.mailed.at(-1)
    const code = last?.code ?? WRONG
    for (const person of people) {
      const isRight = last?.person === person && from === at
      if (to === 'mailbox') {
        const shown = at.shown.get(person)
        if (isRight && shown) shown.mailbox = true
      } else if (at.shown.has(person)) await byCode(at, person, 'email-code', { code, isRight })
    }
    if (to === 'mailbox') await send(at, '/mailbox', { code })
  }
  const byForm = async (at: Slot, path: string) => {
    const newest = async () => (path === '/send-code' ? (await login.letters(10)).at(-1) : undefined)
    const before = await newest()
    if (path === '/enrol/later') for (const shown of at.shown.values()) shown.putOff = true
    if (path === '/enrol/email-code')
      for (const shown of at.shown.values()) if (shown.mailbox) shown.second.add('email-code')
    await send(at, path)
    if (path === '/enrol/email-code') await forgetOthersOf(at)
    const letter = await newest()
    const person = people.find(({ user }) => user.email === letter?.to)
    const [code] = /\b\d{6}\b/.exec(letter?.text ?? '') ?? []
    if (letter?.id !== before?.id && person && code) at.mailed.push({ code, person })
  }
  /** Whoever has added a factor in a sign-in has shown it there, and every other sign-in of theirs begins anew. */
  const forgetOthersOf = async (at: Slot) => {
    for (const person of at.shown.keys()) {
      const held = await findHeld(login.db, person.user.id)
      const known = person.passkeys.length + person.apps.length
      if (held.passkeys + held.totps > known || (held.emailCode && person.kind === 'nothing')) endOthers(person, at)
    }
  }
  const enrols = async (at: Slot, factor: string) => {
    const mayAdd = (shown: Shown, person: Person) =>
      shown.mailbox || shown.second.size > 0 || shown.first === 'passkey' || person.kind === 'nothing'
    if (factor === 'passkey') {
      const answer = await at.visit.post('/passkey/options')
      const options = answer.status === 200 ? JSON.parse(await answer.text()) : {}
      if (!('rp' in options)) return
      const made = makePasskey(options)
      const owner = people.find(({ user }) => user.email === options.user.name) ?? fail('offered to nobody')
      const shown = at.shown.get(owner)
      if (!shown || !mayAdd(shown, owner)) throw new Error('a passkey is offered to whoever has shown too little')
      shown.second.add('passkey')
      await send(at, '/passkey/add', { credential: JSON.stringify(made.answer) })
      if ((await findHeld(login.db, owner.user.id)).passkeys > owner.passkeys.length) {
        owner.passkeys.push(made.passkey)
        endOthers(owner, at)
      }
      return
    }
    const { page } = await send(at, '/enrol/totp/offer')
    const [, secret] = /id="totp-key"[\s\S]*?data-line="([A-Z2-7]+)"/.exec(page) ?? []
    if (secret === undefined) return
    const app = login.appOf(new Secret(secret))
    for (const [person, shown] of at.shown) {
      const before = (await findHeld(login.db, person.user.id)).totps
      const code = app.code()
      const had = shown.second.has('totp')
      if (shown.mailbox || shown.second.size > 0) shown.second.add('totp')
      await send(at, '/enrol/totp', { code, name: 'Phone' })
      const isAdded = (await findHeld(login.db, person.user.id)).totps > before
      if (!isAdded && !had) shown.second.delete('totp')
      if (!isAdded) continue
      expect(shown.mailbox || shown.second.size > 1, 'an app was added by whoever had shown too little').toBe(true)
      person.apps.push(app)
      person.used.add(`totp ${code}`)
      endOthers(person, at)
    }
  }
  /** What the page asks for, by whoever can. */
  const goOn = async (at: Slot, person: Person, trust: boolean) => {
    const place = await at.visit.at()
    const named = [...at.shown.keys()].at(-1) ?? person
    switch (place) {
      case 'sign-in':
        return byPassword(at, person, true, false)
      case 'second-factor': {
        const page = await at.visit.page()
        if (page.includes('value="totp"')) {
          const [app] = named.apps
          return app && byCode(at, named, 'totp', { code: app.code(), isRight: true, trust })
        }
        if (page.includes('data-use="second-factor"')) return byPasskey(at, named, 'present', at)
        if (at.mailed.length === 0) return byForm(at, '/send-code')
        return byMail(at, at, 'second-factor')
      }
      case 'mailbox':
        return at.mailed.length === 0 ? byForm(at, '/send-code') : byMail(at, at, 'mailbox')
      case 'enrol':
        return enrols(at, trust ? 'passkey' : 'totp')
      case 'backup-codes':
        await byForm(at, '/backup-codes')
        return byForm(at, '/backup-codes/kept')
      case 'offer':
        return byForm(at, '/offer/later')
      default:
        return undefined
    }
  }

  const take = async (one: Action): Promise<unknown> => {
    switch (one.do) {
      case 'begin': {
        const jar = one.sameBrowser ? slotAt(one.slot).jar : newJar()
        return begin(one.slot, asked[one.asks] ?? asked[0], one.fresh, jar)
      }
      case 'on':
        for (let step = 0; step < (one.far ? 7 : 1); step += 1) {
          await goOn(slotAt(one.slot), personAt(one.who), one.trust)
          await look()
          if (isOver(slotAt(one.slot))) return
        }
        return
      case 'password':
        return byPassword(slotAt(one.slot), personAt(one.who), one.right, one.capable)
      case 'totp': {
        const person = personAt(one.who)
        const [app] = person.apps
        const used = [...person.used].findLast((name) => name.startsWith('totp '))?.slice('totp '.length)
        const code = one.code === 'right' ? app?.code() : one.code === 'used' ? used : undefined
        return byCode(slotAt(one.slot), person, 'totp', {
          code: code ?? WRONG,
          isRight: one.code === 'right' && app !== undefined,
          trust: one.trust,
        })
      }
      case 'backup-code': {
        const person = personAt(one.who)
        const isUsed = (code: string) => person.used.has(`backup-code ${code}`)
        const code = person.codes.find((each) => isUsed(each) === (one.code === 'used'))
        const isRight = one.code === 'right' && code !== undefined
        return byCode(slotAt(one.slot), person, 'backup-code', {
          code: one.code === 'wrong' ? 'nonsense' : (code ?? 'nonsense'),
          isRight,
        })
      }
      case 'passkey':
        return byPasskey(slotAt(one.slot), personAt(one.who), one.how, slotAt(one.from))
      case 'mailed':
        return byMail(slotAt(one.slot), slotAt(one.from), one.to)
      case 'form':
        return byForm(slotAt(one.slot), one.path)
      case 'enrol':
        return enrols(slotAt(one.slot), one.factor)
      case 'elsewhere': {
        const { visit } = slotAt(one.slot)
        const cookie = `interaction=${slotAt((one.slot + 1) % SLOTS).pending.uid}`
        const { user, password: right } = personAt(one.who)
        for (const [path, fields] of [
          ['', { email: user.email, password: right }],
          ['/enrol/later', {}],
          ['/backup-codes/kept', {}],
        ] as const)
          expect((await visit.post(path, { ...fields }, { cookie })).status).toBe(410)
        return undefined
      }
      case 'new-password': {
        const person = personAt(one.who)
        person.password = `${password}, number ${person.used.size} of ${clock.now().getTime()}`
        await (one.byMail ? login.recover : login.changePassword)(person.user, person.password)
        person.byMailbox = one.byMail
        for (const [session, live] of sessions) if (live.person === person) sessions.delete(session)
        clock.advance(SECOND)
        return endOthers(person)
      }
      case 'wait':
        return clock.advance(one.ms)
    }
  }

  for (const one of actions) {
    await take(one)
    await look()
  }
}

function fail(why: string): never {
  throw new Error(why)
}

async function personOf(login: Steps, email: string, kind: Kind): Promise<Person> {
  const user = await login.addPerson(email, password)
  const has = (...of: Kind[]) => of.includes(kind)
  const apps = has('app', 'all') ? [await login.addTotp(user)] : []
  const passkeys = has('key', 'all') ? [await login.addPasskey(user)] : []
  const codes = has('app', 'all') ? await login.addBackupCodes(user) : []
  if (has('mail', 'mailbox', 'all')) await login.addEmailCodes(user)
  if (has('mailbox')) await login.recover(user)
  return { user, kind, password, apps, passkeys, codes, used: new Set(), byMailbox: has('mailbox') }
}

/** Of this thread's processor, less for nobody because the machine has much else to do. */
const WORK_MS = 6_000
const LEAST = 10
const arrivals = () => [...reached.values()].reduce((sum, one) => sum + one, 0)

it('[MON-4][STO-2][threat 11] whatever is sent, in whatever order, nobody arrives without every factor that was asked for', {
  timeout: 300_000,
}, async () => {
  const login = await openSteps({ mfa: { factors: [...everything], trustedBrowser: 30 * DAY } })
  const work = workSince()
  let failed = false
  const run = fc.asyncProperty(
    fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(...kinds)),
    fc.array(action, { minLength: 12, maxLength: 40, size: 'max' }),
    async (types, actions) => {
      if (!failed && work() > WORK_MS && runs >= LEAST && arrivals() >= LEAST) return
      // One that fails is made smaller, however long that takes.
      failed = true
      await play(login, types, actions)
      failed = false
    },
  )
  // fast-check prints seed and path of a sequence that fails: hand them over here to see it again.
  await fc.assert(run, { numRuns: 200 })
  const ways = JSON.stringify([...reached])
  expect(runs, ways).toBeGreaterThanOrEqual(LEAST)
  expect(arrivals(), `arrivals, without which this shows nothing: ${ways}`).toBeGreaterThanOrEqual(LEAST)
})
