import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { deadJobs } from '../../src/jobs/dead.ts'
import { createEnqueue } from '../../src/jobs/enqueue.ts'
import { handle } from '../../src/jobs/handler.ts'
import type { TestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { captureLog } from '../support/log.ts'
import { databaseWithQueue, jobs, makeDue, noteKind, runWorker, sharedKind } from './queue.ts'

const enqueue = createEnqueue()
/** By itself an idle worker looks each half minute. */
const WOKEN_MS = 20_000
let db: TestDatabase
beforeEach(async () => {
  db = await databaseWithQueue()
})
const ask = (noteId: string) => inTransaction(db.app, (tx) => enqueue(tx, noteKind, { noteId }))
const stateOf = async () => (await jobs(db, 'note.take')).map(({ state }) => state)

describe('a worker', () => {
  it('does what waited, and says so', async () => {
    await ask('early')
    const done: string[] = []
    await runWorker(db, [handle(noteKind, async ({ noteId }) => void done.push(noteId))])
    await eventually(async () => ((await stateOf())[0] === 'completed' ? true : undefined))
    expect(done).toEqual(['early'])
  })

  it('is woken by a commit, long before it would look again', async () => {
    const listener = await db.listen()
    onTestFinished(() => listener.close())
    const done: string[] = []
    await ask('first')
    await runWorker(db, [handle(noteKind, async ({ noteId }) => void done.push(noteId))], { listener })
    await eventually(async () => ((await stateOf())[0] === 'completed' ? true : undefined))
    await ask('second')
    expect(await eventually(() => done[1], WOKEN_MS)).toBe('second')
  })

  it('works off what waits, one after another, and looks again only when nothing is left', async () => {
    const listener = await db.listen()
    onTestFinished(() => listener.close())
    const notes = ['a', 'b', 'c', 'd', 'e', 'f']
    const done: string[] = []
    await runWorker(db, [handle(noteKind, async ({ noteId }) => void done.push(noteId))], { listener })
    // One commit calls once.
    await inTransaction(db.app, async (tx) => {
      for (const noteId of notes) await enqueue(tx, noteKind, { noteId })
    })
    await eventually(() => (done.length === notes.length ? true : undefined), WOKEN_MS)
    expect(done.toSorted()).toEqual(notes)
  })

  it('does what is urgent first', async () => {
    await ask('patient')
    await inTransaction(db.app, (tx) => enqueue(tx, noteKind, { noteId: 'urgent' }, { isUrgent: true }))
    const done: string[] = []
    const listener = await db.listen()
    onTestFinished(() => listener.close())
    await runWorker(db, [handle(noteKind, async ({ noteId }) => void done.push(noteId))], { listener })
    await eventually(() => done[1], WOKEN_MS)
    expect(done).toEqual(['urgent', 'patient'])
  })

  it('does the rest nevertheless where what is urgent never ends', async () => {
    const listener = await db.listen()
    onTestFinished(() => listener.close())
    const share = (noteId: string, isUrgent: boolean) =>
      inTransaction(db.app, (tx) => enqueue(tx, sharedKind, { noteId }, { isUrgent }))
    await share('patient', false)
    for (const noteId of ['one', 'two']) await share(noteId, true)
    const done: string[] = []
    await runWorker(
      db,
      [
        handle(sharedKind, async ({ noteId }) => {
          if (noteId !== 'patient' && !done.includes('patient')) await share(noteId, true)
          done.push(noteId)
        }),
      ],
      { listener },
    )
    await eventually(() => (done.includes('patient') ? true : undefined), WOKEN_MS)
  })

  it('tries again what failed, and tells the handler which try it is', async () => {
    const attempts: number[] = []
    await ask('a')
    await runWorker(db, [
      handle(noteKind, async (_payload, { attempt }) => {
        attempts.push(attempt)
        if (attempt === 1) throw new Error('not yet')
      }),
    ])
    await eventually(async () => ((await stateOf())[0] === 'retry' ? true : undefined))
    await makeDue(db)
    await runWorker(db, [handle(noteKind, async (_payload, { attempt }) => void attempts.push(attempt))])
    await eventually(async () => ((await stateOf())[0] === 'completed' ? true : undefined))
    expect(attempts).toEqual([1, 2])
  })

  it('[TOS-8] keeps a job that died where it is seen, with a reason that gives nothing away', async () => {
    const secret = 'smtp://mailer:hunter2@mail.example'
    const failing = handle(noteKind, async () => {
      throw Object.assign(new Error(`cannot log in to ${secret}`), { code: 'EAUTH' })
    })
    const id = await ask('a')
    await db.ownerPool.query('UPDATE pgboss.job SET retry_count = retry_limit')
    const { log, lines } = captureLog()
    await runWorker(db, [failing], { log })
    const dead = await eventually(async () => {
      const found = await deadJobs(db.ownerPool)
      return found.length > 0 ? found : undefined
    })
    expect(dead).toMatchObject([{ kind: 'note.take', jobId: id, attempts: 3, reason: 'Error EAUTH' }])
    const { rows } = await db.ownerPool.query('SELECT job::text FROM pgboss.job')
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect(lines()).toContainEqual(expect.objectContaining({ level: 'error', jobId: id, job: 'note.take', attempt: 3 }))
  })

  it('that stops takes nothing new and waits for what runs', async () => {
    let release = () => {}
    const running = new Promise<void>((resolve) => {
      release = resolve
    })
    const started: string[] = []
    await ask('first')
    const worker = await runWorker(db, [
      handle(noteKind, async ({ noteId }) => {
        started.push(noteId)
        await running
      }),
    ])
    await eventually(() => started[0])
    const stopped = worker.stop(10_000)
    await ask('second')
    release()
    await stopped
    expect(await stateOf()).toEqual(['completed', 'created'])
    expect(started).toEqual(['first'])
  })

  it('that stops tells what still runs at the deadline, and hands it to the next worker', async () => {
    const told: boolean[] = []
    await ask('slow')
    const worker = await runWorker(db, [
      handle(
        noteKind,
        (_payload, { signal }) =>
          new Promise<void>((_resolve, reject) => {
            told.push(false)
            signal.addEventListener('abort', () => {
              told.push(true)
              reject(new Error('stopped'))
            })
          }),
      ),
    ])
    await eventually(() => told[0] === false || undefined)
    await worker.stop(1_000)
    await eventually(() => told[1])
    expect(await stateOf()).toEqual(['retry'])
  })

  it('that has nothing to do stops at once', async () => {
    const worker = await runWorker(db, [handle(noteKind, async () => {})])
    // It would take longer than a test may.
    await worker.stop(600_000)
  })
})
