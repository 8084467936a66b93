import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { notedPause } from '../../guard/lockout/pause-note.ts'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { limited } from '../../http/limits/limited.ts'
import { again, page } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import { MailboxPage } from '../pages/security/mailbox.tsx'
import { paths } from '../paths.ts'
import type { ForViewer, Visit } from '../viewer.ts'
import { goTo } from './answers.ts'
import type { AddingDeps } from './app-routes.tsx'
import { holderOf } from './factors.ts'
import { codePauseText, codesHeldBack } from './held-back.ts'
import { onTheWay } from './mailbox-page.ts'
import { type CodeNote, notedMailbox } from './notes.ts'

interface MailboxRoutesDeps extends AddingDeps {
  readonly mailIsSent: boolean
}

type Handle = Parameters<ForViewer>[1]

const codeForm = z.strictObject({ code: z.string().default('') })

/** Before whoever has no stronger factor adds one or takes one away. Nothing is mailed before somebody asks for it. */
export function mailboxRoutes(deps: MailboxRoutesDeps): Hono<HttpEnv> {
  const { forViewer, changes, own, judge, mailboxProof, notes, clock, mailIsSent } = deps
  const asking = { page: (c: Context<HttpEnv>) => onTheWay(c).here, fresh: true } as const

  const show = async (c: Context<HttpEnv>, visit: Visit, note: CodeNote = {}, whole?: string) => {
    const t = languageOf(c)
    const { here, send } = onTheWay(c)
    return (
      <MailboxPage
        t={t}
        email={visit.user.email}
        action={here}
        send={send}
        wasSent={(await own.emailCodes.waiting(holderOf(visit), 'mailbox')) !== undefined}
        mailIsSent={mailIsSent}
        code={note.code}
        whole={codePauseText(t, note.pause, clock) ?? whole}
      />
    )
  }

  const take: Handle = async (c, visit) => {
    const { code } = await readForm(c, codeForm)
    const { here, on } = onTheWay(c)
    const refuse = (note: CodeNote) =>
      notes.answer(c, notedMailbox(visit), {
        note,
        to: languageOf(c).carry(here),
        inPlace: async () => page(c, await show(c, visit, note), 422),
      })
    if (code.trim() === '') return refuse({ code: 'missing' })
    const judged = await judge(
      c,
      visit,
      () => changes.proveMailbox(visit, code),
      (result) => !result.ok && result.error === 'mismatch',
    )
    if (judged.kind !== 'judged') {
      const held = codesHeldBack(languageOf(c), judged, clock)
      return again(c, held, await show(c, visit, {}, held.text))
    }
    const { result, pause } = judged
    if (!result.ok)
      return result.error === 'mismatch' ? refuse({ code: 'mismatch', pause: notedPause(pause) }) : goTo(c, here)
    await mailboxProof.remember(c, visit)
    return goTo(c, on)
  }

  return new Hono<HttpEnv>()
    .get(
      paths.mailbox,
      forViewer(asking, async (c, visit) =>
        visit.mailbox === 'due'
          ? page(c, await show(c, visit, await notes.take(c, notedMailbox(visit))))
          : goTo(c, onTheWay(c).on),
      ),
    )
    .post(
      paths.sendMailboxCode,
      forViewer(asking, async (c, visit) => {
        await readForm(c, emptyForm)
        const { id, email, name, locale } = visit.user
        const person = { id, email, name, locale: locale ?? visit.locale }
        const sent = await own.emailCodes.send(visit.by, { holder: holderOf(visit), purpose: 'mailbox', person })
        if (!sent.ok) limited(c, sent.error.verdict)
        return goTo(c, onTheWay(c).here)
      }),
    )
    .post(paths.mailbox, forViewer(asking, take))
}
