import { reachTarget } from '../../src/instance/target.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'

/** A command in a process of its own that uses the database until it is killed. */
const [, , DATA_DIR = ''] = process.argv
await reachTarget(testConfig({ DATA_DIR }), captureLog().log)
process.stdout.write('in\n')
setInterval(() => {}, 1_000)
