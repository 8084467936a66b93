// Writes what is generated from the code. A test compares: run this when it says that a page is out of date.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { documents } from '../src/config/documents/documents.ts'
import { licenseSchema } from '../src/licenses/license/schema.ts'
import { islands } from './islands.ts'

const root = join(import.meta.dirname, '..')
for (const [path, text] of [
  ...documents(),
  ['docs/license.schema.json', licenseSchema()] as const,
  ...(await islands()),
]) {
  writeFileSync(join(root, path), text)
  console.log(`wrote ${path}`)
}
