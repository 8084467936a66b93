import type { Letter, Recipient } from './letter.ts'
import type { Message } from './message.ts'

/** Ends a line, or turns the direction of the text around it: what a browser says of itself could forge a sentence of ours. */
const unfit = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu
const LONGEST = 200

const oneLine = (text: string): string => Array.from(text.replaceAll(unfit, ' ').trim()).slice(0, LONGEST).join('')

/** What a stranger had a say in, made fit to be shown. Nobody's sign-in fails because a browser has an odd name. */
export function tidyMessage(message: Message): Message {
  switch (message.name) {
    case 'notice': {
      const { device, place, key, ...rest } = message
      return {
        ...rest,
        ...(device && { device: oneLine(device) }),
        ...(place && { place: oneLine(place) }),
        ...(key && { key: tidyKey(key) }),
      }
    }
    case 'email-change-asked':
    case 'email-change-told':
      return { ...message, newAddress: oneLine(message.newAddress) }
    case 'invitation': {
      const { organisation, inviter, roles, ...rest } = message
      return {
        ...rest,
        organisation: oneLine(organisation),
        ...(inviter && { inviter: oneLine(inviter) }),
        ...(roles && { roles: roles.map(tidyRole) }),
      }
    }
    case 'api-key-expiring':
    case 'program-key-leaked':
    case 'program-key-created':
    case 'program-key-rotated': {
      const { program } = message
      return { ...tidyKey(message), ...(program !== undefined && { program: oneLine(program) }) }
    }
    case 'program-created':
      return {
        ...message,
        program: oneLine(message.program),
        organisation: oneLine(message.organisation),
        roles: message.roles.map(tidyRole),
      }
    case 'membership-changed':
      return { ...message, organisation: oneLine(message.organisation), roles: message.roles.map(tidyRole) }
    case 'webhook-disabled': {
      const { organisation } = message
      return {
        ...message,
        webhook: oneLine(message.webhook),
        host: oneLine(message.host),
        ...(organisation !== undefined && { organisation: oneLine(organisation) }),
      }
    }
    case 'alerts':
      return { ...message, alerts: message.alerts.map((alert) => ({ ...alert, subject: oneLine(alert.subject) })) }
    default:
      return message
  }
}

const tidyKey = <T extends { readonly key: string; readonly organisation: string }>(about: T): T => ({
  ...about,
  key: oneLine(about.key),
  organisation: oneLine(about.organisation),
})

const tidyRole = <T extends { readonly name: string }>(role: T): T => ({ ...role, name: oneLine(role.name) })

export function tidyRecipient({ address, name, locale }: Letter['to']): Recipient {
  const shown = name && oneLine(name)
  return { address, ...(shown && { name: shown }), ...(locale && { locale }) }
}
