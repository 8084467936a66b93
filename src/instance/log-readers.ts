import type { Config } from '../config/config.ts'

/** The places of those who go along the log as this configuration has it: one that it no longer names stands still for ever. */
export const logReaders = ({ audit }: Pick<Config, 'audit'>) => {
  const streams = [
    ...(audit.stdout === 'on' ? ['stream-stdout'] : []),
    ...(audit.file === undefined ? [] : ['stream-file']),
    ...(audit.syslog === undefined ? [] : ['stream-syslog']),
  ]
  return {
    ofEntries: ['webhooks', 'alerts', ...streams],
    ofHeads: [
      'heads-log',
      ...(audit.headsFile === undefined ? [] : ['heads-file']),
      ...streams.map((name) => `${name}-heads`),
    ],
  }
}
