import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { type SecondFactor, secondFactors } from '../../factors/factor.ts'
import { notedPause, pauseLeft } from '../../guard/lockout/pause-note.ts'
import type { HttpEnv } from '../../http/env.ts'
import { allowFormTo } from '../../http/headers/content-security-policy.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import { wordsOf } from '../answer-page.ts'
import { mayAddOffered } from '../machine/enrolment-steps.ts'
import { nextOf } from '../machine/next.ts'
import type { StepName } from '../machine/steps.ts'
import type { StepNote } from '../notes.ts'
import { BackupCodesPage } from '../pages/backup-codes.tsx'
import type { CodeTrouble } from '../pages/code-problem.ts'
import { EnrolPage } from '../pages/enrol.tsx'
import { EnrolTotpPage, type TotpTrouble } from '../pages/enrol-totp.tsx'
import { MailboxPage } from '../pages/mailbox.tsx'
import { OfferPasskeyPage } from '../pages/offer-passkey.tsx'
import type { PasskeyTrouble } from '../pages/passkey-problem.ts'
import { SecondFactorPage } from '../pages/second-factor.tsx'
import { StuckPage } from '../pages/stuck.tsx'
import type { BrowserCookie, PendingInteraction } from '../ports.ts'
import type { SignIn } from '../service.ts'
import type { Standing } from '../standing.ts'

export interface ShowDeps {
  readonly signIn: SignIn
  /** Milliseconds; 0 where no browser is trusted. */
  readonly trustLasts: number
  readonly host: string
  readonly browserCookie: BrowserCookie
  readonly clock: Clock
}

/** What the last form was told. */
export interface Told {
  readonly way?: SecondFactor | undefined
  readonly trouble?: CodeTrouble | undefined
  readonly passkey?: PasskeyTrouble | undefined
  /** A backup code that did not match. */
  readonly typed?: string | undefined
  readonly totp?: (TotpTrouble & { readonly typed?: string | undefined }) | undefined
  readonly codes?: readonly Secret<string>[] | undefined
}

export const toldBy = ({ code, triesLeft, pause, way, passkey, totp, typed }: StepNote, now: Date): Told => ({
  way,
  trouble: { code, triesLeft, pause: pauseLeft(pause, now) },
  passkey,
  typed: way === 'backup-code' ? typed : undefined,
  totp: { ...totp, code, typed },
})

export type LaterStep = Exclude<StepName, 'identify' | 'first-factor' | 'new-password'>

interface Asked {
  readonly c: Context<HttpEnv>
  readonly pending: PendingInteraction
  readonly standing: Standing
  readonly told: Told
}

type Page = JSX.Element

export type ShowStep = (asked: Asked, step: LaterStep) => Promise<Page>

/** A page for every step behind the first form. */
export function showingSteps({ signIn, trustLasts, host, browserCookie, clock }: ShowDeps): ShowStep {
  const common = ({ c, pending, standing }: Asked) => {
    allowFormTo(c, pending.redirectUri)
    return {
      t: wordsOf(c, pending.uiLocales),
      base: `/login/${pending.uid}`,
      client: pending.client,
      account: standing.person?.email ?? '',
    } as const
  }
  const nextFor = ({ standing: { state, facts } }: Asked) =>
    state.kind === 'waiting' ? nextOf(state.progress, facts) : undefined

  /** Said before somebody types a code that nobody looks at, too. */
  const troubleIn = async ({ c, standing, told: { trouble } }: Asked): Promise<CodeTrouble> => {
    if (trouble?.pause) return trouble
    const pause = await signIn.pauseOf(standing, browserCookie.of(c))
    return { ...trouble, pause: pauseLeft(notedPause(pause), clock.now()) }
  }

  const pages: Record<LaterStep, (asked: Asked) => Promise<Page>> = {
    'second-factor': async (asked) => {
      const next = nextFor(asked)
      const ways = next?.kind === 'prove' ? next.factors : []
      const way = wayOf(asked, ways)
      const { told, pending } = asked
      return (
        <SecondFactorPage
          {...common(asked)}
          way={way}
          ways={ways}
          trouble={way === 'passkey' ? told.trouble : await troubleIn(asked)}
          typed={way === 'backup-code' ? told.typed : undefined}
          passkeyTrouble={told.passkey}
          trustFor={trustLasts > 0 && !pending.fresh ? trustLasts / 1000 : undefined}
          sent={way === 'email-code' ? await signIn.sentCode(pending, 'second-factor') : undefined}
        />
      )
    },
    stuck: async (asked) => <StuckPage {...common(asked)} />,
    mailbox: async (asked) => (
      <MailboxPage
        {...common(asked)}
        trouble={await troubleIn(asked)}
        sent={await signIn.sentCode(asked.pending, 'mailbox')}
        putOffUntil={asked.standing.facts.graceUntil}
        isOffer={isOfOffer(asked.standing)}
      />
    ),
    enrol: async (asked) => {
      const { c, pending, standing, told } = asked
      const offer = c.req.query('enrol') === 'totp' ? await signIn.offeredTotp(pending) : undefined
      if (offer) return <EnrolTotpPage {...common(asked)} offer={offer} name={told.totp?.typed} trouble={told.totp} />
      const next = nextFor(asked)
      return (
        <EnrolPage
          {...common(asked)}
          factors={next?.kind === 'enrol' ? next.factors : []}
          trouble={told.passkey}
          putOffUntil={standing.facts.graceUntil}
          isRecovered={standing.facts.held.mustEnrol}
        />
      )
    },
    'backup-codes': async (asked) => {
      const { state } = asked.standing
      const wereMade = state.kind === 'waiting' && state.progress.passed?.backupCodes === 'made'
      return <BackupCodesPage {...common(asked)} host={host} codes={asked.told.codes} wereMade={wereMade} />
    },
    'offer-passkey': async (asked) => {
      const { state, facts } = asked.standing
      const mayAdd = state.kind === 'waiting' && mayAddOffered(state.progress, facts)
      return <OfferPasskeyPage {...common(asked)} mayAdd={mayAdd} trouble={asked.told.passkey} />
    },
  }
  return (asked, step) => pages[step](asked)
}

/** For whoever wants a passkey, whom nobody asks for one. */
const isOfOffer = ({ state }: Standing): boolean =>
  state.kind === 'waiting' && state.progress.passed?.offer === 'accepted'

/** The one that was asked for, or tried last; else the strongest that there is. */
function wayOf({ c, told }: Asked, ways: readonly SecondFactor[]): SecondFactor {
  const asked = secondFactors.find((factor) => factor === c.req.query('with'))
  const [first = 'totp'] = ways
  return [asked, told.way].find((way) => way !== undefined && ways.includes(way)) ?? first
}
