import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { violations } from './architecture/rings.ts'

const root = join(import.meta.dirname, '..')
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => /\.tsx?$/.test(path))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('the plan of the house', () => {
  it('holds: imports go inward, siblings meet in app.ts, stores stay behind services', () => {
    expect(sources.length).toBeGreaterThan(0)
    expect(sources.flatMap((path) => violations(path, read(path)))).toEqual([])
  })

  it('describes every room in docs/architecture.md', () => {
    const plan = read('docs/architecture.md')
    const rooms = new Set(sources.filter((path) => path.split('/').length > 2).map((path) => path.split('/')[1]))
    expect([...rooms].filter((room) => !plan.includes(`\`${room}/\``))).toEqual([])
  })
})
