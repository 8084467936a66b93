// Writes the shipped filter of common passwords (or, with a path, the same bytes there: a test compares). Run it when the
// packages that carry the words are updated, and see the licences in assets/common-passwords.NOTICE.md again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { buildBreachList } from '../src/breaches/build/build.ts'
import { shippedFilter } from '../src/breaches/common/shipped.ts'

/** What is shorter is no stem (src/breaches/common/stems.ts): the least of a password, and of a word of the language. */
const SHORTEST_PASSWORD = 4
const SHORTEST_WORD = 6

const passwords = common['passwords-common'].filter((text) => text.length >= SHORTEST_PASSWORD)
const words = english['commonWords-en'].filter((text) => text.length >= SHORTEST_WORD && /^\p{L}+$/u.test(text))
const stems = [...new Set([...passwords, ...words].map((text) => text.normalize('NFC').toLowerCase()))].sort()

const out = resolve(process.argv[2] ?? shippedFilter)
const directory = await mkdtemp(join(tmpdir(), 'hearthkey-words-'))
try {
  const source = join(directory, 'words.txt')
  await writeFile(source, `${stems.join('\n')}\n`)
  // A password is looked up in a dozen forms: with two bytes one in 6,000 good ones would be refused for nothing.
  const { header } = await buildBreachList({ source, out, kind: 'plain', lowBytes: 3, force: true })
  console.log(`wrote ${out}: ${header.entries} words, ${header.length} bytes`)
} finally {
  await rm(directory, { recursive: true, force: true })
}
