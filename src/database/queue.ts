/** Whether a job may run now. `full`: no job of this kind may run now, so the others are not tried. */
export type Verdict = 'run' | 'later' | 'full'

/**
 * Jobs that wait for a connection. Reads and writes wait in separate queues, because what blocks writes does not block
 * reads. If both could run, they take turns.
 */
export class Queue<Job extends { owner: string; isRead: boolean }> {
  private readonly reads = new FairQueue<Job>()
  private readonly writes = new FairQueue<Job>()
  private isTurnOfWrites = false

  get size(): number {
    return this.reads.size + this.writes.size
  }

  /** @param first puts the job before the others of its owner, because it has already waited */
  add(job: Job, first = false) {
    const queue = job.isRead ? this.reads : this.writes
    queue.add(job, first)
  }

  /** Takes the next job that may run now. */
  take(judge: (job: Job) => Verdict): Job | undefined {
    const job = this.isTurnOfWrites
      ? (this.writes.take(judge) ?? this.reads.take(judge))
      : (this.reads.take(judge) ?? this.writes.take(judge))
    if (job !== undefined) this.isTurnOfWrites = job.isRead
    return job
  }

  /** Takes out all jobs for which `isOver` holds. */
  remove(isOver: (job: Job) => boolean): Job[] {
    return [...this.reads.remove(isOver), ...this.writes.remove(isOver)]
  }
}

/** Owners take turns. A long queue of one owner delays the others by at most one job. */
class FairQueue<Job extends { owner: string }> {
  private readonly byOwner = new Map<string, Job[]>()
  size = 0

  add(job: Job, first: boolean) {
    const jobs = this.byOwner.get(job.owner)
    if (jobs === undefined) this.byOwner.set(job.owner, [job])
    else if (first) jobs.unshift(job)
    else jobs.push(job)
    this.size += 1
  }

  /** Takes the first job that may run. Its owner moves to the end of the queue. */
  take(judge: (job: Job) => Verdict): Job | undefined {
    for (const [owner, jobs] of this.byOwner) {
      const verdict = judge(jobs[0]!)
      if (verdict === 'full') return undefined
      if (verdict === 'later') continue
      const job = jobs.shift()!
      this.byOwner.delete(owner)
      if (jobs.length > 0) this.byOwner.set(owner, jobs)
      this.size -= 1
      return job
    }
    return undefined
  }

  remove(isOver: (job: Job) => boolean): Job[] {
    const removed: Job[] = []
    for (const [owner, jobs] of this.byOwner) {
      const kept = jobs.filter((job) => !isOver(job) || !removed.push(job))
      if (kept.length > 0) this.byOwner.set(owner, kept)
      else this.byOwner.delete(owner)
    }
    this.size -= removed.length
    return removed
  }
}
