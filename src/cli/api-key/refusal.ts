import type { CreateFault } from '../../api-keys/create.ts'
import type { RotateFault } from '../../api-keys/rotate.ts'
import { AS_IPV4 } from '../../config/values/address-range.ts'
import { writeDuration } from '../../config/values/quantity.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Api } from '../../oidc/apis/api.ts'
import { byAudience } from '../access/by-audience.ts'

export const keyNotFound = (id: string): AppError =>
  new AppError('api-key-not-found', { detail: `The organisation has no API key with the id ${id}.` })

const refuse = (detail: string, cure: string): AppError => new AppError('api-key-refused', { detail, cure })

type Fault = CreateFault | RotateFault

export function keyRefused(fault: Fault, apis: readonly Api[]): AppError {
  switch (fault.reason) {
    case 'name-invalid':
      return refuse('That is not a name that can be used here.', 'Give --name 1 to 100 characters on one line.')
    case 'no-permission':
      return refuse(
        'A key that may do nothing is good for nothing.',
        'Give --permission, or a --level of which the owner has something. hearthkey access matrix shows what roles may do.',
      )
    case 'beyond-owner':
      return refuse(
        `The owner may not do this: ${Object.entries(byAudience(fault.permissions, apis))
          .map(([api, names]) => `${names.join(', ')} at ${api}`)
          .join('; ')}.`,
        'Leave it out, or give the owner a role that has it.',
      )
    case 'lifetime-invalid':
      return refuse(
        'A key may not live so long.',
        `Give --expires at most ${writeDuration(fault.longest)}, or change apiKeys in the configuration.`,
      )
    case 'range-invalid':
      return refuse(
        `${fault.range} is no range of addresses.`,
        `Give --ip as 192.0.2.0/24, 2001:db8::/32 or one address; ${AS_IPV4}.`,
      )
    case 'quota-invalid':
      return refuse('That is no number of requests a minute.', 'Give --quota a whole number from 1 to 1000000.')
    case 'not-a-member':
      return refuse(
        'The owner does not work there, or is suspended there, or the organisation is.',
        'hearthkey member list --org <organisation> shows who does.',
      )
    case 'owner-not-active':
      return refuse('The owner is disabled or locked.', 'Enable the owner first.')
    case 'not-allowed':
    case 'quota-not-allowed':
      return refuse('This takes a permission that is missing.', 'Ask whoever manages API keys of the organisation.')
    case 'too-many':
      return refuse(
        `The owner has ${fault.most} keys that work already.`,
        'Revoke one that is no longer used, or raise apiKeys.perOwner in the configuration.',
      )
    case 'not-active':
      return refuse('The key is revoked or has expired.', 'Create a new one.')
    case 'rotated-already':
      return refuse('The key was rotated already.', 'Rotate its successor, or create a new one.')
    case 'overlap-invalid':
      return refuse('The overlap is too long.', 'Give --overlap at most 30d; 0s ends the former key at once.')
  }
}
