import { expect, it, onTestFinished } from 'vitest'
import { startBackground } from '../../src/instance/background.ts'
import { eventually } from '../support/eventually.ts'
import { mailServer, type Post, postAt } from './post.ts'

async function backgroundOf({ services, config, clock, log }: Post) {
  const background = await startBackground(services, { config, clock, log: log.log })
  onTestFinished(() => background.stop())
}

it('a letter leaves by itself, once, when the change that it tells of has committed', async () => {
  const smtp = await mailServer()
  const app = await postAt(smtp.url)
  await backgroundOf(app)
  const id = await app.put()
  await smtp.waitForMail(({ to }) => to.includes('ada@example.com'), 20_000)
  await eventually(async () => ((await app.row(id)).state === 'sent' ? true : undefined))
  expect(smtp.mails).toHaveLength(1)
  expect(app.log.text()).not.toContain('Mail is not configured')
}, 60_000)

it('a letter that the server did not take is kept by the queue for another try', async () => {
  const smtp = await mailServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('4.2.0 later'), { responseCode: 450 })),
  })
  const app = await postAt(smtp.url)
  await backgroundOf(app)
  await app.put()
  const jobs = `SELECT data, output FROM pgboss.job WHERE name = 'mail.deliver' AND state = 'retry' AND start_after > now()`
  const job = await eventually(async () => (await app.database.ownerPool.query(jobs)).rows[0], 20_000)
  expect(JSON.stringify(job)).not.toContain('ada@')
  expect(app.log.lines()).toContainEqual(expect.objectContaining({ level: 'warn', job: 'mail.deliver' }))
  expect(app.log.text()).not.toMatch(/ada@|4\.2\.0 later/)
}, 60_000)

it('a start without a mail server says once where letters are', async () => {
  const app = await postAt()
  await backgroundOf(app)
  const said = app.log.lines().filter(({ msg }) => String(msg).includes('hearthkey outbox list'))
  expect(said).toMatchObject([{ level: 'info' }])
})
