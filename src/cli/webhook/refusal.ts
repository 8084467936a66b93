import { AppError } from '../../errors/app-error.ts'
import type { AddFault } from '../../webhooks/endpoints/add.ts'
import type { RotateFault, UpdateFault } from '../../webhooks/endpoints/service.ts'
import type { UrlFault } from '../../webhooks/endpoints/url.ts'

export const webhookNotFound = (id: string): AppError =>
  new AppError('webhook-not-found', { detail: `No webhook has the id ${id}.` })

const refuse = (detail: string, cure: string): AppError => new AppError('webhook-refused', { detail, cure })

/** None repeats the address: what is refused may carry a password. */
const ofUrl: Readonly<Record<UrlFault, readonly [detail: string, cure: string]>> = {
  'no-url': ['That is not an address.', 'Give --url the whole of it, such as https://hooks.example.com/in.'],
  scheme: ['An endpoint is reached over https alone.', 'Give --url an address that begins with https://.'],
  credentials: [
    'The address carries a user name or a password: they would stand in lists and in the log of events.',
    'Leave them out. The receiver knows by the signature that a message is ours.',
  ],
  fragment: ['The address has a part behind #, which is never sent.', 'Leave it out.'],
  'too-long': ['The address has more than 2000 characters.', 'Give a shorter one.'],
  'plain-http': [
    'Plain http leads nowhere but into ranges that the operator allowed: on the way anybody could read what is sent.',
    'Give an https address, or allow the range that it is in (webhooks.allow in the configuration).',
  ],
  'address-refused': [
    'The address leads into a network that is not public.',
    'Give a public one, or allow its range (webhooks.allow in the configuration).',
  ],
}

export function endpointRefused(fault: AddFault | UpdateFault | RotateFault, id = ''): AppError {
  switch (fault.reason) {
    case 'not-found':
      return webhookNotFound(id)
    case 'not-allowed':
      return refuse('There is no such organisation any more.', 'hearthkey org list shows those that there are.')
    case 'personal-not-allowed':
      return refuse('What speaks of people takes the permission to read the log.', 'Leave out --personal.')
    case 'name-invalid':
      return refuse('That is not a name that can be used here.', 'Give --name 1 to 100 characters on one line.')
    case 'url-refused':
      return refuse(...ofUrl[fault.why])
    case 'no-events':
      return refuse('An endpoint that is told nothing is good for nothing.', "Give --event, or --event '*' for all.")
    case 'too-many-events':
      return refuse('These are too many events.', 'Name them by their nouns (user.*), at most 200.')
    case 'event-unknown':
      return refuse(
        `There is no event ${JSON.stringify(fault.event)}.`,
        fault.nearest === undefined
          ? 'docs/guides/webhooks.md lists those that there are. Give one, all of a noun (user.*), or *.'
          : `Did you mean ${fault.nearest}? docs/guides/webhooks.md lists those that there are.`,
      )
    case 'too-many':
      return refuse(
        `There are ${fault.most} webhooks already.`,
        'Remove one that is no longer used, or raise the limit (webhooks in the configuration).',
      )
    case 'secret-invalid':
      return refuse(
        'That is not a secret that can be used here.',
        'Give 24 to 64 bytes in base64, as Standard Webhooks write them: whsec_….',
      )
    case 'overlap-invalid':
      return refuse('The overlap is too long.', 'Give --overlap at most 30d; 0 ends the former secret at once.')
  }
}
