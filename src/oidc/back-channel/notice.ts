import { z } from 'zod'
import { defineJob } from '../../jobs/job.ts'
import { defineId } from '../../lib/ids.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

/** Whom to tell of what. Their forms, as this client knows them, are made when it is told. */
const notice = z.strictObject({
  client: z.string(),
  user: userId.schema,
  /** Null: all that the person is signed in to there. */
  session: sessionId.schema.nullable(),
})

/** Told at most so many times, over an hour and a half: who is down for longer finds out by the next refresh. */
export const tellOfLogout = defineJob({
  name: 'logout_notices.send',
  schema: notice,
  retry: { limit: 10, firstSeconds: 5, mostSeconds: 30 * 60 },
  timeoutSeconds: 90,
  // Of one client one at a time: one that hangs has one of these, and leaves the others to the rest.
  concurrency: 8,
})
