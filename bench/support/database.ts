import { Client } from 'pg'
import type { Home } from './home.ts'
import { postmasterOf } from './postmaster.ts'

/** The server beneath this home. The superuser alone may fill tables whatever their rows belong to. */
export async function connect(home: Home, user: 'hearthkey_owner' | 'hearthkey_super'): Promise<Client> {
  const postmaster = postmasterOf(home)
  if (postmaster === undefined) throw new Error('no PostgreSQL runs under the data directory')
  const { socketDir: host, port } = postmaster
  const client = new Client({ host, port, user, database: 'hearthkey' })
  client.on('error', () => {}) // Who kills a server cuts every connection.
  await client.connect()
  return client
}

/** As SQL, the id of the n-th copy: of version 7, which alone is read as an id, and in the order of time, as ids are. */
export const idFor = (what: string): string =>
  `(lpad(to_hex(1700000000000 + n * 1000), 12, '0') || '7' || substr(md5('${what}' || n), 1, 3)
    || '8' || substr(md5('${what}' || n), 4, 15))::uuid`

/** As SQL, what stands for 32 random bytes, the same wherever the n-th copy has it. */
export const hashFor = (what: string): string => `sha256(convert_to('${what}' || n, 'UTF8'))`

interface Copies {
  readonly table: string
  /** Which row is copied. */
  readonly like: string
  readonly values: readonly unknown[]
  /** Column → its value in the n-th copy, as SQL; all others are as in the row. */
  readonly but: Readonly<Record<string, string>>
  readonly from: number
  readonly to: number
}

/**
 * Rows as the server itself writes them, thousands for one of its own: as wide, with all constraints, triggers and indexes.
 * What is sealed in them is sealed for somebody else and is never opened.
 */
export async function copyRow(client: Client, { table, like, values, but, from, to }: Copies): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  )
  const names = rows.map(({ name }) => name)
  const unknown = Object.keys(but).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`${table} has no ${unknown.join(', ')}`)
  const cells = names.map((name) => but[name] ?? `one.${name}`)
  const [first, last] = [values.length + 1, values.length + 2]
  const { rowCount } = await client.query(
    `INSERT INTO ${table} (${names.join(', ')})
       SELECT ${cells.join(', ')}
       FROM (SELECT * FROM ${table} WHERE ${like} LIMIT 1) AS one, generate_series($${first}::bigint, $${last}::bigint) AS n`,
    [...values, from, to],
  )
  if (rowCount !== to - from + 1) throw new Error(`${table}: there is no row to copy`)
}
