import { createApp } from '../../src/app.ts'
import type { Http } from '../../src/http/create-http.ts'
import { createTestInstance, type TestInstance, type TestInstanceOptions } from './instance.ts'

export interface TestApp extends TestInstance {
  /** For `listen`: the protocol engine needs a socket under it. */
  readonly http: Http
  /** The whole HTTP stack in process: a path, and what `fetch` takes. */
  request(path: string, init?: RequestInit): Promise<Response>
}

/** Everything that the server has, with its pages. */
export async function createTestApp(options: TestInstanceOptions = {}): Promise<TestApp> {
  const instance = await createTestInstance(options)
  const { http } = await createApp({ ...instance, log: instance.log.log })
  return { ...instance, http, request: async (path, init) => http.app.request(path, init) }
}
