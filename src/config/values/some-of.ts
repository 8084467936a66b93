import { z } from 'zod'
import { withForm } from './form.ts'

/** Several of a few names, each once. */
export const someOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  withForm(
    z
      .array(z.enum(names))
      .min(1)
      .transform((chosen) => [...new Set(chosen)])
      .readonly(),
    { says: `a list of ${names.join(', ')}`, fromText: (text) => text.split(',').map((part) => part.trim()) },
  )
