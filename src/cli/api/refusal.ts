import { AppError } from '../../errors/app-error.ts'
import { RENAMEABLE } from '../../oidc/apis/claim-names.ts'
import type { ApiFault } from '../../oidc/apis/fields.ts'
import { ownScopes } from '../../oidc/claims.ts'

const refusals: Readonly<Record<ApiFault, { readonly detail: string; readonly cure: string }>> = {
  'audience-invalid': {
    detail: 'The audience is not an absolute URI.',
    cure: 'Give one such as https://api.example.com or urn:example:invoices, without a #.',
  },
  'audience-taken': {
    detail: 'There is an API with this audience already, or it is this server itself.',
    cure: 'Choose another audience. hearthkey api list shows those that exist.',
  },
  'name-invalid': { detail: 'The name is empty or too long.', cure: 'Give a --name of at most 200 characters.' },
  'scope-invalid': {
    detail: 'A scope holds characters that it may not.',
    cure: 'Use visible ASCII without spaces, quotes and backslashes, such as invoices:read.',
  },
  'scope-reserved': {
    detail: `A scope has the name of one of this server (${[...ownScopes].join(', ')}): who agrees to one would have agreed to both.`,
    cure: 'Put the name of the API in front, such as mail:email or invoices:profile.',
  },
  'too-many-scopes': {
    detail: 'An API has at most 500 scopes.',
    cure: 'Split it: one API for each back end that is deployed by itself.',
  },
  'ttl-too-long': {
    detail: 'The tokens would outlive the keys that sign them.',
    cure: 'Choose a shorter --token-ttl, or a longer keys.longestTokenLifetime in the configuration.',
  },
  'ttl-too-short': {
    detail: 'A token of less than 30 seconds has died before it arrives.',
    cure: 'Choose a longer --token-ttl, such as 5m.',
  },
  'algorithm-without-keys': {
    detail: 'Only an API with keys of its own signs with an algorithm of its own.',
    cure: 'Add --own-keys, or leave --algorithm out.',
  },
  'keys-taken-back': {
    detail: 'The API has keys of its own, and its back ends look for them where they are.',
    cure: 'Make another API without them, and move the back ends there.',
  },
  'claim-name-invalid': {
    detail: 'A claim cannot have this name.',
    cure: `Give ${RENAMEABLE.join(', ')} a name each that means nothing else to anybody, in capitals or not, such as org_id=tenantId.`,
  },
  'words-invalid': {
    detail: 'The words of a scope are not what people could read.',
    cure: 'Give a scope of this API, a language such as en or de, and a text of at most 200 characters.',
  },
}

export const apiRefused = (fault: ApiFault): AppError => new AppError('api-invalid', refusals[fault])
