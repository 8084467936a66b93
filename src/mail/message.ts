import { z } from 'zod'
import { alertRules } from '../config/sections/alerts.ts'
import { Secret } from '../lib/secret.ts'
import { noticeNames, toldFactors } from '../ui/messages/areas/notices.ts'

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
/** As they call themselves; absent in letters that were written before they were named. */
const applications = z.array(z.string()).readonly().optional()
/** By what it is called in the language of whoever reads, where it comes with the house. */
const role = z.strictObject({ key: z.string(), name: z.string(), template: z.string().optional() })
/** As its owner calls it, by its last characters, and where it opens the door. */
const key = { key: z.string(), hint: z.string(), organisation: z.string() }

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
    /** Absent in letters that were written before roles were named. */
    roles: z.array(role).readonly().optional(),
    /** A member who invites; without one it is whoever runs the service. */
    inviter: z.string().optional(),
  }),
  z.strictObject({
    name: z.literal('email-code'),
    /** What it is typed for: to sign in, or to show whose mailbox it is before anything is enrolled. */
    purpose: z.enum(['second-factor', 'mailbox']),
    code: secret,
    validFor: minutes,
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
    /** Which one, where it is about a way to sign in: of which kind, and as its owner calls it. */
    factor: z.strictObject({ kind: z.enum(toldFactors), name: z.string().optional() }).optional(),
    /** Which one, where it is about a key. */
    key: z.strictObject(key).optional(),
    /** How many backup codes, where one was used. */
    left: z.number().int().nonnegative().optional(),
    /** Which applications lost their access by it. */
    applications,
    /** Without, the mailbox may be a thief's, and a link in it would shut the owner out. */
    notMeUrl: secret.optional(),
  }),
  z.strictObject({
    name: z.literal('api-key-expiring'),
    /** As its owner calls it, and where it opens the door. */
    key: z.string(),
    organisation: z.string(),
    /** Whose it is, where that is no person: the letter goes to whoever looks after programs. */
    program: z.string().optional(),
    expiresAt: moment,
  }),
  z.strictObject({ name: z.literal('program-key-leaked'), ...key, program: z.string(), at: moment }),
  z.strictObject({ name: z.literal('program-key-created'), ...key, program: z.string(), at: moment }),
  z.strictObject({ name: z.literal('program-key-rotated'), ...key, program: z.string(), at: moment }),
  z.strictObject({
    name: z.literal('program-created'),
    program: z.string(),
    organisation: z.string(),
    roles: z.array(role).readonly(),
    at: moment,
  }),
  /** By somebody else. */
  z.strictObject({
    name: z.literal('membership-changed'),
    what: z.enum(['removed', 'suspended', 'readmitted', 'roles']),
    organisation: z.string(),
    roles: z.array(role).readonly(),
    at: moment,
  }),
  /** How somebody who lost all that they could prove gets back, and how its owner stops what they did not ask for. */
  z.strictObject({ name: z.literal('factor-recovery'), url: secret, stopUrl: secret, opensAt: moment, until: moment }),
  z.strictObject({ name: z.literal('factors-reset'), via: z.enum(['recovery', 'operator']), at: moment, applications }),
  /** Its address took nothing for days. */
  z.strictObject({
    name: z.literal('webhook-disabled'),
    id: z.string(),
    /** As whoever added it calls it, and where it leads: the whole address may say more than should stand in a letter. */
    webhook: z.string(),
    host: z.string(),
    /** Absent: of the instance itself. */
    organisation: z.string().optional(),
    at: moment,
  }),
  /** What somebody who looks after the instance should look at soon. */
  z.strictObject({
    name: z.literal('alerts'),
    alerts: z
      .array(
        z.strictObject({
          rule: z.enum(alertRules),
          /** Whom or what it is about: a name and an address where it is a person, else an id. */
          subject: z.string(),
          /** In whose log it stands, by name; absent: the instance's. */
          organisation: z.string().optional(),
          at: moment,
          event: z.string(),
          count: z.number().optional(),
        }),
      )
      .min(1)
      .readonly(),
    /** Of which the next letter tells. */
    more: z.array(z.strictObject({ rule: z.enum(alertRules), count: z.number() })).readonly(),
  }),
  /** Kept by whoever gets it: a tail of the log that was cut off shows only against a head that is elsewhere. */
  z.strictObject({
    name: z.literal('audit-head'),
    seq: z.number(),
    hash: z.string(),
    at: moment,
    jws: z.string(),
  }),
  /** Never sent: it makes a request about an unknown address cost what a known one costs (threat 25). */
  z.strictObject({ name: z.literal('discard') }),
])
export type Message = z.output<typeof messageCodec>
export type Sendable = Exclude<Message, { readonly name: 'discard' }>
