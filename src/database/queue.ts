/** Jobs that wait for a connection, in turn by owner: one owner's long queue delays nobody else by more than one. */
export class FairQueue<Job extends { owner: string }> {
  private readonly byOwner = new Map<string, Job[]>()
  size = 0

  /** @param first puts the job before the others of its owner, because it has waited already */
  add(job: Job, first = false) {
    const jobs = this.byOwner.get(job.owner)
    if (jobs === undefined) this.byOwner.set(job.owner, [job])
    else if (first) jobs.unshift(job)
    else jobs.push(job)
    this.size += 1
  }

  /** Takes the next job that may run now. The owner's other jobs go to the end of the turn. */
  take(mayRun: (job: Job) => boolean): Job | undefined {
    for (const [owner, jobs] of this.byOwner) {
      if (!mayRun(jobs[0]!)) continue
      const job = jobs.shift()!
      this.byOwner.delete(owner)
      if (jobs.length > 0) this.byOwner.set(owner, jobs)
      this.size -= 1
      return job
    }
    return undefined
  }

  /** Takes out all jobs for which `isOver` holds. */
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
