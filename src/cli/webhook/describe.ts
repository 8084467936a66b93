import type { Endpoint } from '../../webhooks/endpoints/endpoint.ts'
import type { Standing } from '../../webhooks/endpoints/service.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

/** Whoever reads “failing” waits for what is sent again; to one that is disabled nothing is. */
const stateOf = ({ disabledAt }: Endpoint, failingSince: Date | null = null): 'active' | 'disabled' | 'failing' => {
  if (disabledAt !== null) return 'disabled'
  return failingSince === null ? 'active' : 'failing'
}

const disabledInWords = ({ disabledAt, disabledBecause }: Endpoint): [string, string][] => {
  if (disabledAt === null) return []
  const why = disabledBecause === 'failing' ? 'it took nothing for too long, or said that it is gone (410)' : 'by hand'
  return [['disabled', `${disabledAt.toISOString()}: ${why}`]]
}

export const facts = (endpoint: Endpoint) => ({
  id: endpoint.id,
  organisation: endpoint.organisation,
  name: endpoint.name,
  url: endpoint.url,
  events: endpoint.events,
  personal: endpoint.personal,
  state: stateOf(endpoint),
  createdAt: endpoint.createdAt,
  disabledAt: endpoint.disabledAt,
  disabledBecause: endpoint.disabledBecause,
})

export function describeEndpoints(endpoints: readonly Endpoint[], more: boolean): Output {
  const next = more ? endpoints.at(-1)?.id : undefined
  const rows = endpoints.map((one) => [one.id, stateOf(one), one.events, one.name, one.url])
  return {
    text: [
      endpoints.length === 0 ? 'There are no webhooks.' : table(['ID', 'STATE', 'EVENTS', 'NAME', 'URL'], rows),
      ...(next ? ['', `There are more: add --after ${next}`] : []),
    ].join('\n'),
    json: { webhooks: endpoints.map(facts), next: next ?? null },
  }
}

const inWords = (date: Date | null, absent: string): string => date?.toISOString() ?? absent

const lines = (endpoint: Endpoint, failingSince?: Date | null): [string, string][] => [
  ['id', endpoint.id],
  ['name', endpoint.name],
  ['of', endpoint.organisation ?? 'the instance'],
  ['url', endpoint.url],
  ['events', endpoint.events.join(' ')],
  ['personal', endpoint.personal ? 'yes: what events say of people is sent too' : 'no: ids alone'],
  ['state', stateOf(endpoint, failingSince)],
  ...disabledInWords(endpoint),
  ['added', endpoint.createdAt.toISOString()],
]

const aligned = (of: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...of.map(([label]) => label.length))
  return of.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n')
}

export const describeEndpoint = (endpoint: Endpoint): Output => ({
  text: aligned(lines(endpoint)),
  json: facts(endpoint),
})

export function describeStanding({ endpoint, ...standing }: Standing): Output {
  const { formerSecretEndsAt, lastSuccessAt, lastFailureAt, failingSince } = standing
  return {
    text: aligned([
      ...lines(endpoint, failingSince),
      ['secrets', formerSecretEndsAt ? `two, the former one until ${formerSecretEndsAt.toISOString()}` : 'one'],
      ['last success', inWords(lastSuccessAt, 'never')],
      ['last failure', inWords(lastFailureAt, 'never')],
      ...(failingSince ? [['failing since', failingSince.toISOString()] as const] : []),
    ]),
    json: { ...facts(endpoint), state: stateOf(endpoint, failingSince), ...standing },
  }
}

const HOW = [
  'This secret is shown this once: keep it where messages are received, and verify each with it.',
  'The libraries of Standard Webhooks take it as it is: new Webhook(secret).verify(body, headers).',
  'How that is done by hand: docs/guides/webhooks.md.',
]

interface Shown {
  readonly endpoint: Endpoint
  /** Undefined: it was brought along, and whoever brought it has it. */
  readonly secret: string | undefined
  readonly said: readonly string[]
  readonly also?: Readonly<Record<string, unknown>>
}

/** The one time at which a secret is printed: alone, so that it can go straight to where it is kept. */
export function describeSecret({ endpoint, secret, said, also }: Shown): Output {
  const json = { ...facts(endpoint), ...also, ...(secret !== undefined && { secret }) }
  return secret === undefined
    ? { text: said.join('\n'), json }
    : { text: secret, aside: [...said, ...HOW].join('\n'), json }
}
