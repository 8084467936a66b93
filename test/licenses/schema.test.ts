import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { licenseSchema } from '../../src/licenses/license/schema.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

describe('the schema of a licence', () => {
  it('in docs/ is that of the code: npm run docs', () => {
    expect(read('docs/license.schema.json')).toBe(licenseSchema())
  })

  it('has every claim explained, there and in the guide', () => {
    const claims = z.record(z.string(), z.looseObject({ description: z.string() }))
    const { properties } = z.looseObject({ properties: claims }).parse(JSON.parse(licenseSchema()))
    const guide = read('docs/guides/licences.md')
    expect(Object.keys(properties).filter((name) => !guide.includes(`\`${name}\``))).toEqual([])
  })
})
