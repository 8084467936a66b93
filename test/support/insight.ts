import type { TestDatabase } from './database.ts'

export interface Insight {
  /** Actions of events, in the order of their writing, less those of a first start. */
  actions(): Promise<string[]>
  /** Everything in the database as text: what a thief of a copy can read. */
  dump(): Promise<string>
}

export function insightInto({ database }: { readonly database: TestDatabase }): Insight {
  return {
    actions: async () => {
      const admin = await database.superuser()
      const { rows } = await admin.query<{ action: string }>(
        `SELECT action FROM events WHERE action !~ 'key\\.|^role\\.' ORDER BY id`,
      )
      return rows.map(({ action }) => action)
    },
    dump: async () => {
      const admin = await database.superuser()
      const { rows: tables } = await admin.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
      )
      const texts: string[] = []
      for (const { name } of tables) {
        const { rows } = await admin.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)
        texts.push(...rows.map(({ text }) => text))
      }
      return texts.join('\n')
    },
  }
}
