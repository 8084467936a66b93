import { Client } from 'pg'
import { onTestFinished, vi } from 'vitest'
import { z } from 'zod'

const node = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  get Plans() {
    return z.array(node).optional()
  },
})
type Node = z.infer<typeof node>
const explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: node })]) })])
const sent = z.tuple([z.looseObject({ text: z.string(), values: z.array(z.unknown()).optional() })]).rest(z.unknown())

const nodesOf = (plan: Node): Node[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
const timesRun = (one: Node, rows: number) => Math.round(rows * one['Actual Loops'])

export interface Ran {
  /** Tables that were read from one end to the other. */
  readonly whole: readonly string[]
  /** By which indexes of events, apart from the look-ups of single rows by their id. */
  readonly indexes: readonly string[]
  /** Rows of events that were taken into the hand, wanted or not. */
  readonly looked: number
  /** The most that was put in order at once. */
  readonly sorted: number
}

/** What the one statement that names `events` did when it ran: counted, not estimated. */
export async function ranBy(
  work: () => Promise<unknown>,
  explain: (text: string, values: unknown[]) => Promise<unknown>,
) {
  const spy = vi.spyOn(Client.prototype, 'query')
  onTestFinished(() => spy.mockRestore())
  await work()
  const statements = spy.mock.calls.flatMap((call) => {
    const { data } = sent.safeParse(call)
    return data && /FROM events/.test(data[0].text) ? [data[0]] : []
  })
  spy.mockRestore()
  const [statement, ...more] = statements
  if (!statement || more.length > 0) throw new Error(`${statements.length} statements read events`)
  const rows = await explain(`EXPLAIN (ANALYZE, FORMAT JSON) ${statement.text}`, statement.values ?? [])
  const nodes = nodesOf(explained.parse(rows)[0]['QUERY PLAN'][0].Plan)
  const ofEvents = nodes.filter((one) => one['Relation Name'] === 'events')
  const handled = (one: Node) =>
    one['Actual Rows'] + (one['Rows Removed by Filter'] ?? 0) + (one['Rows Removed by Index Recheck'] ?? 0)
  return {
    whole: nodes.filter((one) => one['Node Type'] === 'Seq Scan').map((one) => one['Relation Name'] ?? ''),
    indexes: ofEvents.flatMap((one) => one['Index Name'] ?? []),
    looked: ofEvents.reduce((sum, one) => sum + timesRun(one, handled(one)), 0),
    sorted: Math.max(
      0,
      ...nodes
        .filter((one) => /Sort$/.test(one['Node Type']))
        .map((one) => Math.max(...(one.Plans ?? []).map((below) => timesRun(below, below['Actual Rows'])))),
    ),
  } satisfies Ran
}
