import { z } from 'zod'
import { schema } from '../schema.ts'
import { isSecret, notesOf } from '../setting.ts'
import { withoutMarkdown } from './prose.ts'

/** JSON Schema of the configuration file, for editors; draft 7 is what they understand. Secrets are no part of the file. */
export function editorSchema(): string {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-07',
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema.readOnly
      const notes = zodSchema instanceof z.ZodType ? notesOf(zodSchema) : undefined
      if (notes) jsonSchema.description = withoutMarkdown(notes.about)
      if (zodSchema instanceof z.ZodObject) {
        // A section whose lines are all commented out is null; what it leaves out may come from the environment.
        jsonSchema.type = ['object', 'null']
        delete jsonSchema.required
        for (const [name, child] of Object.entries(zodSchema.shape))
          if (child instanceof z.ZodType && isSecret(child)) delete jsonSchema.properties?.[name]
      }
    },
  })
  return `${JSON.stringify({ ...json, title: 'hearthkey.yaml' }, null, 2)}\n`
}
