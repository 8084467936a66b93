import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { allowFormTo } from '../http/headers/content-security-policy.ts'
import { readForm } from '../http/input/read.ts'
import type { AnswerGone } from './answer-gone.tsx'
import { answerPage, wordsOf } from './answer-page.ts'
import { organisationForm } from './forms.ts'
import { ChooseOrganisationPage } from './pages/choose-organisation.tsx'
import type { Interactions, Organisations, PendingInteraction, Users } from './ports.ts'

interface ChoosingDeps {
  readonly interactions: Pick<Interactions, 'chosen'>
  readonly users: Pick<Users, 'find'>
  readonly organisations: Organisations
  readonly gone: AnswerGone
}

/** Whoever works for several organisations says for which one they sign in. */
export function choosingOrganisation({ interactions, users, organisations, gone }: ChoosingDeps) {
  const show = async (c: Context<HttpEnv>, pending: PendingInteraction): Promise<Response> => {
    const { uid, client, redirectUri, uiLocales, sessionUser } = pending
    const person = sessionUser && (await users.find(sessionUser))
    if (person?.status !== 'active') return gone(c)
    allowFormTo(c, redirectUri)
    const page = (
      <ChooseOrganisationPage
        t={wordsOf(c, uiLocales)}
        action={`/login/${uid}/organisation`}
        cancel={`/login/${uid}/abort`}
        client={client}
        account={person.email}
        choices={await organisations.toChoose(person.id)}
      />
    )
    return answerPage(c, page)
  }
  return {
    show,
    take: async (c: Context<HttpEnv>, pending: PendingInteraction): Promise<Response> => {
      const { organisation } = await readForm(c, organisationForm)
      return organisation === undefined
        ? c.redirect(`/login/${pending.uid}`, 303)
        : interactions.chosen(c, organisation)
    },
  }
}
