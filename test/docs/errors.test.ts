import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/errors/catalogue.ts'

const folder = join(import.meta.dirname, '../../docs/errors')
const codes = Object.keys(catalogue)
const pages = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -'.md'.length))

describe('the pages of errors', () => {
  it('explain every code in the catalogue', () => {
    expect(codes.filter((code) => !pages.includes(code))).toEqual([])
  })

  it('explain no code that does not exist', () => {
    expect(pages.filter((page) => !codes.includes(page) && page !== 'README')).toEqual([])
  })

  it.each(pages.filter((page) => page !== 'README'))('%s says what happened, why, and how to fix it', (page) => {
    const text = readFileSync(join(folder, `${page}.md`), 'utf8')
    for (const heading of ['What happened', 'Why', 'How to fix it'])
      expect(text).toMatch(new RegExp(`^#+ .*${heading}`, 'im'))
    expect(text).toContain(page)
  })
})
