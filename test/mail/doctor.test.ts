import { expect, it } from 'vitest'
import { mailCheck } from '../../src/cli/doctor/mail.ts'
import { mailServer, type Post, postAt } from './post.ts'

const examine = ({ config, database, log }: Post) =>
  mailCheck.examine({ config, target: database.target, log: log.log })

it('[STO-11] the doctor says that letters wait, that they leave, or why they do not, each with its cure', async () => {
  expect(await examine(await postAt())).toMatchObject([{ level: 'warn', cure: expect.stringContaining('SMTP_URL') }])
  const smtp = await mailServer()
  const app = await postAt(smtp.url)
  expect(await examine(app)).toEqual([{ level: 'ok', text: expect.stringContaining('letters leave by 127.0.0.1') }])
  await smtp.close()
  const id = await app.put()
  await expect(app.deliver(id)).rejects.toThrow('refused')
  expect(await examine(app)).toMatchObject([
    {
      level: 'warn',
      text: 'letters of the last days that could not be delivered (1): refused',
      cure: expect.stringContaining('outbox test'),
    },
  ])
})
