import { z } from 'zod'
import { type Form, formOf, layersOf } from './values/form.ts'

interface SettingNotes {
  /** One to three sentences of Markdown for whoever runs the server. */
  readonly about: string
  /** Its name in the environment, where it has one. */
  readonly env?: string
  /** Never printed; taken from the environment alone, because a configuration file is copied, committed and shown. */
  readonly secret?: true
  readonly example: string
  /** Says the default where it depends on other settings. */
  readonly defaultIs?: string
}

interface SectionNotes {
  readonly title: string
  readonly about: string
}

/** One leaf of the configuration, with all that is known about it. */
export interface Setting extends SettingNotes {
  /** `server.port` */
  readonly key: string
  readonly path: readonly string[]
  readonly schema: z.ZodType
  readonly form: Form
  /** As it would be written in the file; undefined where there is none. */
  readonly fallback: unknown
}

export interface Section extends SectionNotes {
  readonly name: string
  readonly settings: readonly Setting[]
}

const settingNotes = z.registry<SettingNotes>()
const sectionNotes = z.registry<SectionNotes>()

export function setting<S extends z.ZodType>(schema: S, notes: SettingNotes): S {
  settingNotes.add(schema, notes)
  return schema
}

export function section<S extends z.ZodType>(schema: S, notes: SectionNotes): S {
  sectionNotes.add(schema, notes)
  return schema
}

export const notesOf = (schema: z.ZodType): SettingNotes | SectionNotes | undefined =>
  settingNotes.get(schema) ?? sectionNotes.get(schema)

export const isSecret = (schema: z.ZodType): boolean => settingNotes.get(schema)?.secret === true

const objectIn = (schema: z.ZodType): z.ZodObject | undefined =>
  layersOf(schema).find((layer) => layer instanceof z.ZodObject)

function fallbackOf(schema: z.ZodType): unknown {
  const layer = layersOf(schema).find((candidate) => candidate instanceof z.ZodPrefault)
  return layer?.def.defaultValue
}

const childrenOf = (schema: z.ZodType): [string, z.ZodType][] =>
  Object.entries(objectIn(schema)?.shape ?? {}).flatMap(([name, child]) =>
    child instanceof z.ZodType ? [[name, child]] : [],
  )

const settingsIn = (schema: z.ZodType, parent: readonly string[]): Setting[] =>
  childrenOf(schema).flatMap(([name, child]) => {
    const path = [...parent, name]
    const notes = settingNotes.get(child)
    if (!notes) return settingsIn(child, path)
    return [{ ...notes, key: path.join('.'), path, schema: child, form: formOf(child), fallback: fallbackOf(child) }]
  })

export const sectionsOf = (schema: z.ZodType): Section[] =>
  childrenOf(schema).map(([name, child]) => {
    const notes = sectionNotes.get(child)
    if (!notes) throw new TypeError(`the section "${name}" has no title`)
    return { ...notes, name, settings: settingsIn(child, [name]) }
  })
