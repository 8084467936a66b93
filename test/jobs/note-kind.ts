import { z } from 'zod'
import { defineJob } from '../../src/jobs/job.ts'

export const noteKind = defineJob({
  name: 'note.take',
  schema: z.object({ noteId: z.string() }),
  retry: { limit: 2, firstSeconds: 1, mostSeconds: 1 },
})
