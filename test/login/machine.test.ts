import { describe, expect, it } from 'vitest'
import { holdsNothing } from '../../src/factors/held.ts'
import { demandOf } from '../../src/factors/rule.ts'
import { type LoginMachine, loginMachine } from '../../src/login/machine/machine.ts'
import { type LoginState, nothingYet, type Proof } from '../../src/login/machine/state.ts'
import type { LoginFacts, LoginInput, Step } from '../../src/login/machine/step.ts'
import { steps } from '../../src/login/machine/steps.ts'
import { type UserId, userId } from '../../src/users/user.ts'
import { oneOf, randomFrom } from './random.ts'

const ada = userId.generate()
const bob = userId.generate()
const at = new Date('2030-01-15T12:00:00Z')

const usual = { held: holdsNothing, demand: demandOf([{ mfa: 'optional' }]), graceUntil: undefined }
const active = (id: UserId): LoginFacts => ({ ...usual, account: { id, status: 'active' } })
const disabled = (id: UserId): LoginFacts => ({ ...usual, account: { id, status: 'disabled' } })
const nobody: LoginFacts = { ...usual, account: undefined }

const identified = (user: UserId | undefined): LoginInput => ({ kind: 'identified', user })
const proven = (user: UserId): LoginInput => ({ kind: 'proven', proof: { factor: 'password', user, at } })
const disproven: LoginInput = { kind: 'disproven', factor: 'password' }

const machine = loginMachine(steps)
const start = machine.resume(nothingYet, nobody)
const run = (...moves: [LoginInput, LoginFacts][]): LoginState<string> =>
  moves.reduce<ReturnType<typeof machine.resume>>((state, move) => machine.transition(state, ...move), start)

describe('the sign-in, state by state', () => {
  it('begins with who it is', () => {
    expect(start).toEqual({ kind: 'waiting', step: 'identify', progress: nothingYet })
  })

  it('goes on to the first factor, and by it to the end', () => {
    expect(run([identified(ada), active(ada)])).toMatchObject({ kind: 'waiting', step: 'first-factor' })
    expect(run([identified(ada), active(ada)], [proven(ada), active(ada)])).toEqual({
      kind: 'done',
      completed: { user: ada, proofs: [{ factor: 'password', user: ada, at }], passed: {} },
    })
  })

  it.each<[string, [LoginInput, LoginFacts][], string]>([
    [
      'a wrong password',
      [
        [identified(ada), active(ada)],
        [disproven, active(ada)],
      ],
      'mismatch',
    ],
    [
      'nobody, by any password',
      [
        [identified(undefined), nobody],
        [disproven, nobody],
      ],
      'unknown',
    ],
    [
      'nobody, even if something is proven',
      [
        [identified(undefined), nobody],
        [proven(ada), active(ada)],
      ],
      'unknown',
    ],
    [
      'the proof of somebody else',
      [
        [identified(ada), active(ada)],
        [proven(bob), active(ada)],
      ],
      'mismatch',
    ],
    [
      'the facts of somebody else',
      [
        [identified(ada), active(ada)],
        [proven(ada), active(bob)],
      ],
      'unknown',
    ],
    [
      'somebody who is disabled',
      [
        [identified(ada), disabled(ada)],
        [proven(ada), disabled(ada)],
      ],
      'disabled',
    ],
    [
      'somebody disabled meanwhile',
      [
        [identified(ada), active(ada)],
        [proven(ada), disabled(ada)],
      ],
      'disabled',
    ],
    [
      'somebody who is gone meanwhile',
      [
        [identified(ada), active(ada)],
        [proven(ada), nobody],
      ],
      'unknown',
    ],
  ])('refuses %s', (_what, moves, why) => {
    expect(run(...moves)).toEqual({ kind: 'refused', why })
  })

  it('lets a refused one begin again', () => {
    expect(
      run(
        [identified(ada), active(ada)],
        [disproven, active(ada)],
        [identified(bob), active(bob)],
        [proven(bob), active(bob)],
      ),
    ).toMatchObject({ kind: 'done', completed: { user: bob } })
  })

  it('takes no factor before it knows of whom', () => {
    expect(run([proven(ada), active(ada)])).toEqual(start)
  })

  it('a table without any steps lets nobody in', () => {
    const open = loginMachine<never>([])
    expect(open.resume(nothingYet, active(ada)).kind).toBe('refused')
    expect(open.resume({ identity: ada, proofs: [] }, active(ada)).kind).toBe('refused')
  })
})

