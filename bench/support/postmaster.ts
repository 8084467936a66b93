import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Home } from './home.ts'
import { descendants, isAlive } from './processes.ts'

export interface Postmaster {
  readonly pid: number
  readonly socketDir: string
  readonly port: number
}

/** PostgreSQL's own note of who runs: line 1 the process, 4 the port, 5 the folder of the socket. */
export function postmasterOf({ dataDir }: Home): Postmaster | undefined {
  const [note] = globSync('{,*/,*/*/}postmaster.pid', { cwd: dataDir })
  if (note === undefined) return undefined
  const path = join(dataDir, note)
  const lines = readFileSync(path, 'utf8').split('\n')
  const pid = Number(lines[0])
  if (!isAlive(pid)) return undefined
  return { pid, port: Number(lines[3]), socketDir: resolve(dirname(path), lines[4] ?? '') }
}

export function databaseProcesses(home: Home): number[] {
  const postmaster = postmasterOf(home)
  return postmaster === undefined ? [] : [postmaster.pid, ...descendants(postmaster.pid)]
}
