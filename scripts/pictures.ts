// `npm run pictures`: every page in every state, light and dark, narrow and wide, into pictures/; and the two of the
// README into docs/images/. Vitest runs it, because it already knows how to load pages and how to start the browser.
import { join } from 'node:path'
import { startVitest } from 'vitest/node'

const root = join(import.meta.dirname, '..')
const vitest = await startVitest('test', [], {
  root,
  watch: false,
  include: ['test/ui/pictures.tsx'],
  globalSetup: [],
  testTimeout: 120_000,
  maxConcurrency: 3,
})
await vitest.close()
console.log('The pictures are in pictures/ and docs/images/.')
