import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../../src/http/server/listen.ts'
import { mailWorld } from '../links/support.ts'

const email = 'ada.lovelace@example.com'

/** The same server, asked from several addresses. */
async function openTo() {
  const env = { ISSUER_URL: 'https://id.example.com', TRUSTED_PROXIES: '127.0.0.1' }
  const world = await mailWorld({ env, file: 'registration: { mode: open }' })
  const { port, close } = await listen({ http: world.http, host: '127.0.0.1', port: 0, log: world.log.log })
  onTestFinished(() => close(0))
  const ask = async (path: '/register' | '/recover', ip: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ email }),
      headers: {
        accept: 'text/html',
        origin: env.ISSUER_URL,
        'x-forwarded-for': ip,
        'x-forwarded-host': 'id.example.com',
        'x-forwarded-proto': 'https',
      },
    })
    return { status: answer.status, quotas: answer.headers.get('ratelimit'), text: await answer.text() }
  }
  return { ...world, ask }
}

it('strangers who register somebody’s address from everywhere do not shut off their recovery', async () => {
  const { ask, addPerson, letters } = await openTo()
  await addPerson({ email })
  const statuses: number[] = []
  for (const ip of ['203.0.113.1', '203.0.113.2', '203.0.113.3'])
    for (let time = 0; time < 4; time += 1) statuses.push((await ask('/register', ip)).status)
  expect(statuses).toEqual([...Array(10).fill(303), 429, 429])
  expect((await ask('/recover', '198.51.100.7')).status).toBe(303)
  expect((await letters()).map(({ message }) => message)).toContain('recovery')
})
