import { routes as paths } from './engine/configuration.ts'

/** Where programs alone ask, each time with what proves who they are, and are answered in the words of OAuth. */
export const programEndpoints: readonly string[] = [
  paths.token,
  paths.pushed_authorization_request,
  paths.introspection,
  paths.revocation,
  paths.device_authorization,
]
