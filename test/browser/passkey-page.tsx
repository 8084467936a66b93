import type { Context } from 'hono'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { Passkey } from '../../src/credentials/passkey/passkey.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import type { HttpEnv } from '../../src/http/env.ts'
import { languageOf } from '../../src/http/language.ts'
import { Field } from '../../src/ui/field.tsx'
import { IfCapable } from '../../src/ui/if-capable.tsx'
import { Layout } from '../../src/ui/layout.tsx'
import { createWords } from '../../src/ui/messages/words.ts'
import { PasskeyForm } from '../../src/ui/passkey-form.tsx'
import { AccountSignal, UnknownPasskey } from '../../src/ui/passkey-signals.tsx'
import { renderPage } from '../../src/ui/render.ts'
import { by, browser as holder, type PasskeyWorld, type Person, passkeyWorld } from '../credentials/passkey/support.ts'
import { serve, testHttp } from '../http/support.ts'
import { freePort } from '../support/free-port.ts'

const field = z.object({ credential: z.string() })

/** The forms on a page of their own, over the real room and the real policy: Ada is signed in, where somebody has to be. */
export async function openPasskeySite() {
  const port = await freePort()
  const issuerUrl = `http://localhost:${port}`
  const world = await passkeyWorld({ ISSUER_URL: issuerUrl })
  const [ada, bob] = [await world.person('Ada'), await world.person('Bob')]
  const http = testHttp({ issuerUrl, words: createWords(new Map()), bodyLimit: 64 * 1024 })
  const gone = { is: false }
  for (const person of [ada, bob]) routes(http.app, world, person, gone)
  const server = await serve(http, port)
  onTestFinished(async () => void (await server.close(0)))
  return { world, ada, bob, url: issuerUrl, gone }
}

const responseOf = async (c: Context<HttpEnv>) => field.parse(await c.req.parseBody()).credential

function routes(app: ReturnType<typeof testHttp>['app'], world: PasskeyWorld, person: Person, gone: { is: boolean }) {
  const { passkeys } = world
  const at = `/${person.name.toLowerCase()}` as const
  app.get(`${at}/enrol`, (c) => {
    const t = languageOf(c)
    return c.html(
      renderPage(
        <Layout t={t} title="Enrolment">
          <IfCapable id="offer">A passkey would be of use here</IfCapable>
          <PasskeyForm t={t} id="add-passkey" use="enrolment" action={`${at}/add`} options={`${at}/add/options`} />
        </Layout>,
      ),
    )
  })
  app.post(`${at}/add/options`, async (c) => c.json(await passkeys.askForEnrolment(holder, person)))
  app.post(`${at}/add`, async (c) => {
    const response = await responseOf(c)
    const added = await inTransaction(world.database.app, (tx) =>
      passkeys.add(tx, by, { holder, user: person.id, response }),
    )
    return c.text(added.ok ? `added ${added.value.name}` : `refused: ${added.error.kind}`)
  })
  app.get(`${at}/sign-in`, (c) => {
    const t = languageOf(c)
    return c.html(
      renderPage(
        <Layout t={t} title="Sign-in">
          <form>
            <Field id="email" type="email" label="E-mail address" autocomplete="username webauthn" />
            <input type="hidden" name="capable" value="" />
          </form>
          <PasskeyForm t={t} id="passkey" use="sign-in" base={at} autofill={c.req.query('autofill') === 'yes'} />
          <PasskeyForm
            t={t}
            id="second"
            use="second-factor"
            kind="secondary"
            action={`${at}/second`}
            options={`${at}/second/options`}
          />
        </Layout>,
      ),
    )
  })
  app.post(`${at}/passkey/options`, async (c) =>
    gone.is ? c.json({}, 410) : c.json(await passkeys.askForSignIn(holder)),
  )
  app.post(`${at}/second/options`, async (c) => c.json(await passkeys.askForSecondFactor(holder, person.id)))
  app.post(`${at}/passkey`, async (c) => {
    const proven = await world.prove({ holder, purpose: 'sign-in', response: await responseOf(c) })
    if (proven.ok) return c.text(`signed in ${proven.value.user}, verified: ${proven.value.verified}`)
    const { kind, credentialId } = proven.error
    return c.html(
      renderPage(
        <Layout t={languageOf(c)} title="Refused">
          <p id="refused">{kind}</p>
          {credentialId !== undefined && <UnknownPasskey signal={passkeys.signalUnknown(credentialId)} />}
        </Layout>,
      ),
    )
  })
  app.post(`${at}/second`, async (c) => {
    const response = await responseOf(c)
    const proven = await world.prove({ holder, purpose: 'second-factor', user: person.id, response })
    return c.text(proven.ok ? `second factor, verified: ${proven.value.verified}` : `refused: ${proven.error.kind}`)
  })
  app.get(`${at}/security`, async (c) => {
    const signal = await passkeys.signalFor({ ...person, name: c.req.query('name') ?? person.name })
    return c.html(
      renderPage(
        <Layout t={languageOf(c)} title="Security">
          <AccountSignal signal={signal} />
        </Layout>,
      ),
    )
  })
}

export const removed = (world: PasskeyWorld, { id: user }: Person, { id }: Passkey) =>
  inTransaction(world.database.app, (tx) => world.passkeys.remove(tx, by, { user, id }))
