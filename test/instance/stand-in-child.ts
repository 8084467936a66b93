import cluster from 'node:cluster'
import { existsSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A process in the place of a worker: it listens, and comes to the end that the test has in mind for it. */
const [, , behaviour, directory = ''] = process.argv

/** One alone can make a file that must not be there. */
function isFirst(): boolean {
  try {
    openSync(join(directory, 'first'), 'wx')
    return true
  } catch {
    return false
  }
}

const die = () => {
  if (existsSync(join(directory, 'die'))) process.exit(3)
}

if (behaviour === 'first-dies' && isFirst()) process.exit(3)
if (behaviour === 'stubborn') process.on('SIGTERM', () => {})
if (behaviour === 'polite') {
  process.on('SIGTERM', () => {
    server.close()
    cluster.worker?.disconnect()
  })
}
if (behaviour === 'mortal') {
  die()
  setInterval(die, 10)
}
const server = createServer().listen(0, '127.0.0.1')
