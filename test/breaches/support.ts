import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A place for lists and filters, gone with the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'hearthkey-breaches-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The same hashes at every run: a rate that is measured must not be luck. */
export const sha1 = (text: string): Buffer => createHash('sha1').update(text).digest()
export const hexOf = (text: string): string => sha1(text).toString('hex').toUpperCase()

/** `HASH:COUNT` of the passwords `seed-0`, `seed-1`, … in no order; the count is the number plus one. */
export const hashLines = (seed: string, count: number): string[] =>
  Array.from({ length: count }, (_, number) => `${hexOf(`${seed}-${number}`)}:${number + 1}`)

export async function writeLines(path: string, lines: readonly string[], end = '\r\n'): Promise<string> {
  await writeFile(path, `${lines.join(end)}${end}`)
  return path
}
