import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../support/home.ts'
import { until } from '../support/processes.ts'
import { type Server, startServer } from '../support/server.ts'
import { type Told, told } from './told.ts'

const preloaded = import.meta.resolve('./preloaded.ts')

export interface WatchedServer extends Server {
  /** What has been since the last time. */
  tell(): Promise<Told>
}

/** The server as it is delivered, and beside it in its process somebody who counts. */
export async function startWatched(home: Home): Promise<WatchedServer> {
  const file = join(home.folder, 'told.json')
  const env = { LOG_LEVEL: 'info', NODE_OPTIONS: `--import ${preloaded}`, BENCH_TELLS_INTO: file }
  const server = await startServer(home, { env })
  const tell = async () => {
    rmSync(file, { force: true })
    process.kill(server.pid, 'SIGUSR2')
    return told.parse(JSON.parse(await until('the server tells', 10, () => textIn(file))))
  }
  return { ...server, tell }
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // Not yet.
  }
}
