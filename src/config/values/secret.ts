import { z } from 'zod'
import { Secret } from '../../lib/secret.ts'
import { withForm } from './form.ts'

/** What makes a good one is the business of whoever uses it. */
export const secretText = (says: string) =>
  withForm(
    z
      .string()
      .min(1)
      .transform((text) => new Secret(text)),
    { says },
  )
