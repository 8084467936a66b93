// The process that `answers.ts` starts: prints its port and answers one text as JSON.
import { createServer } from 'node:http'

const body = Buffer.from(process.argv[2] ?? '{}')
const headers = { 'content-type': 'application/json', 'content-length': body.length }

const server = createServer((_request, response) => {
  response.writeHead(200, headers)
  response.end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`)
})
