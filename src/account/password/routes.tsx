import { type Context, Hono } from 'hono'
import { notedPause, pauseLeft } from '../../guard/lockout/pause-note.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Notes } from '../../http/input/notes.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import type { Clock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { deviceOf } from '../../sessions/device.ts'
import { strengthIn } from '../../ui/strength.ts'
import { again, done, heldBack, page, pauseText, unlessBusy } from '../answers.tsx'
import { deviceText } from '../device-text.ts'
import { passwordForm } from '../forms.ts'
import { notedPassword, type PasswordNote } from '../notes.ts'
import type { AskPassword } from '../own-password.ts'
import { PasswordPage } from '../pages/password.tsx'
import { paths } from '../paths.ts'
import type { Guard } from '../ports.ts'
import type { ForViewer, Visit } from '../viewer.ts'
import type { PasswordChange } from './change.ts'

interface PasswordRoutesDeps {
  readonly forViewer: ForViewer
  readonly change: PasswordChange
  readonly ask: AskPassword
  readonly guard: Pick<Guard, 'browserCookie'>
  readonly notes: Notes
  readonly clock: Clock
}

export function passwordRoutes(deps: PasswordRoutesDeps): Hono<HttpEnv> {
  const { forViewer, change, ask, guard, notes, clock } = deps
  const here = { page: paths.password, fresh: true } as const

  const show = async (c: Context<HttpEnv>, visit: Visit, note: PasswordNote = {}, whole?: string) => {
    const t = languageOf(c)
    const { email, name } = visit.user
    const minimum = await change.minimumFor(visit)
    const { current, problem, strength, pause } = note
    const left = pauseLeft(pause, clock.now())
    return (
      <PasswordPage
        t={t}
        email={email}
        name={name}
        minimum={minimum}
        current={current}
        next={problem}
        typed={strength}
        whole={left ? pauseText(t, left) : whole}
      />
    )
  }

  const refuse = (c: Context<HttpEnv>, visit: Visit, note: PasswordNote) =>
    notes.answer(c, notedPassword(visit), {
      note,
      to: languageOf(c).carry(paths.password),
      inPlace: async () => page(c, await show(c, visit, note), 422),
    })

  const take = async (c: Context<HttpEnv>, visit: Visit): Promise<Response> => {
    const form = await readForm(c, passwordForm)
    const [current, next] = [new Secret(form['current-password']), new Secret(form.password)]
    const t = languageOf(c)
    const { email, name } = visit.user
    const minimum = await change.minimumFor(visit)
    const strength = strengthIn(form.password, { minimum, words: [t('app.name'), email, name] })
    const problem = await change.refusalOf(visit, current, next)
    if (form['current-password'] === '') return refuse(c, visit, { current: 'missing', problem, strength })

    const asked = await unlessBusy(ask(c, visit, current))
    if (asked.kind !== 'match' && asked.kind !== 'mismatch') {
      const held = heldBack(t, asked, clock)
      return again(c, held, await show(c, visit, {}, held.text))
    }
    if (asked.kind === 'mismatch')
      return refuse(c, visit, { current: asked.kind, pause: notedPause(asked.pause), problem, strength })
    if (problem) return refuse(c, visit, { problem, strength })

    const device = deviceText(t, deviceOf(c.env.exchange.header('user-agent')))
    const changed = await unlessBusy(change.change({ ...visit, device, browser: guard.browserCookie.of(c) }, next))
    if ('kind' in changed) {
      const held = heldBack(t, changed, clock)
      return again(c, held, await show(c, visit, {}, held.text))
    }
    if (changed.ok) {
      if (changed.value) guard.browserCookie.keep(c, changed.value)
      return done(c, 'password')
    }
    // Signed out meanwhile: the page asks for a sign-in.
    if (changed.error === 'gone') return c.redirect(paths.password, 303)
    return refuse(c, visit, { problem: changed.error, strength })
  }

  return new Hono<HttpEnv>()
    .get(
      paths.password,
      forViewer(here, async (c, visit) => page(c, await show(c, visit, await notes.take(c, notedPassword(visit))))),
    )
    .post(paths.password, forViewer(here, take))
}
