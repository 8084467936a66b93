// Inside the server that `let-go.test.ts` starts: whoever connects has two quick collections made, and hears how much is old.
import { createServer } from 'node:net'
import { getHeapSpaceStatistics } from 'node:v8'

const oldBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size

// What the server itself starts inherits the settings of Node, and is not asked.
const collectsAt = process.env['COLLECTS_AT']
if (collectsAt !== undefined && process.argv.includes('serve'))
  createServer((asking) => {
    // What lives through two of them counts as old.
    for (let time = 0; time < 2; time++) globalThis.gc?.({ type: 'minor' })
    asking.end(String(oldBytes()))
  })
    .listen(collectsAt)
    .unref()
