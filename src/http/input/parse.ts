import type { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'

/** Names the field and the rule that it broke, never the value: it may be a password in the wrong field. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const complaints = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  throw new AppError('bad-request', {
    detail: complaints.slice(0, 5).join('; '),
  })
}
