import { type Command, InvalidArgumentError } from 'commander'
import { Secret } from '../../lib/secret.ts'
import { type EndpointId, endpointId } from '../../webhooks/endpoints/endpoint.ts'
import { toDuration } from '../api-key/wanted.ts'
import type { CliContext } from '../context.ts'

export const collect = (value: string, before: string[] = []): string[] => [...before, value]

export const ofOrganisationOrInstance = (command: Command): Command =>
  command.option('--organisation, --org <organisation>', 'its id or its slug; without it, the instance itself')

/** Of the command line, what becomes of it is a secret: it is asked for, or comes in by standard input. */
export const withOwnSecret = (command: Command): Command =>
  command.option('--own-secret', 'one that was made elsewhere: it is asked for, or read from standard input')

export const ownSecret = async (
  { askNewSecret }: Pick<CliContext, 'askNewSecret'>,
  given: true | undefined,
): Promise<Secret<string> | undefined> =>
  given ? new Secret((await askNewSecret('The secret, whsec_…: ')).trim()) : undefined

export const toOverlap = (text: string): number => (text === '0' ? 0 : toDuration(text))

export function toEndpointId(text: string): EndpointId {
  if (!endpointId.is(text)) throw new InvalidArgumentError('Expected an id that starts with whk_.')
  return text
}
