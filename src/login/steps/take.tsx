import type { Context } from 'hono'
import { notedPause } from '../../guard/lockout/pause-note.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Notes } from '../../http/input/notes.ts'
import { readForm } from '../../http/input/read.ts'
import { limitsOn, limited as refuseBeyond } from '../../http/limits/limited.ts'
import type { LimitRefusal } from '../../http/limits/quota.ts'
import type { Clock } from '../../lib/clock.ts'
import type { AnswerGone } from '../answer-gone.tsx'
import { answerPage } from '../answer-page.ts'
import type { OverBy } from '../attempts/challenge.ts'
import type { Done } from '../claim.ts'
import type { CodeOutcome } from '../codes.ts'
import { codeForm, emptyForm, mailboxForm, newPasskeyForm, newTotpForm, passkeyForm } from '../forms.ts'
import { notedSignIn, notedStep, type StepNote } from '../notes.ts'
import { troubleOf } from '../pages/passkey-problem.ts'
import type { Interactions, PendingInteraction } from '../ports.ts'
import type { SignIn } from '../service.ts'
import { type BrowserCookies, leave, whereOf } from '../where.ts'
import { type LaterStep, type ShowStep, toldBy } from './show.tsx'

interface TakeDeps {
  readonly interactions: Pick<Interactions, 'signedIn'>
  readonly signIn: SignIn
  readonly cookies: BrowserCookies
  readonly notes: Pick<Notes, 'answer'>
  readonly gone: AnswerGone
  readonly showStep: ShowStep
  readonly clock: Clock
}

type Take = (c: Context<HttpEnv>, pending: PendingInteraction) => Promise<Response>

