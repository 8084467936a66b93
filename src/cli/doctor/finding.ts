import type { Config } from '../../config/config.ts'
import type { DatabaseTarget } from '../../db/connection.ts'
import type { Log } from '../../lib/log.ts'

export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly text: string
  /** What the operator does about it. */
  readonly cure?: string
}

export interface Patient {
  readonly config: Config
  readonly target: DatabaseTarget
  readonly log: Log
}

/** One subject that the doctor looks at; a check reads and never mends. */
export interface Check {
  readonly subject: string
  examine(patient: Patient): Promise<Finding[]>
}

export const fine = (text: string): Finding => ({ level: 'ok', text })
export const warning = (text: string, cure: string): Finding => ({ level: 'warn', text, cure })
export const failure = (text: string, cure: string): Finding => ({ level: 'fail', text, cure })
