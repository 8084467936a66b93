import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { generateLoad, type LoadOrder, type LoadReport } from '../support/load.ts'
import { cpuSeconds } from '../support/processes.ts'

const ROUND = { connections: 16, requests: 80_000, seconds: 3 }

interface Measured extends LoadReport {
  readonly answersPerCpuSecond: number
}

/** What `pids` give for each second of CPU that they take, whatever else the machine does meanwhile. */
export async function measureAnswers(
  url: string,
  pids: () => number[],
  request: Pick<LoadOrder, 'form' | 'headers' | 'authorizations'> = {},
): Promise<Measured> {
  const before = cpuSeconds(pids())
  const report = await generateLoad({ url, ...ROUND, ...request })
  return { ...report, answersPerCpuSecond: report.answers / (cpuSeconds(pids()) - before) }
}

export interface BareServer extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

const bareServer = fileURLToPath(import.meta.resolve('./bare-server.ts'))

/** node:http with nothing above it, answering `body`: the most that any Node server can give here. */
export async function startBareServer(body: string): Promise<BareServer> {
  const child = spawn(process.execPath, [bareServer, body], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { NODE_ENV: 'production' },
  })
  if (child.pid === undefined) throw new Error('the bare server could not be started')
  const [port] = await once(createInterface(child.stdout), 'line')
  return {
    url: `http://127.0.0.1:${port}/`,
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await once(child, 'exit')
    },
  }
}
