import type { PgBoss } from 'pg-boss'
import type { JobSchedule } from './schedule.ts'

/** Restarts within this time, of any number of instances, make one run. */
const START_WINDOW_SECONDS = 5 * 60

/** Makes the schedules in the database those of the program, and lets each run once now. */
export async function applySchedules(boss: PgBoss, schedules: readonly JobSchedule[]): Promise<void> {
  const known = new Map((await boss.getSchedules()).map(({ name, cron }) => [name, cron]))
  for (const { name, cron } of schedules) {
    if (known.get(name) !== cron) await boss.schedule(name, cron, {}, { tz: 'UTC' })
    await boss.send(name, {}, { singletonKey: 'start', singletonSeconds: START_WINDOW_SECONDS })
  }
  const wanted = new Set(schedules.map(({ name }) => name))
  for (const name of known.keys()) if (!wanted.has(name)) await boss.unschedule(name)
}
