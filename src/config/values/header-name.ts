import { z } from 'zod'
import { unless, withForm } from './form.ts'

/** What carries something else already, or is replaced by what we know ourselves. */
const taken = new Set([
  'authorization',
  'cookie',
  'host',
  'forwarded',
  'origin',
  'dpop',
  'content-type',
  'content-length',
])

export const headerName = () =>
  withForm(
    z
      .string()
      .toLowerCase()
      .regex(/^[a-z][a-z0-9-]{0,63}$/)
      .superRefine(
        unless((name) =>
          taken.has(name) || name.startsWith('x-forwarded-') ? 'carries something else already' : undefined,
        ),
      ),
    { says: 'the name of an HTTP header of its own', suchAs: '`X-SSL-Client-Cert`' },
  )
