/** Numbers by key, shared by all instances. Each is added to atomically, and gone some time after nobody asks for it. */
export interface Counters {
  /** What it is afterwards. */
  add(key: string, amount: number, seconds: number): Promise<number>
  read(key: string): Promise<number>
}
