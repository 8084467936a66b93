import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Home } from './home.ts'
import { program } from './server.ts'

/** `hearthkey … --json` beside the server of this home; answers what it printed. */
export async function hearthkey(home: Home, args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json'], {
    cwd: home.folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', DATA_DIR: home.dataDir, KEYS_DIR: home.keysDir },
  })
  return JSON.parse(stdout)
}
