import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { notedPause } from '../../guard/lockout/pause-note.ts'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { limited } from '../../http/limits/limited.ts'
import { again, page } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import { AddEmailCodePage } from '../pages/security/add-email-code.tsx'
import { paths } from '../paths.ts'
import type { ForViewer, Visit } from '../viewer.ts'
import { afterAdding } from './after-adding.ts'
import { goTo, seenIn } from './answers.ts'
import type { AddingDeps } from './app-routes.tsx'
import { holderOf } from './factors.ts'
import { codePauseText, codesHeldBack } from './held-back.ts'
import { type CodeNote, notedEmailCode } from './notes.ts'

const codeForm = z.strictObject({ code: z.string().default('') })

type Handle = Parameters<ForViewer>[1]

/** Where codes by mail count at all: turned on by the code that came, so nobody is asked for letters that never arrive. */
export function emailCodeRoutes(deps: AddingDeps): Hono<HttpEnv> {
  const { forViewer, changes, own, stepUp, judge, mailboxProof, notes, clock } = deps
  const here = { page: paths.addEmailCode, fresh: true } as const
  const isOffered = stepUp.counting.includes('email-code')

  const show = (c: Context<HttpEnv>, { user }: Visit, note: CodeNote = {}, whole?: string) => {
    const t = languageOf(c)
    return (
      <AddEmailCodePage
        t={t}
        email={user.email}
        code={note.code}
        whole={codePauseText(t, note.pause, clock) ?? whole}
      />
    )
  }

  const take: Handle = async (c, visit) => {
    const { code } = await readForm(c, codeForm)
    const refuse = (note: CodeNote) =>
      notes.answer(c, notedEmailCode(visit), {
        note,
        to: languageOf(c).carry(paths.addEmailCode),
        inPlace: () => page(c, show(c, visit, note), 422),
      })
    if (!isOffered) return goTo(c, paths.security)
    if (code.trim() === '') return refuse({ code: 'missing' })
    const judged = await judge(
      c,
      visit,
      () => changes.enableEmailCode({ ...visit, ...seenIn(c) }, code),
      (result) => !result.ok && result.error === 'mismatch',
    )
    if (judged.kind !== 'judged') {
      const held = codesHeldBack(languageOf(c), judged, clock)
      return again(c, held, show(c, visit, {}, held.text))
    }
    const { result, pause } = judged
    if (result.ok) {
      await mailboxProof.remember(c, visit)
      return goTo(c, await afterAdding(own, stepUp, visit.user.id, 'email-code'))
    }
    if (result.error === 'mismatch') return refuse({ code: 'mismatch', pause: notedPause(pause) })
    return goTo(c, paths.addEmailCode)
  }

  return new Hono<HttpEnv>()
    .post(
      paths.sendEmailCode,
      forViewer({ page: paths.security, fresh: true }, async (c, visit) => {
        await readForm(c, emptyForm)
        if (!isOffered) return goTo(c, paths.security)
        const { id, email, name, locale } = visit.user
        const person = { id, email, name, locale: locale ?? visit.locale }
        const sent = await own.emailCodes.send(visit.by, { holder: holderOf(visit), purpose: 'mailbox', person })
        if (!sent.ok) limited(c, sent.error.verdict)
        return goTo(c, paths.addEmailCode)
      }),
    )
    .get(
      paths.addEmailCode,
      forViewer(here, async (c, visit) => {
        const waiting = isOffered && (await own.emailCodes.waiting(holderOf(visit), 'mailbox'))
        if (!waiting) return goTo(c, paths.security)
        return page(c, show(c, visit, await notes.take(c, notedEmailCode(visit))))
      }),
    )
    .post(paths.addEmailCode, forViewer(here, take))
}
