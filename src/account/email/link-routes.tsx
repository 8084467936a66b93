import { type Context, Hono } from 'hono'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { page } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import {
  AccountShutPage,
  ConfirmEmailPage,
  DeadLinkPage,
  EmailChangedPage,
  EmailRestoredPage,
  TakenPage,
  UndoEmailPage,
} from '../pages/link.tsx'
import { paths, withToken } from '../paths.ts'
import type { EmailConfirmation } from './confirm.ts'
import type { EmailUndo } from './undo.ts'

interface LinkRoutesDeps {
  readonly confirmation: EmailConfirmation
  readonly undoing: EmailUndo
}

/** GET shows, POST acts: whatever reads mail opens its links. The token is the whole authority; nobody needs to be signed in. */
export function emailLinkRoutes({ confirmation, undoing }: LinkRoutesDeps): Hono<HttpEnv> {
  const token = (c: Context<HttpEnv>) => c.req.query('token') ?? ''
  const dead = (c: Context<HttpEnv>) => page(c, <DeadLinkPage t={languageOf(c)} />, 410)
  const asker = (c: Context<HttpEnv>) => ({ where: c.env.exchange.origin, locale: languageOf(c).language.tag })

  return new Hono<HttpEnv>()
    .get(paths.confirmEmail, async (c) => {
      const link = await confirmation.look(token(c))
      if (!link) return dead(c)
      const action = withToken(paths.confirmEmail, token(c))
      return page(c, <ConfirmEmailPage t={languageOf(c)} action={action} address={link.address} />)
    })
    .post(paths.confirmEmail, async (c) => {
      await readForm(c, emptyForm)
      const link = await confirmation.look(token(c))
      const confirmed = link && (await confirmation.confirm(asker(c), token(c)))
      if (confirmed?.ok) return c.redirect(languageOf(c).carry(paths.emailConfirmed), 303)
      if (!link || confirmed?.error !== 'taken') return dead(c)
      return page(c, <TakenPage t={languageOf(c)} address={link.address} />, 409)
    })
    .get(paths.emailConfirmed, (c) => page(c, <EmailChangedPage t={languageOf(c)} />))
    .get(paths.undoEmail, async (c) => {
      const link = await undoing.look(token(c))
      if (!link) return dead(c)
      const action = withToken(paths.undoEmail, token(c))
      return page(c, <UndoEmailPage t={languageOf(c)} action={action} address={link.address} />)
    })
    .post(paths.undoEmail, async (c) => {
      await readForm(c, emptyForm)
      const undone = await undoing.undo(asker(c), token(c))
      if (!undone.ok) return dead(c)
      const to = undone.value.isRestored ? paths.emailRestored : paths.accountShut
      return c.redirect(languageOf(c).carry(to), 303)
    })
    .get(paths.accountShut, (c) => page(c, <AccountShutPage t={languageOf(c)} />))
    .get(paths.emailRestored, (c) => page(c, <EmailRestoredPage t={languageOf(c)} />))
}
