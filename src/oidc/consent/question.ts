import type { Grant, Interaction } from 'oidc-provider'
import { beyond, isNothing } from '../../consents/agreed.ts'
import type { Described } from '../../consents/described.ts'
import type { Db } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import type { Client } from '../clients/client.ts'
import type { Organisations, OwnConsents } from '../ports.ts'
import { askedBy } from './asked.ts'
import { described } from './described.ts'

/** What the page about consent says. */
export interface ConsentQuestion {
  /** What is new; everything that is asked for where nothing is. */
  readonly asks: Described
  /** What the person has agreed to before, where more is asked for now. */
  readonly has?: Described
  /** All that is asked for, old and new, where more is asked for now: a device that is let in holds it all. */
  readonly whole?: Described
  /** For which organisation they sign in. */
  readonly organisation?: string
  /** What is agreed to is kept for the application and not for one organisation: it holds in all that the person belongs to, then or later. */
  readonly inEveryOrganisation?: true
  readonly policyUri?: string
  readonly termsUri?: string
}

interface QuestionDeps {
  readonly issuer: string
  readonly db: Db
  readonly consents: Pick<OwnConsents, 'of'>
  readonly organisations: Pick<Organisations, 'toChoose' | 'remembered'>
}

interface Waiting {
  readonly interaction: Interaction
  readonly client: Client
  readonly user: Id<'usr'>
  readonly grant: Grant | undefined
}

export type AskConsent = (waiting: Waiting) => Promise<ConsentQuestion>

export const consentQuestion =
  (deps: QuestionDeps): AskConsent =>
  async (waiting) => {
    const { issuer, db, consents } = deps
    const { interaction, client, user, grant } = waiting
    const asked = askedBy(interaction, grant)
    const agreed = await consents.of(db, user, client.id)
    const more = beyond(asked, agreed)
    const isMore = !isNothing(more) && !isNothing(agreed)
    const organisation = await organisationOf(deps, waiting)
    return {
      asks: await described(db, issuer, isNothing(more) ? asked : more),
      ...(isMore && { has: await described(db, issuer, agreed), whole: await described(db, issuer, asked) }),
      ...(organisation !== undefined && { organisation }),
      ...(client.organisations !== 'off' && { inEveryOrganisation: true }),
      ...(client.policyUri !== null && { policyUri: client.policyUri }),
      ...(client.termsUri !== null && { termsUri: client.termsUri }),
    }
  }

/** Which one it is was settled before anybody is asked to agree; whether they may is judged when a token is issued. */
async function organisationOf({ db, organisations }: QuestionDeps, { interaction, client, user }: Waiting) {
  if (client.organisations === 'off') return undefined
  const theirs = await organisations.toChoose(db, user)
  const named = (wanted: unknown) => theirs.find(({ id, slug }) => id === wanted || slug === wanted)?.name
  const asked = interaction.params['organization']
  if (asked !== undefined) return named(asked)
  if (theirs.length < 2) return theirs[0]?.name
  return (
    named(interaction.lastSubmission?.organization?.id) ?? named(await organisations.remembered(db, user, client.id))
  )
}
