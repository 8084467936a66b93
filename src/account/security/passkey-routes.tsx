import { Hono } from 'hono'
import { z } from 'zod'
import type { PasskeyRefusalKind } from '../../credentials/passkey/passkey.ts'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { page } from '../answers.tsx'
import { AddPasskeyPage } from '../pages/security/add-passkey.tsx'
import { paths } from '../paths.ts'
import { afterAdding } from './after-adding.ts'
import { goTo, seenIn } from './answers.ts'
import type { AddingDeps } from './app-routes.tsx'
import { holderOf } from './factors.ts'
import { mailboxFor } from './mailbox-page.ts'
import { notedPasskey, type PasskeyNote } from './notes.ts'

const passkeyForm = z.strictObject({ name: z.string().default(''), credential: z.string() })

/** Nothing here is guessed: what an authenticator signs is right or is nothing. */
export function passkeyRoutes({ forViewer, changes, own, stepUp, notes }: AddingDeps): Hono<HttpEnv> {
  const here = { page: paths.addPasskey, fresh: true } as const
  const isOffered = stepUp.counting.includes('passkey')

  return new Hono<HttpEnv>()
    .get(
      paths.addPasskey,
      forViewer(here, async (c, visit) => {
        if (!isOffered) return goTo(c, paths.security)
        if (visit.mailbox === 'due') return goTo(c, mailboxFor('passkey'))
        const note = await notes.take(c, notedPasskey(visit))
        return page(c, <AddPasskeyPage t={languageOf(c)} name={note?.name} problem={note?.problem} />)
      }),
    )
    .post(
      paths.passkeyOptions,
      forViewer({ ...here, asked: 'by-script' }, async (c, visit) => {
        if (!isOffered) return c.json({ error: 'not_offered' }, 404)
        if (visit.mailbox === 'due') return c.body(null, 401)
        return c.json(await own.passkeys.askForEnrolment(holderOf(visit), visit.user))
      }),
    )
    .post(
      paths.addPasskey,
      forViewer(here, async (c, visit) => {
        const { name, credential } = await readForm(c, passkeyForm)
        if (!isOffered) return goTo(c, paths.security)
        if (visit.mailbox === 'due') return goTo(c, mailboxFor('passkey'))
        const added = await changes.addPasskey({ ...visit, ...seenIn(c) }, { response: jsonIn(credential), name })
        if (added.ok) return goTo(c, await afterAdding(own, stepUp, visit.user.id, 'passkey'))
        // Too long ago, or signed out meanwhile: the page asks for a sign-in.
        if (typeof added.error === 'string') return goTo(c, paths.addPasskey)
        const problem = problems[added.error.kind] ?? 'failed'
        return notes.answer(c, notedPasskey(visit), {
          note: { name, problem },
          to: languageOf(c).carry(paths.addPasskey),
          inPlace: () => page(c, <AddPasskeyPage t={languageOf(c)} name={name} problem={problem} />, 422),
        })
      }),
    )
}

const problems: Partial<Record<PasskeyRefusalKind, PasskeyNote['problem']>> = {
  'name-invalid': 'name',
  'already-added': 'known',
  'too-many': 'too-many',
}

/** What is no JSON is no answer of an authenticator, and refused as such. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
