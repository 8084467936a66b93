import { z } from 'zod'
import { withForm } from './form.ts'

export const oneName = () =>
  withForm(z.string().regex(/^[a-zA-Z][a-zA-Z0-9._-]{0,63}$/), {
    says: 'a name of 1 to 64 letters, digits, dots, hyphens and underscores that begins with a letter',
  })
