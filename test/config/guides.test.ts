import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { problemsOf } from './surroundings.ts'

const root = join(import.meta.dirname, '../..')
/** Not of this configuration: the texts of a language. */
const isConfiguration = (yaml: string) => !yaml.includes('app.name:')

const examples = globSync(['README.md', 'docs/**/*.md'], { cwd: root }).flatMap((path) =>
  Array.from(readFileSync(join(root, path), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms), ([, yaml = '']) => yaml)
    .filter(isConfiguration)
    .map((yaml) => ({ path, yaml })),
)

it.each(examples)('the example in $path is one that the server starts with', ({ yaml }) => {
  expect(problemsOf({ yaml })).toEqual([])
})

it('examples are found at all', () => expect(examples.length).toBeGreaterThan(5))
