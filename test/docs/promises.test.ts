import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const idsIn = (text: string) => Array.from(text.matchAll(/\[((?:MON|STO|MOS|TOS|DRP)-\d+)\]/g), ([, id = '']) => id)

/** What titles name, by test file. */
const named = new Map(globSync('test/**/*.test.{ts,tsx}', { cwd: root }).map((path) => [path, idsIn(read(path))]))

const rows = read('docs/promises.md')
  .split('\n')
  .filter((line) => /^\| [A-Z]{3}-\d/.test(line))
  .map((line) => {
    const [, id = '', , state = '', tests = ''] = line.split('|').map((cell) => cell.trim())
    return { id, state, tests: Array.from(tests.matchAll(/\]\(\.\.\/([^)]+)\)/g), ([, path = '']) => path) }
  })

describe('the page of promises', () => {
  it('has each promise once, and says what state it is in', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    for (const { id, state, tests } of rows) {
      expect([id, state]).toEqual([id, expect.stringMatching(/^(kept|in part|not yet)$/)])
      expect([id, tests.length > 0]).toEqual([id, state !== 'not yet'])
    }
  })

  it('names tests that name the promise', () => {
    const wrong = rows.flatMap(({ id, tests }) =>
      tests.filter((path) => !named.get(path)?.includes(id)).map((path) => [id, path]),
    )
    expect(wrong).toEqual([])
  })

  it('has every promise that a title claims, and calls none of them "not yet"', () => {
    const standing = rows.filter(({ state }) => state !== 'not yet').map(({ id }) => id)
    const claimed = new Set(Array.from(named.values()).flat())
    expect(Array.from(claimed).filter((id) => !standing.includes(id))).toEqual([])
  })
})
