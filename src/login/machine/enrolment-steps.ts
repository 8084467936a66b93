import { secondFactorsOf } from '../../factors/held.ts'
import { isPutOff, nextOf } from './next.ts'
import type { Passed, Progress } from './state.ts'
import type { LoginFacts, Step, Taken } from './step.ts'

const passing = (progress: Progress, more: Passed): Taken => ({
  kind: 'progress',
  progress: { ...progress, passed: { ...progress.passed, ...more } },
})

const isAsked = (progress: Progress, facts: LoginFacts) =>
  nextOf(progress, facts).kind === 'enrol' && !isPutOff(progress, facts)

/** Of whoever has nothing but a password: with a stolen one alone nobody adds a factor of theirs to the account. */
export const mailbox: Step<'mailbox'> = {
  name: 'mailbox',
  isDue: (progress, facts) => {
    if (progress.passed?.mailbox) return false
    const next = nextOf(progress, facts)
    if (next.kind === 'enrol') return next.mailboxFirst && isAsked(progress, facts)
    return progress.passed?.offer === 'accepted' && isFirstOfTheirs(facts)
  },
  take: (progress, input, facts) => {
    if (input.kind === 'mailbox-proven') return passing(progress, { mailbox: input.at })
    if (input.kind === 'declined' && progress.passed?.offer === 'accepted')
      return passing(progress, { offer: 'declined' })
    return putOff(progress, input.kind, facts)
  },
}

export const enrol: Step<'enrol'> = {
  name: 'enrol',
  isDue: isAsked,
  take: (progress, input, facts) => {
    const next = nextOf(progress, facts)
    if (input.kind !== 'enrolled') return putOff(progress, input.kind, facts)
    if (next.kind !== 'enrol' || !next.factors.includes(input.factor)) return undefined
    return passing({ ...progress, proofs: [...progress.proofs, input.proof] }, { enrolled: input.factor })
  },
}

function putOff(progress: Progress, kind: string, { graceUntil }: LoginFacts): Taken | undefined {
  return kind === 'put-off' && graceUntil !== undefined ? passing(progress, { putOff: true }) : undefined
}

/** For whoever has just got their first factor: the day will come when it is gone. */
export const backupCodes: Step<'backup-codes'> = {
  name: 'backup-codes',
  isDue: ({ passed }, { held, demand }) =>
    passed?.enrolled !== undefined &&
    passed.backupCodes !== 'kept' &&
    demand.counting.includes('backup-code') &&
    (passed.backupCodes === 'made' || !held.hasBackupCodes),
  take: (progress, input) => {
    if (input.kind !== 'backup-codes') return undefined
    if (input.are === 'kept' && progress.passed?.backupCodes !== 'made') return undefined
    return passing(progress, { backupCodes: input.are })
  },
}

const isFirstOfTheirs = ({ held }: LoginFacts): boolean => secondFactorsOf(held).length === 0

/** A first factor is added behind the mailbox, whoever wants it; another one behind those that there are. */
export const mayAddOffered = ({ passed }: Progress, facts: LoginFacts): boolean =>
  passed?.mailbox !== undefined || !isFirstOfTheirs(facts)

/** After everything that has to be: nobody is kept from arriving by an offer. */
export const offerPasskey: Step<'offer-passkey'> = {
  name: 'offer-passkey',
  isDue: ({ passed, proofs }, facts) =>
    (passed?.offer === 'passkey' || passed?.offer === 'accepted') &&
    passed.enrolled === undefined &&
    facts.held.passkeys === 0 &&
    // Whoever has a second factor has proven it by now; nobody adds one beside it without.
    proofs.some(({ factor }) => factor !== 'trusted-browser' && factor !== 'password') === !isFirstOfTheirs(facts) &&
    facts.demand.counting.includes('passkey'),
  take: (progress, input, facts) => {
    if (input.kind === 'declined' || input.kind === 'accepted') return passing(progress, { offer: input.kind })
    if (input.kind !== 'enrolled' || input.factor !== 'passkey' || !mayAddOffered(progress, facts)) return undefined
    return passing(
      { ...progress, proofs: [...progress.proofs, input.proof] },
      { offer: 'declined', enrolled: 'passkey' },
    )
  },
}