/** What is to come, as somebody will add it: a gate that asks about a fact, after the factors of today. */
let gateIsDue = false
const gate: Step<'gate'> = {
  name: 'gate',
  isDue: () => gateIsDue,
  take: (progress, input) =>
    input.kind === 'disproven' ? { kind: 'refused', why: 'mismatch' } : { kind: 'progress', progress },
}
const again: Step<'again'> = {
  name: 'again',
  isDue: ({ proofs }) => proofs.length < 2,
  take: ({ identity, proofs }, input) =>
    input.kind === 'proven' && input.proof.user === identity
      ? { kind: 'progress', progress: { identity, proofs: [...proofs, input.proof] } }
      : { kind: 'refused', why: 'mismatch' },
}

const tables: [string, LoginMachine<string>, number][] = [
  ['as it is', loginMachine<string>(steps), 1],
  ['with a second factor', loginMachine<string>([...steps, again]), 2],
  ['with a second factor and a gate', loginMachine<string>([...steps, again, gate]), 2],
  ['with the table in another order', loginMachine<string>([...steps, again, gate].reverse()), 2],
]

const SEQUENCES = 4000
const LENGTH = 14

/** Any input at any time, with any facts, and now and then from what an earlier request left in the table. */
function play(machine: LoginMachine<string>, seed: number) {
  const random = randomFrom(seed)
  const anybody = () => oneOf(random, [ada, bob])
  const proof = (): Proof => ({ factor: 'password', user: anybody(), at })
  const input = (): LoginInput =>
    oneOf<() => LoginInput>(random, [
      () => identified(oneOf(random, [ada, bob, undefined])),
      () => ({ kind: 'proven', proof: proof() }),
      () => ({ kind: 'proven', proof: proof() }),
      () => disproven,
    ])()
  let state = machine.resume(nothingYet, nobody)
  /** The record of an onlooker, who knows nothing of steps: who was named last, and what was proven of them since. */
  let named: UserId | undefined
  let since: UserId[] = []
  for (let move = 0; move < LENGTH && state.kind !== 'done'; move += 1) {
    gateIsDue = random() < 0.3
    const account = oneOf<LoginFacts>(random, [
      active(ada),
      active(bob),
      active(ada),
      active(bob),
      disabled(ada),
      nobody,
    ])
    if (state.kind === 'waiting' && random() < 0.2) {
      state = machine.resume(state.progress, account)
    } else {
      const next = input()
      if (next.kind === 'identified') [named, since] = [next.user, []]
      if (next.kind === 'proven') since.push(next.proof.user)
      state = machine.transition(state, next, account)
    }
    if (state.kind === 'done') return { user: state.completed.user, named, since, facts: account, gateIsDue }
  }
  return undefined
}

describe('[threat 11] steps left out, repeated, reordered, restarted', () => {
  it.each(tables)('never end a sign-in without its factors: %s', (_name, table, factors) => {
    let arrived = 0
    for (let seed = 1; seed <= SEQUENCES; seed += 1) {
      const end = play(table, seed)
      if (!end) continue
      arrived += 1
      const context = `seed ${seed}`
      expect(end.user, context).toBe(end.named)
      expect(end.since.filter((user) => user === end.user).length, context).toBeGreaterThanOrEqual(factors)
      expect(end.facts.account, context).toEqual({ id: end.user, status: 'active' })
    }
    expect(arrived, 'sequences that arrive: without them this shows nothing').toBeGreaterThan(20)
  })

  it('a step that takes any proof for anybody opens nothing', () => {
    const careless: Step<'careless'> = {
      name: 'careless',
      isDue: ({ proofs }) => proofs.length === 0,
      take: (progress, input) =>
        input.kind === 'proven' ? { kind: 'progress', progress: { ...progress, proofs: [input.proof] } } : undefined,
    }
    const table = loginMachine<string>([careless])
    const named = table.transition(table.resume(nothingYet, active(ada)), identified(ada), active(ada))
    expect(table.transition(named, proven(bob), active(ada))).toEqual({ kind: 'refused', why: 'mismatch' })
    expect(table.transition(named, proven(ada), active(ada))).toMatchObject({ kind: 'done' })
  })

  it('a gate that is due holds whoever has proven everything', () => {
    const table = loginMachine<string>([...steps, gate])
    gateIsDue = true
    const held = table.resume({ identity: ada, proofs: [{ factor: 'password', user: ada, at }] }, active(ada))
    expect(held).toMatchObject({ kind: 'waiting', step: 'gate' })
    gateIsDue = false
    expect(table.transition(held, proven(ada), active(ada))).toMatchObject({ kind: 'done' })
  })

  it('whoever is disabled while a gate holds them is refused there', () => {
    const table = loginMachine<string>([...steps, gate])
    gateIsDue = true
    const proofs = [{ factor: 'password', user: ada, at }] as const
    expect(table.resume({ identity: ada, proofs }, disabled(ada))).toEqual({ kind: 'refused', why: 'disabled' })
  })
})
