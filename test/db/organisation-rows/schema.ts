import type { Client } from 'pg'

export interface Column {
  readonly name: string
  readonly type: string
  /** Whether a row without it is refused. */
  readonly required: boolean
}

export interface Reference {
  readonly columns: readonly string[]
  readonly table: string
  readonly targets: readonly string[]
}

/** A table whose rows belong to organisations, as the catalogue says. */
export interface ScopedTable {
  readonly name: string
  /** What a policy compares with current_org(). */
  readonly org: string
  readonly nullable: boolean
  readonly key: readonly string[]
  readonly columns: readonly Column[]
  readonly references: readonly Reference[]
}

const TABLES = `
  SELECT c.relname AS name,
    ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
          WHERE i.indrelid = c.oid AND i.indisprimary) AS key,
    (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL),
       'required', a.attnotnull AND NOT a.atthasdef) ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    coalesce((SELECT json_agg(json_build_object('table', f.confrelid::regclass::text,
       'columns', ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = f.conrelid AND attnum = ANY (f.conkey)
                        ORDER BY array_position(f.conkey, attnum)),
       'targets', ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = f.confrelid AND attnum = ANY (f.confkey)
                        ORDER BY array_position(f.confkey, attnum))))
     FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'), '[]') AS references,
    EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND concat(pg_get_expr(p.polqual, p.polrelid),
      pg_get_expr(p.polwithcheck, p.polrelid)) LIKE '%current_org()%') AS scoped
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname`

interface Found extends Pick<ScopedTable, 'name' | 'key' | 'columns' | 'references'> {
  readonly scoped: boolean
}

export interface Schema {
  readonly scoped: readonly ScopedTable[]
  /** Tables that name an organisation in a column or by a reference, and that no policy ties to it. */
  readonly open: readonly string[]
}

export async function readSchema(superuser: Client): Promise<Schema> {
  const { rows } = await superuser.query<Found>(TABLES)
  const names = ({ columns, references }: Found) =>
    columns.some(({ name }) => /^(?:org|organisation)(?:_id)?$/.test(name)) ||
    references.some(({ table }) => table === 'organisations')
  return {
    open: rows.filter((table) => !table.scoped && names(table)).map(({ name }) => name),
    scoped: rows
      .filter(({ scoped }) => scoped)
      .map(({ name, key, columns, references }) => {
        const org = columns.find((column) => column.name === 'org_id') ?? columns.find((column) => column.name === 'id')
        if (!org) throw new Error(`${name} has a policy of an organisation and no column org_id`)
        return { name, org: org.name, nullable: !org.required, key, columns, references }
      }),
  }
}
