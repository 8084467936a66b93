// Runs a script on the pinned Node 24 after installing and building what is missing. It is the first thing a fresh
// clone runs, on whatever Node the machine has, so: no dependency, and nothing newer than Node 18 understands.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const inRoot = (...parts) => join(root, ...parts)
const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)
const MINIMUM_NODE = [24, 7]

function stop(message) {
  console.error(`hearthkey: ${message}`)
  process.exit(1)
}

function install() {
  // npm writes this file last, so a broken-off install counts as none.
  if (mtime(inRoot('node_modules/.package-lock.json')) >= mtime(inRoot('package-lock.json'))) return
  console.error('hearthkey: installing dependencies (npm ci) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) stop('npm ci failed: is the registry (or its cache, on an air-gapped host) reachable?')
}

/** The pinned runtime, or this one where npm has no build of it for the platform. */
function pinnedNode() {
  const pinned = inRoot('node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (existsSync(pinned)) return pinned
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const recent = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])
  if (!recent)
    stop(`no pinned Node for ${process.platform}-${process.arch}; install Node ${MINIMUM_NODE.join('.')} or newer`)
  return process.execPath
}

const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(statSync(path).mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs

function build(node) {
  const stamp = inRoot('dist/.built')
  const sources = ['src', 'scripts/build.mjs', 'tsconfig.json', 'package-lock.json']
  if (mtime(stamp) >= Math.max(...sources.map((name) => newest(inRoot(name))))) return
  console.error('hearthkey: building …')
  // Built aside and swapped in, so that a start beside a running build never sees half of it.
  const fresh = inRoot(`dist.${process.pid}`)
  const started = new Date()
  const done = spawnSync(node, [inRoot('scripts/build.mjs'), fresh], { cwd: root, stdio: 'inherit' })
  if (done.status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    stop('the build failed')
  }
  mkdirSync(fresh, { recursive: true })
  writeFileSync(join(fresh, '.built'), `${started.toISOString()}\n`)
  // Moved away before it is removed: a server that still runs on it may write its compile cache meanwhile.
  const old = inRoot(`dist.${process.pid}.old`)
  if (existsSync(inRoot('dist'))) renameSync(inRoot('dist'), old)
  renameSync(fresh, inRoot('dist'))
  rmSync(old, { recursive: true, force: true, maxRetries: 5 })
}

/** Installs, builds if asked to, then becomes `script` as far as a parent process can tell. */
export function run(script, args, options = {}) {
  install()
  const node = pinnedNode()
  if (options.build) build(node)
  const child = spawn(node, [...(options.nodeFlags ?? []), inRoot(script), ...args], {
    cwd: options.cwd ?? root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${inRoot('node_modules/.bin')}:${process.env.PATH}` },
  })
  // A terminal sends Ctrl-C to the whole group; a supervisor sends SIGTERM to this process alone.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2)
  const wantsBuild = args[0] === '--build' && args.shift() === '--build'
  const script = args.shift()
  if (script) run(script, args, { build: wantsBuild })
  else {
    install()
    build(pinnedNode())
  }
}
