import { z } from 'zod'
import type { LogLevel } from '../../lib/log.ts'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const satisfies LogLevel[]

export const log = section(
  z
    .strictObject({
      level: setting(oneOf(levels).prefault('info'), {
        about:
          'The least important line that is still written. Secrets are left out at every level, and the [signed heads](guides/audit-log.md) of the audit log are written at every level.',
        env: 'LOG_LEVEL',
        example: 'debug',
      }),
    })
    .readonly(),
  { title: 'Log', about: 'One JSON object a line, on standard output.' },
)
