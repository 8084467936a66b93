import type { QueryConfig } from 'pg'

/** Of one process. Texts whose length varies (a page of ids) must not fill the server's memory: what comes later goes without. */
const MOST_NAMES = 300
const names = new Map<string, string>()

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST_NAMES) return known
  const name = `hearthkey_${names.size}`
  names.set(text, name)
  return name
}

/**
 * Every statement with parameters is parsed and planned once a connection and then only run: for look-ups by a key that
 * was most of what the database did. Between us and an operator's server a pooler must keep prepared statements (PgBouncer
 * does since 1.21) or hand out whole sessions, which LISTEN needs anyway.
 */
export function prepared(text: string, values: readonly unknown[]): QueryConfig {
  const name = values.length > 0 ? nameOf(text) : undefined
  return name === undefined ? { text, values: [...values] } : { name, text, values: [...values] }
}
