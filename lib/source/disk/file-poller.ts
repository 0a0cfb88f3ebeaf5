import { AsyncResource } from 'node:async_hooks'
import type { FileState, RandomAccessFile } from '../source.js'

// Polling works on every operating system and file system; `fs.watch` does not.
const POLL_INTERVAL_MS = 100

/** A reader that waits for a file to change. */
export interface Follower {
  readonly file: RandomAccessFile
  /** Called at every poll that began after the follower subscribed. */
  polled(state: FileState): void
  /** Called if the state of its file cannot be read. */
  failed(error: unknown): void
}

const pollers = new Map<string, FilePoller>()

/** Polls a file ten times a second for a follower. Returns a function that stops it. */
export function pollFile(follower: Follower): () => void {
  const { id } = follower.file
  const poller = pollers.get(id) ?? new FilePoller(id)
  pollers.set(id, poller)
  poller.add(follower)
  return () => poller.remove(follower)
}

/**
 * Polls one file for all its followers, as long as there are any. The timer runs in the async context of the first
 * of them, and each is called in its own: code of the application may run then.
 */
class FilePoller {
  readonly #id: string
  readonly #followers = new Map<Follower, AsyncResource>()
  #timer: NodeJS.Timeout | undefined

  constructor(id: string) {
    this.#id = id
    this.#schedule()
  }

  add(follower: Follower): void {
    this.#followers.set(follower, new AsyncResource('FileFollower'))
  }

  remove(follower: Follower): void {
    if (!this.#followers.delete(follower) || this.#followers.size > 0) return
    clearTimeout(this.#timer)
    pollers.delete(this.#id)
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#poll(), POLL_INTERVAL_MS)
  }

  async #poll(): Promise<void> {
    // A follower that subscribes meanwhile may have read more than this poll reports.
    const followers = [...this.#followers.keys()]
    const state = await this.#stateFrom(followers)
    if (state !== undefined) this.#notify(followers, state)
    if (this.#followers.size > 0) this.#schedule()
  }

  #notify(followers: readonly Follower[], state: FileState): void {
    for (const follower of followers) {
      this.#followers.get(follower)?.runInAsyncScope(follower.polled, follower, state)
    }
  }

  /** All followers have the same file open, but one of them may have closed it by now. */
  async #stateFrom(followers: readonly Follower[]): Promise<FileState | undefined> {
    for (const follower of followers) {
      try {
        return await follower.file.currentState()
      } catch (error) {
        this.#followers.get(follower)?.runInAsyncScope(follower.failed, follower, error)
      }
    }
    return undefined
  }
}
