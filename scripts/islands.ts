// What runs in browsers: each file of assets/islands/ with all that it imports, as one script beside it. `npm run docs`
// writes them, and a test compares. They are kept, so that neither a start nor an image needs a bundler.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '..')

/** File by file: where it stands, and what stands in it. */
export async function islands(): Promise<Map<string, string>> {
  const made = new Map<string, string>()
  for (const source of globSync('assets/islands/*.ts', { cwd: root }).sort()) {
    const bundle = await rolldown({ cwd: root, input: join(root, source), platform: 'browser' })
    const { output } = await bundle.generate({ format: 'esm', minify: true })
    await bundle.close()
    made.set(source.replace(/ts$/, 'js'), output[0].code)
  }
  return made
}
