import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { TotpOffer } from '../../credentials/totp/offer.ts'
import { notedPause } from '../../guard/lockout/pause-note.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Notes } from '../../http/input/notes.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import type { Clock } from '../../lib/clock.ts'
import { again, page } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import type { MailboxProof } from '../mailbox-proof.ts'
import { AddAppPage } from '../pages/security/add-app.tsx'
import { paths } from '../paths.ts'
import type { OwnFactors, StepUpRules } from '../ports.ts'
import type { ForViewer, Visit } from '../viewer.ts'
import { afterAdding } from './after-adding.ts'
import { goTo, seenIn } from './answers.ts'
import type { JudgeCode } from './codes.ts'
import { type FactorChanges, holderOf } from './factors.ts'
import { codePauseText, codesHeldBack } from './held-back.ts'
import { mailboxFor } from './mailbox-page.ts'
import { type AppNote, notedApp } from './notes.ts'

export interface AddingDeps {
  readonly forViewer: ForViewer
  readonly changes: FactorChanges
  readonly own: OwnFactors
  readonly stepUp: StepUpRules
  readonly judge: JudgeCode
  readonly mailboxProof: Pick<MailboxProof, 'remember'>
  readonly notes: Notes
  readonly clock: Clock
}

const field = z.string().default('')
const appForm = z.strictObject({ name: field, code: field })

/** The POST makes the secret, the page shows it as often as it is asked for, and the code proves that it has arrived. */
export function appRoutes({ forViewer, changes, own, stepUp, judge, notes, clock }: AddingDeps): Hono<HttpEnv> {
  const here = { page: paths.addApp, fresh: true } as const
  const beginning = { page: paths.security, fresh: true } as const
  const isOffered = stepUp.counting.includes('totp')

  const show = (c: Context<HttpEnv>, offer: TotpOffer, note?: AppNote, whole?: string) => {
    const t = languageOf(c)
    const { name = t('totp.name.default'), nameProblem, code, tooMany, pause } = note ?? {}
    const said = codePauseText(t, pause, clock) ?? (tooMany ? t('totp.error.too-many') : whole)
    return <AddAppPage t={t} offer={offer} name={name} nameProblem={nameProblem} code={code} whole={said} />
  }

  const take = async (c: Context<HttpEnv>, visit: Visit): Promise<Response> => {
    const { name, code } = await readForm(c, appForm)
    if (visit.mailbox === 'due') return goTo(c, mailboxFor('app'))
    const offer = await own.totps.offered(holderOf(visit), visit.user)
    if (!offer) return goTo(c, paths.addApp)
    const refuse = (note: AppNote) =>
      notes.answer(c, notedApp(visit), {
        note,
        to: languageOf(c).carry(paths.addApp),
        inPlace: () => page(c, show(c, offer, note), 422),
      })
    if (name.trim() === '')
      return refuse({ name, nameProblem: 'missing', ...(code.trim() === '' && { code: 'missing' }) })
    if (code.trim() === '') return refuse({ name, code: 'missing' })

    const judged = await judge(
      c,
      visit,
      () => changes.addApp({ ...visit, ...seenIn(c) }, { name, code }),
      (result) => !result.ok && result.error === 'mismatch',
    )
    if (judged.kind !== 'judged') {
      const held = codesHeldBack(languageOf(c), judged, clock)
      return again(c, held, show(c, offer, { name }, held.text))
    }
    const { result, pause } = judged
    if (result.ok) return goTo(c, await afterAdding(own, stepUp, visit.user.id, 'app'))
    switch (result.error) {
      case 'mismatch':
        return refuse({ name, code: 'mismatch', pause: notedPause(pause) })
      case 'name-invalid':
        return refuse({ name, nameProblem: 'invalid' })
      case 'too-many':
        return refuse({ name, tooMany: true })
      default:
        // Waited too long, or signed out meanwhile: the page says what comes next.
        return goTo(c, paths.addApp)
    }
  }

  return new Hono<HttpEnv>()
    .post(
      paths.beginApp,
      forViewer(beginning, async (c, visit) => {
        await readForm(c, emptyForm)
        if (!isOffered) return goTo(c, paths.security)
        await own.totps.offer(holderOf(visit), visit.user.id)
        return goTo(c, paths.addApp)
      }),
    )
    .get(
      paths.addApp,
      forViewer(here, async (c, visit) => {
        if (visit.mailbox === 'due') return goTo(c, mailboxFor('app'))
        const offer = await own.totps.offered(holderOf(visit), visit.user)
        return offer ? page(c, show(c, offer, await notes.take(c, notedApp(visit)))) : goTo(c, paths.security)
      }),
    )
    .post(paths.addApp, forViewer(here, take))
}
