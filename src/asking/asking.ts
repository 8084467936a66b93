import { z } from 'zod'
import { type NotedForm, typedText } from '../http/input/notes.ts'

/** What a link that comes by mail is asked for. */
export type Purpose = 'registration' | 'recovery'

/** What is wrong about an address before anybody is looked up. */
export type AddressProblem =
  | { readonly kind: 'email-invalid' }
  /** Public: whoever is refused for their domain is told which ones are taken. */
  | { readonly kind: 'other-domain'; readonly domains: readonly string[] }

const refused = z.object({
  email: typedText,
  problem: z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['email-missing', 'email-invalid']) }),
    z.object({ kind: z.literal('other-domain'), domains: z.array(z.string()) }),
  ]),
})
const sent = z.object({ email: typedText })

export const notedAsking = (path: `/${string}`): NotedForm<typeof refused> => ({ shape: refused, path })
export const notedSent = (path: `/${string}`): NotedForm<typeof sent> => ({ shape: sent, path })
