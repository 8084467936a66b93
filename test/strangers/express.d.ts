/** express ships no types. Only what `express-site.ts` and the types of express-openid-connect name is said here. */
declare module 'express' {
  import type { Server } from 'node:http'

  function express(): express.Application
  namespace express {
    export type Request = Express.Request
    export interface Response {
      json(body: unknown): void
    }
    export type RequestHandler = (request: Request, response: Response, next: (error?: unknown) => void) => unknown
    export interface Application {
      use(handler: RequestHandler): void
      get(path: string, ...handlers: RequestHandler[]): void
      listen(port: number, host: string, done: (error?: Error) => void): Server
    }
  }
  export = express
}
