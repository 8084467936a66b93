import { z } from 'zod'

/**
 * What a job is told: ids and small settings, flat. Never a secret, a name or an address: rows of the queue are plain
 * text, are kept after the work is done, and are reached by no person's key when that person is erased. The handler
 * reads what it needs, opened, when it runs.
 */
export type JobPayload = Readonly<Record<string, string | number | boolean | null>>

/** Longer than any id, shorter than a token: what does not fit was not an id. */
const LONGEST_VALUE = 100
const onlyIds = z.record(z.string(), z.union([z.string().max(LONGEST_VALUE), z.number(), z.boolean(), z.null()]))

export interface JobKind<P extends JobPayload = JobPayload> {
  readonly name: string
  /** Refuses what is not of this kind, and what is too long to be an id. */
  readonly parse: (payload: unknown) => P
  readonly retry: Retry
  readonly timeoutSeconds: number
  readonly overlap: 'allowed' | 'never'
  readonly concurrency: number
  readonly unhurried: number
}

/** Of what the queue does first: more of it comes first. */
export const USUAL = 0
export const URGENT = 1

interface Retry {
  /** Attempts after the first one. */
  readonly limit: number
  /** The first wait; each next one doubles, with some chance in it, up to `mostSeconds`. */
  readonly firstSeconds: number
  readonly mostSeconds: number
}

interface JobDefinition<P extends JobPayload> {
  /** `noun.verb` in the imperative, like `keys.rotate`; a new name is a new queue. */
  readonly name: string
  readonly schema: z.ZodType<P>
  readonly retry?: Partial<Retry>
  /** A run that takes longer is told to stop (`signal`) and tried again. */
  readonly timeoutSeconds?: number
  /** `never`: while one waits or runs, on any instance, a second is not accepted. Fixed once the queue exists. */
  readonly overlap?: JobKind['overlap']
  /** How many run side by side in one worker. */
  readonly concurrency?: number
  /** So many beside these take nothing that is urgent: while there is no end to that, the rest is done too. */
  readonly unhurried?: number
}

/** About half a day of attempts: long enough for a mail server or a disk to come back overnight. */
const patient: Retry = { limit: 15, firstSeconds: 5, mostSeconds: 2 * 60 * 60 }

export function defineJob<P extends JobPayload>(definition: JobDefinition<P>): JobKind<P> {
  const { name, schema, retry, timeoutSeconds = 300, overlap = 'allowed', concurrency = 1, unhurried = 0 } = definition
  if (!/^[a-z][a-z_]*\.[a-z][a-z_]*$/.test(name)) throw new TypeError(`a job is named noun.verb, not ${name}`)
  return {
    name,
    parse: (payload) => {
      onlyIds.parse(payload)
      return schema.parse(payload)
    },
    retry: { ...patient, ...retry },
    timeoutSeconds,
    overlap,
    concurrency,
    unhurried,
  }
}
