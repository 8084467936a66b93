import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { administrator, setUpLink } from '../strangers/house.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { runHearthkey, startServer } from '../support/server.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

describe('the way of a newcomer', () => {
  it.each([
    ['in a browser', true],
    ['without JavaScript', false],
  ] as const)(
    'leads %s from nothing, over the link in the log and the demo client, to a sign-in and out again',
    async (_how, javaScriptEnabled) => {
      const port = await freePort()
      const settings = { PORT: String(port), ISSUER_URL: `http://localhost:${port}` }
      const server = await startServer(settings)
      const { page, close } = await browser.newPage({ javaScriptEnabled })
      onTestFinished(close)

      await page.goto((await setUpLink(server)).href)
      await page.fill('#name', administrator.name)
      await page.fill('#email', administrator.email)
      await page.fill('#password', administrator.password)
      await page.click('#create-admin')
      await expect(textOf(page)).resolves.toContain(administrator.email)

      const demo = await startDemo(server.home, settings)
      await page.goto(demo.url)
      await page.click('#sign-in-with-hearthkey')
      await page.fill('#email', administrator.email)
      await page.fill('#password', administrator.password)
      await page.click('#sign-in')
      await page.waitForURL(demo.url)
      expect(await textOf(page)).toContain(`Signed in as ${administrator.name}`)
      for (const [part, claim] of [
        ['#id-token', settings.ISSUER_URL],
        ['#userinfo', administrator.email],
        ['#access-token', 'at+jwt'],
        ['#invoices', 'Analytical Engines'],
      ] as const)
        expect(await page.locator(part).textContent()).toContain(claim)

      await page.click('#leave')
      await page.click('#stay')
      expect(await textOf(page)).toContain('You have not been signed out')
      await page.goto(demo.url)
      await page.click('#sign-in-with-hearthkey')
      await page.waitForURL(demo.url)

      await page.click('#leave')
      await page.click('#sign-out')
      await page.waitForURL(`${demo.url}signed-out*`)
      await page.goto(demo.url)
      await page.click('#sign-in-with-hearthkey')
      await page.waitForSelector('#password')

      expect(await demo.stop()).toBe(0)
      expect(demo.output() + server.output()).not.toContain(administrator.password)
    },
    60_000,
  )

  it('registers the demo once, again when its client is disabled, and keeps its secret from other users', async () => {
    const port = await freePort()
    const settings = { PORT: String(port), ISSUER_URL: `http://localhost:${port}` }
    const server = await startServer(settings)
    const clients = async () => (await runHearthkey(server.home, ['client', 'list'], settings)).output
    const demoClients = async () => (await clients()).match(/cl_\w+/g) ?? []

    const first = await startDemo(server.home, settings)
    expect(statSync(first.file).mode & 0o777).toBe(0o600)
    await first.stop()
    const [id = ''] = await demoClients()
    await (await startDemo(server.home, { ...settings, DEMO_PORT: String(first.port) })).stop()
    expect(await demoClients()).toEqual([id])

    expect((await runHearthkey(server.home, ['client', 'disable', id], settings)).exit).toBe(0)
    await (await startDemo(server.home, { ...settings, DEMO_PORT: String(first.port) })).stop()
    expect(new Set(await demoClients()).size).toBe(2)
  }, 60_000)

  it('says what to do where Hearthkey does not run', async () => {
    const server = await startServer()
    const port = String(await freePort())
    const demo = spawnDemo(server.home, { PORT: port })
    expect(await demo.ended).toBe(1)
    expect(demo.output()).toBe(
      `demo: Hearthkey does not answer at http://localhost:${port}.\n→ Start it with npm start, leave it running, and start the demo in another terminal.\n`,
    )
  })
})

const textOf = (page: Page) => page.locator('main').innerText()

interface Demo {
  readonly url: string
  readonly port: number
  readonly file: string
  output(): string
  stop(): Promise<number | null>
}

/** `npm run demo`, with its secret kept in the server's own folder. */
function spawnDemo(home: string, env: NodeJS.ProcessEnv) {
  const file = join(home, 'demo-client.json')
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../examples/demo/main.ts')], {
    cwd: home,
    env: { PATH: process.env['PATH'], DEMO_CLIENT_FILE: file, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => chunks.push(text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  })
  return { child, file, ended, output: () => chunks.join('') }
}

async function startDemo(home: string, env: NodeJS.ProcessEnv): Promise<Demo> {
  const { child, file, ended, output } = spawnDemo(home, { DEMO_PORT: String(await freePort()), ...env })
  const url = await eventually(() => {
    if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}:\n${output()}`)
    return /Open (http:\S+) and/.exec(output())?.[1]
  })
  return {
    url: `${url}/`,
    port: Number(new URL(url).port),
    file,
    output,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
