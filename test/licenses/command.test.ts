import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { publicPem, type SigningKey } from '../../src/licenses/issuing/private-key.ts'
import { licenseId } from '../../src/licenses/license/claims.ts'
import { cli } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'
import { DAY, licenseText, listText, vendor } from './support.ts'

let key: SigningKey
beforeAll(async () => {
  key = await vendor()
})

const ISSUER = 'http://localhost:3000'
/** A server goes by the time of day, and so does what is signed for it. */
const seconds = Math.floor(Date.now() / 1000)
const current = (claims: object = {}) =>
  licenseText(key, {
    jti: licenseId.generate(),
    iat: seconds,
    nbf: seconds,
    exp: seconds + 365 * DAY,
    instance: [ISSUER],
    ...claims,
  })

/** The built server, and commands beside it as its operator gives them. */
async function house() {
  const server = await startServer({ ISSUER_URL: ISSUER })
  const { home } = server
  const run = (args: readonly string[], confirms = false) =>
    cli(args, { cwd: home, env: { ISSUER_URL: ISSUER }, ...(confirms && { confirms }) })
  const license = (...args: string[]) => run(['license', ...args])
  const file = (name: string, text: string) => writeFile(join(home, name), text)
  const pin = async () => {
    await mkdir(join(home, 'keys/license'), { mode: 0o700 })
    await file('keys/license/vendor.pem', publicPem(key))
  }
  return { server, home, run, license, file, pin }
}

describe('[STO-10] hearthkey license install, status and remove, beside a running server', () => {
  it('say what is missing, what is installed, what it allows and how much of it is used', async () => {
    const { server, run, license, file, pin } = await house()
    await file('l', `${current({ limits: { users: 3, clients: 1 } })}\n`)
    expect(await license('status')).toMatchObject({ exit: 0, stdout: expect.stringContaining('none is needed') })
    const unpinned = await license('install', 'l')
    expect(unpinned).toMatchObject({ exit: 65, stderr: expect.stringMatching(/No public key[\s\S]*keys\/license/) })
    await pin()
    expect(await license('install', 'l')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/limits +users 3, clients 1\n/),
    })

    const create = (name: string) => run(['user', 'create', '--email', `${name}@example.com`, '--name', name])
    for (const name of ['ada', 'bob', 'eve']) expect(await create(name)).toMatchObject({ exit: 0 })
    expect(await create('mallory')).toMatchObject({
      exit: 77,
      stderr: expect.stringMatching(/It allows 3 users\.[\s\S]*license-limit-reached/),
    })
    const status = await license('status')
    expect(status).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/users +3 +3\norganisations +0 +any\nclients +0 +1\n\n3 of 3 users are used/),
    })
    const doctor = await run(['doctor'])
    expect(doctor.stdout).toMatch(/ok {3}licence: The licence of Müller & Söhne is valid/)
    expect(doctor.stdout).toMatch(/warn licence: 3 of 3 users are used/)

    await file('bad', current().slice(0, -4))
    expect(await license('install', 'bad')).toMatchObject({
      exit: 65,
      stderr: expect.stringMatching(/damaged|signature/),
    })
    expect((await license('status', '--json')).stdout).toContain('"users": 3')

    expect(await license('remove')).toMatchObject({ exit: expect.not.toBeOneOf([0]) })
    expect(await license('remove', '--yes')).toMatchObject({ exit: 0 })
    expect(await license('remove', '--yes')).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('license-missing'),
    })
    expect(await create('mallory')).toMatchObject({ exit: 0 })
    await server.stop()
  })

  it('say what of the configuration does not fit', async () => {
    const { server, license, file, pin } = await house()
    await pin()
    await file('other', current({ product: 'storno' }))
    expect(await license('install', 'other')).toMatchObject({
      exit: 65,
      stderr: expect.stringMatching(/for another product: storno[\s\S]*"hearthkey" count here[\s\S]*licenses.product/),
    })
    await file('elsewhere', current({ instance: ['https://id.mueller.example'] }))
    expect(await license('install', 'elsewhere')).toMatchObject({
      exit: 65,
      stderr: expect.stringMatching(/https:\/\/id.mueller.example[\s\S]*This instance is http:\/\/localhost:3000/),
    })
    await server.stop()
  })

  it('a start says how it stands, also when it counts no more, and serves all the same', async () => {
    const { server, home, license, file, pin, run } = await house()
    await pin()
    const jti = licenseId.generate()
    await file('l', current({ jti }))
    await file('list', listText(key, { iat: seconds, revoked: [{ jti, at: seconds }] }))
    expect(await license('install', 'l')).toMatchObject({ exit: 0 })
    expect(await license('install', 'list')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('revokes 1 licence.'),
    })
    await server.stop()
    const again = await startServer({ ISSUER_URL: ISSUER }, home)
    await eventually(() => /"level":"warn".*revoked by its vendor/.test(again.output()) || undefined)
    expect((await fetch(`${again.url}/readyz`)).status).toBe(200)
    expect(await license('status')).toMatchObject({ exit: 1, stdout: expect.stringContaining('revoked by its vendor') })
    const doctor = await run(['doctor'])
    expect(doctor).toMatchObject({ exit: 1, stdout: expect.stringMatching(/FAIL licence: .*revoked/) })
    await rm(join(home, 'keys/license'), { recursive: true })
    expect(await license('status', '--json')).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('"reason": "no-keys"'),
    })
    expect(await readdir(join(home, 'keys'))).toContain('master.key')
    await again.stop()
  })
})
