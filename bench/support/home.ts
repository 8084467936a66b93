import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A place of its own for one server: its data, its keys and nothing of the operator's settings. */
export interface Home extends Disposable {
  readonly folder: string
  readonly dataDir: string
  readonly keysDir: string
}

export function temporaryHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'hearthkey-bench-'))
  // Started by root, the database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'work'))
  return {
    folder,
    dataDir: join(folder, 'data'),
    keysDir: join(folder, 'keys'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export const randomBetween = (low: number, high: number): number =>
  low + (randomBytes(4).readUInt32BE() / 0xffffffff) * (high - low)
