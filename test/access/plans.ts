import { Client } from 'pg'
import { onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { connectionOptions } from '../../src/db/connection.ts'
import type { TestDatabase } from '../support/database.ts'

interface Sent {
  readonly text: string
  readonly values: unknown[]
}

const sent = z.union([
  z.tuple([z.string()]).rest(z.unknown()),
  z.tuple([z.looseObject({ text: z.string(), values: z.array(z.unknown()).optional() })]).rest(z.unknown()),
])

/** Every statement that `work` sent, with its values. */
async function sentDuring(work: () => Promise<unknown>): Promise<Sent[]> {
  const spy = vi.spyOn(Client.prototype, 'query')
  onTestFinished(() => spy.mockRestore())
  await work()
  const calls = spy.mock.calls.map((call): Sent => {
    const [first, second] = sent.parse(call)
    if (typeof first === 'string') return { text: first, values: z.array(z.unknown()).catch([]).parse(second) }
    return { text: first.text, values: first.values ?? [] }
  })
  spy.mockRestore()
  return calls
}

const node = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  get Plans() {
    return z.array(node).optional()
  },
})
type Node = z.infer<typeof node>
const explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: node })]) })])

const nodesOf = (plan: Node): Node[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

const LEADING = `
  SELECT i.indexrelid::regclass::text AS name, a.attname::text AS column
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]`

export interface Reading {
  /** Tables that are read whole, or through a whole index. */
  readonly whole: readonly string[]
  /** Look-ups by an index. */
  readonly byIndex: number
}

/** How the serving role reads, in the scope that the work itself opens: its statements again, explained. */
export async function readingOf(database: TestDatabase, work: () => Promise<unknown>): Promise<Reading> {
  const statements = await sentDuring(work)
  const client = new Client(connectionOptions(database.target, 'hearthkey_app'))
  await client.connect()
  const nodes: Node[] = []
  const leading = new Map<string, string>()
  try {
    const { rows: indexes } = await client.query<{ name: string; column: string }>(LEADING)
    for (const { name, column } of indexes) leading.set(name, column)
    for (const { text, values } of statements) {
      if (/^(?:begin|commit|start|rollback)|set_config/i.test(text.trim())) await client.query(text, values)
      else {
        const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${await bodyOf(client, text, values)}`, values)
        nodes.push(...nodesOf(explained.parse(rows)[0]['QUERY PLAN'][0].Plan))
      }
    }
  } finally {
    await client.end()
  }
  const scans = nodes.filter((one) => one['Node Type'].endsWith('Scan') && one['Node Type'] !== 'Subquery Scan')
  // A bitmap is read through the index below it.
  const direct = scans.filter((one) => one['Node Type'] !== 'Bitmap Heap Scan')
  // Without a condition on its first column an index is skipped through, value by value.
  const isLookUp = (one: Node) =>
    one['Index Cond']?.includes(leading.get(one['Index Name'] ?? '') ?? 'no such column') === true
  return {
    whole: direct
      .filter((one) => !isLookUp(one))
      .map((one) => `${one['Node Type']} ${one['Index Name'] ?? one['Relation Name'] ?? ''}`),
    byIndex: direct.filter(isLookUp).length,
  }
}

/** Functions of ours that read, with the scope that each opens and what its parameters are called. */
const reading = {
  membership_of: { scope: 'hearthkey.org', by: 0, names: ['p_org', 'p_member'], types: ['uuid', 'uuid'] },
  organisations_to_choose: {
    scope: 'hearthkey.person',
    by: 0,
    names: ['p_member', 'p_most'],
    types: ['uuid', 'integer'],
  },
} as const

/** What stands in such a function is explained, in the scope that it would open. */
async function bodyOf(client: Client, text: string, values: unknown[]): Promise<string> {
  const found = Object.entries(reading).find(([name]) => text.includes(`${name}(`))
  if (!found) return text
  const [name, { scope, by, names, types }] = found
  const { rows } = await client.query<{ prosrc: string }>('SELECT prosrc FROM pg_proc WHERE proname = $1', [name])
  const query = /RETURN QUERY([^;]+);/.exec(rows[0]?.prosrc ?? '')?.[1]
  if (query === undefined) throw new Error(`${name} is not what it was: read its plan in another way`)
  await client.query('SELECT set_config($1, $2, true)', [scope, values[by]])
  return names.reduce((body, own, at) => body.replaceAll(own, `$${at + 1}::${types[at]}`), query)
}
