import { fileTarget } from '../audit/stream/file.ts'
import { stdoutTarget } from '../audit/stream/stdout.ts'
import { type Streaming, startStreaming } from '../audit/stream/streaming.ts'
import { syslogTarget } from '../audit/stream/syslog/target.ts'
import type { StreamTarget } from '../audit/stream/target.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { openEntryOpener } from './entry-opener.ts'
import { authorityIn } from './named-files.ts'
import type { Services } from './services.ts'
import { certificateForSiem } from './siem-certificate.ts'

interface StreamDeps {
  readonly services: Pick<Services, 'database' | 'keyring'>
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

/** Everything that comes into the log goes on to where the operator said; by one process of the instance. */
export function streamAuditLog({ services, config, clock, log }: StreamDeps): Streaming {
  const { database, keyring } = services
  const deps = { owner: database.owner, opener: openEntryOpener(keyring), clock, log }
  return startStreaming(deps, targetsOf(config))
}

function targetsOf(config: Config): StreamTarget[] {
  const { stdout, file, syslog } = config.audit
  return [
    ...(stdout === 'on' ? [stdoutTarget(process.stdout)] : []),
    ...(file === undefined ? [] : [fileTarget(file)]),
    ...(syslog ? [syslogTarget({ address: syslog, ...tlsOf(config) })] : []),
  ]
}

const tlsOf = (config: Config) => ({
  ca: authorityIn(config, 'audit.syslogCa'),
  client: certificateForSiem(config),
})
