import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, loadConfig } from '../../src/config/config.ts'

/** The real configuration, from nothing but what the test gives. */
export const testConfig = (env: Record<string, string> = {}): Config =>
  loadConfig({
    env: { ISSUER_URL: 'http://localhost:3000', ...env },
    cwd: join(tmpdir(), 'hearthkey-no-such-directory'),
  }).config
