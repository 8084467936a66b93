import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../src/errors/app-error.ts'
import { JobFailure } from '../../src/jobs/failure.ts'
import { defineJob } from '../../src/jobs/job.ts'

describe('a kind of job', () => {
  const kind = defineJob({ name: 'mail.send', schema: z.object({ messageId: z.string() }) })

  it('takes its own payload and no other', () => {
    expect(kind.parse({ messageId: 'msg_1' })).toEqual({ messageId: 'msg_1' })
    expect(() => kind.parse({ messageId: 7 })).toThrow()
    expect(() => kind.parse({})).toThrow()
  })

  it('[MON-1] refuses a value that is too long to be an id, and anything nested', () => {
    expect(() => kind.parse({ messageId: 'eyJhbGciOiJSUzI1NiJ9.'.repeat(5) })).toThrow()
    const loose = defineJob({ name: 'any.thing', schema: z.record(z.string(), z.string()) })
    expect(() => loose.parse({ person: { name: 'Ada' } })).toThrow()
  })

  it('is named noun.verb', () => {
    expect(() => defineJob({ name: 'SendMail', schema: z.strictObject({}) })).toThrow('noun.verb')
  })
})

describe('what the queue keeps of an error', () => {
  const kept = (cause: unknown) => JSON.stringify(new JobFailure(cause))

  it('[TOS-8] is its name and code, never its message, its stack or its cause', () => {
    const secret = 'postgres://hearthkey:hunter2@db/hearthkey'
    const error = Object.assign(new TypeError(`cannot reach ${secret}`, { cause: new Error(secret) }), {
      code: 'ECONNREFUSED',
      detail: `Key (email)=(ada@example.org) already exists.`,
    })
    expect(kept(error)).toBe('{"reason":"TypeError ECONNREFUSED"}')
    expect(kept(new AppError('unavailable', { detail: secret }))).toBe('{"reason":"unavailable"}')
    expect(kept(secret)).toBe('{"reason":"not an error"}')
  })

  it('[TOS-8] does not trust the name and the code of an error either', () => {
    const error = Object.assign(new Error('x'), { name: 'Key (email)=(ada@example.org)', code: 'a'.repeat(500) })
    expect(kept(error)).toBe('{"reason":""}')
  })
})
