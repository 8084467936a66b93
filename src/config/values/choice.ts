import { z } from 'zod'
import { withForm } from './form.ts'

export const oneOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  withForm(z.enum(names), { says: `one of ${names.join(', ')}` })
