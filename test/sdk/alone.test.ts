import { spawnSync } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder, licenseText, published, vendor } from '../licenses/support.ts'

const root = join(import.meta.dirname, '../..')

/** Written down by somebody who has the folder `sdk`, `jose`, and nothing else of this project. */
const service = `
  import net from 'node:net'
  const nowhere = () => { throw new Error('the SDK asked the network') }
  globalThis.fetch = nowhere
  net.Socket.prototype.connect = nowhere
  const { verifyLicenseFile } = await import('./sdk/license.ts')
  const { createRevocationReader } = await import('./sdk/revocations.ts')
  const { verifyWebhook } = await import('./sdk/webhooks.ts')
  const { readFile } = await import('node:fs/promises')
  const keys = JSON.parse(await readFile(new URL('keys.json', import.meta.url), 'utf8'))
  const options = { keys, product: 'hearthkey', instance: 'https://id.example.com/', now: new Date('2030-02-01') }
  for (const file of ['good', 'bad']) {
    const verdict = await verifyLicenseFile(new URL(file, import.meta.url).pathname, options)
    console.log(verdict.state, verdict.counts)
  }
  const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']
  console.log(verifyWebhook({ headers: {}, body: '', secrets }).reason)
  const errors = []
  const reader = createRevocationReader({
    issuer: 'https://id.example.com',
    api: 'https://api.example.com',
    fetchToken: async () => 'token',
    onError: (error) => errors.push(error),
  })
  await reader.refresh().catch((error) => console.log(error.reason, reader.isRevoked({ sub: 'a', iat: 1 })))
`

describe('[STO-10] the SDK', () => {
  it('works in a folder of its own, with jose and without a network', async () => {
    const home = await folder()
    const key = await vendor('alone', 'EdDSA')
    await mkdir(join(home, 'node_modules'))
    await cp(join(root, 'src/sdk'), join(home, 'sdk'), { recursive: true })
    await cp(join(root, 'node_modules/jose'), join(home, 'node_modules/jose'), { recursive: true })
    await writeFile(join(home, 'package.json'), '{"type":"module"}')
    await writeFile(join(home, 'service.js'), service)
    await writeFile(join(home, 'keys.json'), JSON.stringify(published(key)))
    await writeFile(join(home, 'good'), `${licenseText(key)}\n`)
    await writeFile(join(home, 'bad'), licenseText(await vendor()))
    // What it may read is this folder: an import of anything of ours would end it.
    const ran = spawnSync(process.execPath, ['--permission', `--allow-fs-read=${home}`, join(home, 'service.js')], {
      cwd: home,
      encoding: 'utf8',
      env: {},
    })
    expect({ status: ran.status, stdout: ran.stdout, stderr: ran.stderr }).toMatchObject({
      status: 0,
      stdout: 'valid true\nunreadable false\nheader-missing\nunreachable unknown\n',
    })
  })
})
