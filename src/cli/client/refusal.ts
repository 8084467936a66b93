import { AppError } from '../../errors/app-error.ts'
import { wordsOf } from '../../oidc/clients/faults.ts'
import type { Refusal } from '../../oidc/clients/judge.ts'
import { redirectUriCure } from '../../oidc/clients/redirect-uri.ts'
import type { UpdateClientFault } from '../../oidc/clients/registration.ts'

export const clientNotFound = (id: string): AppError =>
  new AppError('client-not-found', { detail: `No client has the id ${id}.` })

const refuse = (detail: string, cure: string): AppError => new AppError('client-invalid', { detail, cure })

interface Words {
  readonly detail: string
  readonly cure: string
}

const wordsFor = (fault: Refusal): Words =>
  fault.reason === 'redirect-uri'
    ? { detail: `The address ${fault.uri} cannot be registered.`, cure: redirectUriCure[fault.fault] }
    : wordsOf(fault)

/** Of one that is older than a rule: it goes on as it is, and whoever looks at it or changes it hears what mends it. */
export const wordsForOlder = (faults: readonly Refusal[]): Words[] => faults.map(wordsFor)

export function clientRefused(id: string | undefined, fault: UpdateClientFault): AppError {
  switch (fault.reason) {
    case 'not-found':
      return clientNotFound(id ?? '')
    case 'no-such-api':
      return refuse(
        `No API has the audience ${fault.audience}.`,
        `Register it first: hearthkey api create --audience ${fault.audience} --name <name>`,
      )
    default: {
      const { detail, cure } = wordsFor(fault)
      return refuse(detail, id === undefined ? cure : cure.replace('<id>', id))
    }
  }
}
