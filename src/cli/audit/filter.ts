import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type Actor, actorKinds } from '../../audit/actor.ts'
import { actionsIn, type EventFilter } from '../../audit/query/filter.ts'
import { isAction } from '../../audit/vocabulary.ts'
import { measureDuration } from '../../config/values/quantity.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import { organisationNamed } from '../access/find.ts'
import { findPerson } from '../user/find.ts'
import type { AuditAtWork } from './with-audit.ts'

export interface FilterOptions {
  readonly org?: string
  readonly actor?: string
  readonly action?: string
  readonly target?: string
  readonly from?: Date
  readonly to?: Date
  readonly request?: string
}

const TIME = '2030-01-15, 2030-01-15T08:00Z, or 24h for so long ago'

export const withFilter = (command: Command, clock: Clock): Command =>
  command
    .option('--organisation, --org <organisation>', 'what concerns one organisation: its id or slug')
    .option('--actor <who>', 'a person by id or address, a program by id, or kind:id such as "operator:key rotate"')
    .option('--action <action>', 'user.created, or user.* for all of a noun', toAction)
    .option('--target <target>', 'what it was done to: an id, or a person by address')
    .option('--from <time>', TIME, (text) => toTime(text, clock))
    .option('--to <time>', 'before this moment', (text) => toTime(text, clock))
    .option('--request <id>', 'what one request did')

const date = z.iso.date()
const moment = z.iso.datetime({ offset: true })

function toTime(text: string, clock: Clock): Date {
  const time = tried(() => timeIn(text, clock))
  // What is before that, no log knows, and neither does the database.
  if (!time || !(time.getTime() >= 0)) throw new InvalidArgumentError(`Expected a time since 1970: ${TIME}.`)
  return time
}

function tried<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function timeIn(text: string, clock: Clock): Date {
  if (date.safeParse(text).success) return new Date(`${text}T00:00:00Z`)
  if (moment.safeParse(text).success) return new Date(text)
  return new Date(clock.now().getTime() - measureDuration(text))
}

function toAction(text: string): string {
  if (!actionsIn(text)) throw new InvalidArgumentError(whyNot(text))
  return text
}

const whyNot = (text: string): string => {
  const noun = /^[a-z_]+/.exec(text)?.[0] ?? ''
  const words = actionsIn(`${noun}.*`) ?? []
  return words.length > 0
    ? `Of ${noun} there are: ${words.filter(isAction).join(', ')}.`
    : 'That is no action. hearthkey audit list shows those that happen.'
}

export async function filterOf(at: AuditAtWork, options: FilterOptions): Promise<EventFilter> {
  const { org, actor, action, target, from, to, request } = options
  return {
    organisation: org === undefined ? undefined : (await organisationNamed(at, org)).id,
    actor: actor === undefined ? undefined : await actorNamed(at, actor),
    action,
    target: target === undefined ? undefined : { id: await idNamed(at, target) },
    from,
    to,
    requestId: request,
  }
}

const isAddress = (text: string) => text.includes('@')

const idNamed = async (at: AuditAtWork, who: string): Promise<string> =>
  isAddress(who) ? at.withPeople(async (people) => (await findPerson(people, who)).id) : who

const byPrefix: readonly (readonly [(text: string) => boolean, Actor['kind']])[] = [
  [defineId('usr').is, 'person'],
  [defineId('sva').is, 'service_account'],
  [defineId('key').is, 'api_key'],
]

async function actorNamed(at: AuditAtWork, who: string): Promise<NonNullable<EventFilter['actor']>> {
  if (who === 'anonymous') return { kind: 'anonymous', id: null }
  const [kind, ...rest] = who.split(':')
  const named = actorKinds.find((known) => known === kind)
  if (named && rest.length > 0) return { kind: named, id: rest.join(':') }
  const id = await idNamed(at, who)
  const known = byPrefix.find(([is]) => is(id))?.[1]
  if (!known)
    throw new AppError('usage-error', {
      detail: `Nobody is called ${who} in the log.`,
      cure: `Give an id (usr_…, sva_…, key_…), an e-mail address, "anonymous", or kind:id with one of ${actorKinds.join(', ')}.`,
    })
  return { kind: known, id }
}
