import { z } from 'zod'
import { expected, unless, withForm } from './form.ts'

const form = { says: 'a list of e-mail addresses', suchAs: 'security@example.com, admin@example.com' }
const isAddress = (text: string): boolean => z.email().safeParse(text.trim()).success

/** Of nobody who has an account here. */
export const addresses = (most: number) =>
  withForm(
    z
      .array(
        z
          .string()
          .superRefine(unless((text) => (isAddress(text) ? undefined : expected(form))))
          .transform((text) => text.trim()),
      )
      .max(most)
      .readonly(),
    { ...form, fromText: (text) => text.split(',').map((part) => part.trim()) },
  )
