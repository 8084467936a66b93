import { type Context, Hono } from 'hono'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import type { Clock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { deviceOf } from '../../sessions/device.ts'
import { strengthOf } from '../../ui/strength.ts'
import { again, done, heldBack, page, unlessBusy } from '../answers.tsx'
import { deviceText } from '../device-text.ts'
import { passwordForm } from '../forms.ts'
import type { AskPassword } from '../own-password.ts'
import { PasswordPage, type PasswordPageProps } from '../pages/password.tsx'
import { paths } from '../paths.ts'
import type { Guard } from '../ports.ts'
import type { ForViewer, Visit } from '../viewer.ts'
import type { PasswordChange } from './change.ts'

interface PasswordRoutesDeps {
  readonly forViewer: ForViewer
  readonly change: PasswordChange
  readonly ask: AskPassword
  readonly guard: Pick<Guard, 'browsers'>
  readonly minimum: number
  readonly clock: Clock
}

type Shown = Pick<PasswordPageProps, 'current' | 'next' | 'whole' | 'typed'>

export function passwordRoutes({ forViewer, change, ask, guard, minimum, clock }: PasswordRoutesDeps): Hono<HttpEnv> {
  const here = { page: paths.password }

  const show = (c: Context<HttpEnv>, { user: { email, name } }: Visit, shown: Shown = {}) => (
    <PasswordPage t={languageOf(c)} email={email} name={name} minimum={minimum} {...shown} />
  )

  const take = async (c: Context<HttpEnv>, visit: Visit): Promise<Response> => {
    const form = await readForm(c, passwordForm)
    const [current, next] = [new Secret(form['current-password']), new Secret(form.password)]
    const t = languageOf(c)
    const { email, name } = visit.user
    const typed = form.password
      ? strengthOf(form.password, { minimum, words: [t('app.name'), email, name] })
      : undefined
    const refused = change.refusalOf(visit, current, next)
    if (form['current-password'] === '')
      return page(c, show(c, visit, { current: 'missing', next: refused, typed }), 422)

    const asked = await unlessBusy(ask(c, visit, current))
    if (asked.kind !== 'match' && asked.kind !== 'mismatch') {
      const held = heldBack(t, asked, clock)
      return again(c, held, show(c, visit, { whole: held.text }))
    }
    const mismatch = asked.kind === 'mismatch' ? asked.kind : undefined
    if (mismatch || refused) return page(c, show(c, visit, { current: mismatch, next: refused, typed }), 422)

    const device = deviceText(t, deviceOf(c.env.exchange.header('user-agent')))
    const changed = await unlessBusy(change.change({ ...visit, device, browser: guard.browsers.of(c) }, next))
    if ('kind' in changed) {
      const held = heldBack(t, changed, clock)
      return again(c, held, show(c, visit, { whole: held.text }))
    }
    if (changed.ok) return done(c, 'password')
    // Signed out meanwhile: the page asks for a sign-in.
    if (changed.error === 'gone') return c.redirect(paths.password, 303)
    return page(c, show(c, visit, { next: changed.error, typed }), 422)
  }

  return new Hono<HttpEnv>()
    .get(
      paths.password,
      forViewer(here, async (c, visit) => page(c, show(c, visit))),
    )
    .post(paths.password, forViewer(here, take))
}
