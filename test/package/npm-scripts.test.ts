import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { temporaryHome } from '../support/server.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

describe('npm start', () => {
  it('stops cleanly when a supervisor signals npm, and leaves nothing running', async () => {
    const home = await temporaryHome()
    const env = { PATH: process.env['PATH'], HOME: home, DATA_DIR: `${home}/data`, KEYS_DIR: `${home}/keys`, PORT: '0' }
    const npm = spawn('npm', ['start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const exited = once(npm, 'exit')
    let output = ''
    for (const stream of [npm.stdout, npm.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    const url = await eventually(() => {
      const port = /"port":(\d+).*Hearthkey is ready/.exec(output)?.[1]
      return port && `http://127.0.0.1:${port}`
    })
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    npm.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(output).toContain('"msg":"stopped"')
    await expect(fetch(`${url}/readyz`)).rejects.toThrow()
  })

  it('and every other script become the program that they run: a shell in between would keep its signals', () => {
    const running = Object.entries(scripts).filter(([, script]) => /\bnode\b/.test(script))
    expect(running.length).toBeGreaterThan(5)
    expect(running.filter(([, script]) => !script.startsWith('exec node '))).toEqual([])
  })
})
