import { z } from 'zod'
import { expected, unless, withForm } from './form.ts'

const origins = { says: 'a list of https origins', suchAs: 'https://example.com' }

const whyNot = (text: string): string | undefined => {
  const url = /^https:\/\/[^\s\\@?#]+$/i.test(text) ? URL.parse(text) : null
  return url?.pathname === '/' ? undefined : expected(origins)
}

export const webOrigins = () =>
  withForm(
    z
      .array(
        z
          .string()
          .superRefine(unless(whyNot))
          .transform((text) => new URL(text).origin),
      )
      .readonly(),
    { ...origins, fromText: (text) => text.split(',').map((part) => part.trim()) },
  )
