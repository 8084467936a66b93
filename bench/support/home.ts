import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

/** A bench signs in more often than anybody may; what a limit costs is paid all the same, but nobody is refused by one. */
export const withoutRefusals = (home: Home): void =>
  writeFileSync(
    join(home.folder, 'work', 'hearthkey.yaml'),
    [
      'limits:',
      '  signIn: { email: 1000000/15m, ip: 1000000/15m }',
      '  registration: { ip: 1000000/15m }',
      '  recovery: { ip: 1000000/15m, email: 1000000/15m }',
      '  mail: { email: 1000000/15m }',
      'registration: { mode: open }',
      'lockout: { steps: "99:1m" }',
      '',
    ].join('\n'),
  )

export const randomBetween = (low: number, high: number): number =>
  low + (randomBytes(4).readUInt32BE() / 0xffffffff) * (high - low)
