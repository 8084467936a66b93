import { z } from 'zod'
import { Secret } from '../lib/secret.ts'
import { noticeNames } from '../ui/messages/areas/notices.ts'

/** A link that opens something: whoever reads it can use it. */
const secret = z.codec(
  z.string(),
  z.custom<Secret<string>>((value) => value instanceof Secret),
  { decode: (text) => new Secret(text), encode: (held) => held.reveal() },
)
const moment = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const minutes = z.number().positive()

const withLink = <const Name extends string>(name: Name) =>
  z.strictObject({ name: z.literal(name), url: secret, validFor: minutes })

const ofChange = <const Name extends string>(name: Name) =>
  z.strictObject({
    name: z.literal(name),
    /** Masked by whoever sends it. */
    newAddress: z.string(),
    undoUrl: secret,
    validFor: minutes,
  })

/** What can be said to somebody, each with exactly the values that its letter is made of; and how these are stored. */
export const messageCodec = z.discriminatedUnion('name', [
  withLink('registration'),
  z.strictObject({ name: z.literal('already-registered'), signInUrl: z.string(), recoverUrl: z.string() }),
  withLink('email-verification'),
  withLink('recovery'),
  withLink('email-change-confirm'),
  withLink('invitation').extend({
    organisation: z.string(),
    /** A member who invites; without one it is whoever runs the service. */
    inviter: z.string().optional(),
  }),
  /** To the address that the account has: before the new one is confirmed, and once it is. */
  ofChange('email-change-asked'),
  ofChange('email-change-told'),
  z.strictObject({
    name: z.literal('notice'),
    what: z.enum(noticeNames),
    at: moment,
    device: z.string().optional(),
    place: z.string().optional(),
    notMeUrl: secret,
  }),
  z.strictObject({
    name: z.literal('api-key-expiring'),
    /** As its owner calls it, and where it opens the door. */
    key: z.string(),
    organisation: z.string(),
    expiresAt: moment,
  }),
  /** Never sent: it makes a request about an unknown address cost what a known one costs (threat 25). */
  z.strictObject({ name: z.literal('discard') }),
])
export type Message = z.output<typeof messageCodec>
export type Sendable = Exclude<Message, { readonly name: 'discard' }>
