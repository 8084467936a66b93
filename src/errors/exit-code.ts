/** From sysexits.h, so that an init system or a script can tell a wrong setting from a busy disk. */
export const ExitCode = {
  ok: 0,
  /** A check found something: not an error of the command itself. */
  findings: 1,
  /** The log was broken, and somebody has looked into that: not right, and no news. */
  acknowledged: 2,
  usage: 64,
  dataError: 65,
  unavailable: 69,
  software: 70,
  osError: 71,
  ioError: 74,
  tempFail: 75,
  noPermission: 77,
  config: 78,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
