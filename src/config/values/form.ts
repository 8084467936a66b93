import { z } from 'zod'

/** How a value is written: what the documentation says, and how it crosses between text and the program. */
export interface Form {
  /** Completes "expected …" and "Takes …". */
  readonly says: string
  readonly suchAs?: string
  /** What the environment can only say as text. A text that does not fit is passed on for the schema to refuse. */
  readonly fromText?: (text: string) => unknown
  /** How a parsed number is shown to people. */
  readonly toText?: (value: number) => string
  /** A relative path counts from the file that names it. */
  readonly isPath?: true
}

const forms = z.registry<Form>()

export function withForm<S extends z.ZodType>(schema: S, form: Form): S {
  forms.add(schema, form)
  return schema
}

/** Looks through `.optional()`, `.prefault()` and `.readonly()`, which say nothing about the form. */
export function layersOf(schema: unknown): z.ZodType[] {
  const isWrapper =
    schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly
  if (isWrapper) return [schema, ...layersOf(schema.unwrap())]
  return schema instanceof z.ZodType ? [schema] : []
}

export function formOf(schema: z.ZodType): Form {
  for (const layer of layersOf(schema)) {
    const form = forms.get(layer)
    if (form) return form
  }
  throw new TypeError('a setting is built from a schema in config/values, which says how it is written')
}

export const expected = ({ says, suchAs }: Form): string => `expected ${says}${suchAs ? `, such as ${suchAs}` : ''}`

/** A check that answers with the reason of a refusal. The reason never quotes the value: it may be a misplaced secret. */
export const unless = (reasonAgainst: (text: string) => string | undefined) => {
  return (text: string, context: z.RefinementCtx<string>): void => {
    const reason = reasonAgainst(text)
    if (reason) context.addIssue(reason)
  }
}
