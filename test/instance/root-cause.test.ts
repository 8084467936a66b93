import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { rootCause, thrownFirst } from '../../src/instance/cause.ts'
import { captureLog } from '../support/log.ts'

const death = new AppError('embedded-database-failed', { detail: 'it was killed' })
const dead = { exited: Promise.resolve(death) }
const living = { exited: new Promise<AppError>(() => {}) }
const lost = new Error('Connection terminated unexpectedly')

describe('the reason of a failure', () => {
  it('is the death of the database, also where the broken connection is heard of first', async () => {
    const { log, text } = captureLog()
    expect(await rootCause(lost, dead, log)).toBe(death)
    expect(text()).toContain('Connection terminated unexpectedly')
    const soon = { exited: new Promise<AppError>((tell) => void setTimeout(tell, 50, death)) }
    expect(await rootCause(new AppError('database-unreachable'), soon, log)).toBe(death)
    expect(await rootCause(new AppError('workers-failed'), soon, log)).toBe(death)
  })

  it('is what it says it is while the database lives, and where it has a name of its own', async () => {
    const { log } = captureLog()
    expect(await rootCause(lost, living, log)).toBe(lost)
    expect(await rootCause(lost, undefined, log)).toBe(lost)
    const other = new AppError('master-key-wrong')
    expect(await rootCause(other, dead, log)).toBe(other)
  })

  it('is not what went wrong in the stopping, which the log keeps', () => {
    const { log, text } = captureLog()
    const first = new AppError('port-in-use')
    expect(thrownFirst(new SuppressedError(new Error('the pool'), first), log)).toBe(first)
    expect(text()).toContain('the pool')
  })
})