/** The forms of the steps behind the first one. */
export function takingSteps(deps: TakeDeps): Record<Form, Take> {
  const { interactions, signIn, cookies, notes, gone, showStep, clock } = deps
  const pathOf = ({ uid }: PendingInteraction): `/${string}` => `/login/${uid}`
  const onwards: Take = async (c, pending) => c.redirect(pathOf(pending), 303)
  const done = (c: Context<HttpEnv>, outcome: Done) => leave(c, { interactions, cookies }, outcome)

  /** The page again, with what was wrong about the form. */
  const again = (c: Context<HttpEnv>, pending: PendingInteraction, { note, status, to = '', step }: Again) =>
    notes.answer(c, notedStep(pending), {
      note,
      to: `${pathOf(pending)}${to}`,
      inPlace: async () => {
        const standing = await signIn.standingOf(pending)
        const told = toldBy(note, clock.now())
        if (told.trouble?.pause?.kind === 'locked') c.header('Retry-After', String(told.trouble.pause.seconds))
        return answerPage(c, await showStep({ c, pending, standing, told }, step), status)
      },
    })

  /** In place and with its status: whoever is told to wait has nothing to go back to. */
  const limited = async (c: Context<HttpEnv>, pending: PendingInteraction, { step, way, verdict }: Waiting) => {
    limitsOn(c, verdict)
    const standing = await signIn.standingOf(pending)
    const pause = { kind: 'limited', seconds: verdict.retryAfterSeconds } as const
    const told = { way, trouble: { pause }, totp: { waitSeconds: verdict.retryAfterSeconds } }
    return answerPage(c, await showStep({ c, pending, standing, told }, step), 429)
  }

  const over = (c: Context<HttpEnv>, pending: PendingInteraction, why: OverBy) =>
    notes.answer(c, notedSignIn(pending), {
      note: { email: '', problem: `over-${why}` },
      to: pathOf(pending),
      inPlace: () => onwards(c, pending),
    })

  const afterCode = (c: Context<HttpEnv>, pending: PendingInteraction, outcome: CodeOutcome, at: At) => {
    switch (outcome.kind) {
      case 'done':
        return done(c, outcome)
      case 'waiting':
        return onwards(c, pending)
      case 'over':
        return over(c, pending, outcome.why)
      case 'limited':
        return limited(c, pending, { ...at, verdict: outcome.verdict })
      case 'locked':
      case 'off':
        return again(c, pending, { ...at, note: { way: at.way, pause: notedPause(outcome) }, status: 429 })
      case 'mismatch': {
        const { triesLeft, pause } = outcome
        const note: StepNote = { way: at.way, code: 'mismatch', triesLeft, pause: notedPause(pause), typed: at.typed }
        return again(c, pending, { ...at, note, status: 401 })
      }
    }
  }

  const empty =
    (take: (...args: Parameters<Take>) => Promise<unknown>, to = ''): Take =>
    async (c, pending) => {
      await readForm(c, emptyForm)
      const outcome = await take(c, pending)
      if (isDone(outcome)) return done(c, outcome)
      return c.redirect(`${pathOf(pending)}${to}`, 303)
    }

  return {
    'second-factor': async (c, pending) => {
      const { factor, code, trust } = await readForm(c, codeForm)
      // Sixteen characters off a sheet of paper: one of them is mended sooner than all are typed anew.
      const at = { step: 'second-factor', way: factor, ...(factor === 'backup-code' && { typed: code }) } as const
      if (code.trim() === '') return again(c, pending, { ...at, note: { way: factor, code: 'missing' }, status: 422 })
      return afterCode(c, pending, await signIn.withCode(pending, { factor, code, trust }, whereOf(c, cookies)), at)
    },
    mailbox: async (c, pending) => {
      const { code } = await readForm(c, mailboxForm)
      const at = { step: 'mailbox', way: 'email-code' } as const
      if (code.trim() === '') return again(c, pending, { ...at, note: { code: 'missing' }, status: 422 })
      return afterCode(c, pending, await signIn.withMailboxCode(pending, code, whereOf(c, cookies)), at)
    },
    'send-code': async (c, pending) => {
      await readForm(c, emptyForm)
      const outcome = await signIn.sendCode(pending, whereOf(c, cookies))
      if (outcome.kind === 'over') return over(c, pending, outcome.why)
      const { state } = await signIn.standingOf(pending)
      const step = state.kind === 'waiting' && state.step === 'mailbox' ? 'mailbox' : 'second-factor'
      if (outcome.kind === 'limited') return limited(c, pending, { step, way: 'email-code', verdict: outcome.verdict })
      return c.redirect(`${pathOf(pending)}?with=email-code`, 303)
    },
    'passkey/options': async (c, pending) => {
      const options = await signIn.passkeyOptions(pending)
      return options ? c.json(options) : c.json({ gone: true }, 409)
    },
    passkey: async (c, pending) => {
      const { credential, trust } = await readForm(c, passkeyForm)
      const outcome = await signIn.withPasskey(pending, { response: credential, trust }, whereOf(c, cookies))
      const { state } = await signIn.standingOf(pending)
      const isSecond = state.kind === 'waiting' && state.step === 'second-factor'
      switch (outcome.kind) {
        case 'done':
          return done(c, outcome)
        case 'waiting':
          return onwards(c, pending)
        case 'taken':
          return gone(c, pending)
        case 'limited':
          if (isSecond) return limited(c, pending, { step: 'second-factor', way: 'passkey', verdict: outcome.verdict })
          refuseBeyond(c, outcome.verdict)
          return onwards(c, pending)
        case 'refused': {
          const passkey = { why: troubleOf(outcome.why), credentialId: outcome.credentialId }
          if (isSecond)
            return again(c, pending, { step: 'second-factor', note: { way: 'passkey', passkey }, status: 401 })
          return notes.answer(c, notedSignIn(pending), {
            note: { email: '', passkey },
            to: pathOf(pending),
            inPlace: () => onwards(c, pending),
          })
        }
      }
    },
    'enrol/totp/offer': empty((_, pending) => signIn.offerTotp(pending), '?enrol=totp'),
    'enrol/totp': async (c, pending) => {
      const { code, name } = await readForm(c, newTotpForm)
      const at = { step: 'enrol', to: '?enrol=totp' } as const
      const [noCode, noName] = [code.trim() === '', name.trim() === '']
      if (noCode || noName) {
        const totp = noName ? { name: 'name-missing' as const } : {}
        return again(c, pending, {
          ...at,
          note: { ...(noCode && { code: 'missing' }), totp, typed: name },
          status: 422,
        })
      }
      const outcome = await signIn.addTotp(pending, { code, name }, whereOf(c, cookies))
      switch (outcome.kind) {
        case 'done':
          return done(c, outcome)
        case 'waiting':
          return onwards(c, pending)
        case 'limited':
          return limited(c, pending, { step: 'enrol', verdict: outcome.verdict })
        case 'refused': {
          const { why } = outcome
          if (why === 'gone') return onwards(c, pending)
          if (why === 'mismatch')
            return again(c, pending, { ...at, note: { code: 'mismatch', typed: name }, status: 422 })
          const totp = why === 'too-many' ? { whole: why } : { name: why }
          return again(c, pending, { ...at, note: { totp, typed: name }, status: 422 })
        }
      }
    },
    'passkey/add': async (c, pending) => {
      const { credential, name } = await readForm(c, newPasskeyForm)
      const before = await signIn.standingOf(pending)
      const isOffer = before.state.kind === 'waiting' && before.state.step === 'offer-passkey'
      const outcome = await signIn.addPasskey(pending, { response: credential, name }, whereOf(c, cookies))
      if (outcome.kind === 'done') return done(c, outcome)
      if (outcome.kind !== 'refused') return onwards(c, pending)
      const note = { passkey: { why: troubleOf(outcome.why.kind), credentialId: outcome.why.credentialId } }
      return again(c, pending, { step: isOffer ? 'offer-passkey' : 'enrol', note, status: 422 })
    },
    'enrol/email-code': empty((c, pending) => signIn.useEmailCodes(pending, whereOf(c, cookies))),
    'enrol/later': empty((c, pending) => signIn.putOff(pending, whereOf(c, cookies))),
    'offer/later': empty((c, pending) => {
      cookies.laterCookie.keep(c)
      return signIn.declineOffer(pending, whereOf(c, cookies))
    }),
    'offer/accept': empty((c, pending) => signIn.acceptOffer(pending, whereOf(c, cookies))),
    'backup-codes': async (c, pending) => {
      await readForm(c, emptyForm)
      const codes = await signIn.makeBackupCodes(pending, whereOf(c, cookies))
      if (!codes) return onwards(c, pending)
      const standing = await signIn.standingOf(pending)
      return answerPage(c, await showStep({ c, pending, standing, told: { codes } }, 'backup-codes'))
    },
    'backup-codes/kept': empty((c, pending) => signIn.keptBackupCodes(pending, whereOf(c, cookies))),
  }
}

export const forms = [
  'second-factor',
  'mailbox',
  'send-code',
  'passkey/options',
  'passkey',
  'enrol/totp/offer',
  'enrol/totp',
  'passkey/add',
  'enrol/email-code',
  'enrol/later',
  'offer/later',
  'offer/accept',
  'backup-codes',
  'backup-codes/kept',
] as const
type Form = (typeof forms)[number]

interface Again {
  readonly note: StepNote
  readonly status: 401 | 422 | 429
  readonly step: LaterStep
  /** Which view of the step. */
  readonly to?: '' | `?${string}`
}

type At = Pick<Again, 'step'> & { readonly way: NonNullable<StepNote['way']>; readonly typed?: string }

interface Waiting {
  readonly step: LaterStep
  readonly way?: StepNote['way']
  readonly verdict: LimitRefusal
}

const isDone = (outcome: unknown): outcome is Done =>
  typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'done'
