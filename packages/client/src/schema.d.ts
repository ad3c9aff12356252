// Made by `npm run generate` from the OpenAPI document of the service: do not change it by hand.

export interface paths {
  '/': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Name, version and links
     * @description A first look, and where to go from here.
     */
    get: operations['getAbout']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Does the process live?
     * @description It answers as long as the process can: what restarts processes asks this.
     */
    get: operations['getHealth']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/ready': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Does the database answer?
     * @description Whether requests should be sent here: what distributes them asks this. 503 also while the service stops.
     */
    get: operations['getReady']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Who am I?
     * @description The first call makes the user, and later ones take a changed e-mail address or name from the token.
     */
    get: operations['getMe']
    put?: never
    post?: never
    /**
     * Delete me and all my tasks
     * @description In one transaction. The next valid token starts afresh.
     */
    delete: operations['deleteMe']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Am I signed in?
     * @description The same as /api/me, in the words of the first front end.
     */
    get: operations['getSession']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/tasks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List my tasks
     * @description Complete without limit, however long; with limit a page, whose Link header names the next one.
     */
    get: operations['listTasks']
    put?: never
    /**
     * Create a task
     * @description Not to be repeated blindly: each request makes a task of its own.
     */
    post: operations['createTask']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/tasks/summary': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Count my tasks
     * @description What is overdue depends on where the reader is: time_zone says where a day ends.
     */
    get: operations['summarizeTasks']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/tasks/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Get a task
     * @description Where it is not yours the answer is the same as where there is none.
     */
    get: operations['getTask']
    /**
     * Change a task
     * @description Partial with either method: what is not sent stays, null clears, {} changes nothing.
     */
    put: operations['putTask']
    post?: never
    /**
     * Delete a task
     * @description For good. A second time there is no such task.
     */
    delete: operations['deleteTask']
    options?: never
    head?: never
    /**
     * Change a task
     * @description Partial with either method: what is not sent stays, null clears, {} changes nothing.
     */
    patch: operations['patchTask']
    trace?: never
  }
  '/api/tasks/{id}/complete': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /**
     * Flip or set whether a task is completed
     * @description Without a body it flips, atomically; with completed it sets, so that a retry is harmless.
     */
    patch: operations['completeTask']
    trace?: never
  }
  '/api/{user_id}/tasks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List my tasks
     * @description Complete without limit, however long; with limit a page, whose Link header names the next one.
     */
    get: operations['listTasksByUser']
    put?: never
    /**
     * Create a task
     * @description Not to be repeated blindly: each request makes a task of its own.
     */
    post: operations['createTaskByUser']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/{user_id}/tasks/summary': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Count my tasks
     * @description What is overdue depends on where the reader is: time_zone says where a day ends.
     */
    get: operations['summarizeTasksByUser']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/{user_id}/tasks/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Get a task
     * @description Where it is not yours the answer is the same as where there is none.
     */
    get: operations['getTaskByUser']
    /**
     * Change a task
     * @description Partial with either method: what is not sent stays, null clears, {} changes nothing.
     */
    put: operations['putTaskByUser']
    post?: never
    /**
     * Delete a task
     * @description For good. A second time there is no such task.
     */
    delete: operations['deleteTaskByUser']
    options?: never
    head?: never
    /**
     * Change a task
     * @description Partial with either method: what is not sent stays, null clears, {} changes nothing.
     */
    patch: operations['patchTaskByUser']
    trace?: never
  }
  '/api/{user_id}/tasks/{id}/complete': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /**
     * Flip or set whether a task is completed
     * @description Without a body it flips, atomically; with completed it sets, so that a retry is harmless.
     */
    patch: operations['completeTaskByUser']
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /** @description RFC 9457 problem details. */
    Problem: {
      /**
       * @description There is no page about it: code tells errors apart.
       * @example about:blank
       * @enum {string}
       */
      type: 'about:blank'
      /**
       * @description The name of the status.
       * @example Not Found
       */
      title: string
      /**
       * @description The status of this answer.
       * @example 404
       */
      status: number
      /**
       * @description One sentence for people.
       * @example There is no such task.
       */
      detail: string
      /**
       * @description The same sentence as detail.
       * @example There is no such task.
       */
      message: string
      /**
       * @description Stable word for programs.
       * @example task_not_found
       */
      code: string
      /**
       * @description The X-Request-Id of this answer; the logs carry it too.
       * @example 8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10
       */
      request_id: string
      /**
       * @description Each mistake, where the input is invalid.
       * @example [
       *       {
       *         "path": "/title",
       *         "message": "is required"
       *       }
       *     ]
       */
      errors?: {
        /**
         * @description JSON Pointer into the input.
         * @example /title
         */
        path: string
        /**
         * @description What is wrong with it.
         * @example is required
         */
        message: string
      }[]
    }
    /** @description Sets the state instead of flipping it, so that a retry is harmless. */
    Completion: {
      /**
       * @description Whether it is done.
       * @example true
       */
      completed?: boolean
    } | null
    /** @description Unknown fields are ignored. */
    NewTask: {
      /**
       * Format: storable-text
       * @description 1 to 200 characters, not counting white space around them.
       * @example Water the plants
       */
      title: string
      /**
       * Format: storable-text
       * @description At most 1000 characters; null for none.
       * @example The fern needs little.
       */
      description?: string | null
      /**
       * Format: due-date
       * @description A day (2026-12-01) or an instant with offset (2026-12-01T15:00:00+01:00); null for none.
       * @example 2026-12-01
       */
      due_date?: string | null
      /**
       * @description Whether it is done.
       * @example true
       */
      completed?: boolean
    }
    /** @description How many tasks the caller has. */
    Summary: {
      /**
       * @description All tasks.
       * @example 12
       */
      total: number
      /**
       * @description Those that are not completed.
       * @example 9
       */
      pending: number
      /**
       * @description Those that are.
       * @example 3
       */
      completed: number
      /**
       * @description Pending and past their due date.
       * @example 2
       */
      overdue: number
      /**
       * @description The same in a sentence, to be shown as it is.
       * @example 9 tasks pending, 2 overdue
       */
      message: string
    }
    /** @description A task, which only its owner can see. */
    Task: {
      /**
       * @description Unique among all tasks.
       * @example 42
       */
      id: number
      /**
       * @description The owner: the user that the token names.
       * @example alice
       */
      user_id: string
      /**
       * @description Without white space around it.
       * @example Water the plants
       */
      title: string
      /**
       * @description What else there is to say; null for nothing.
       * @example The fern needs little, the mint a lot.
       */
      description: string | null
      /**
       * @description Whether it is done.
       * @example false
       */
      completed: boolean
      /**
       * @description A day, which ends where the reader is, or an instant in UTC: the form it was given in.
       * @example 2026-12-01
       * @example 2026-12-01T14:00:00.000Z
       */
      due_date: string | null
      /**
       * Format: date-time
       * @description When the task was created.
       * @example 2026-01-02T10:00:00.000Z
       */
      created_at: string
      /**
       * Format: date-time
       * @description When the task last changed: it grows with every real change.
       * @example 2026-01-02T10:00:00.000Z
       */
      updated_at: string
    }
    /** @description What is not sent stays; null clears description and due_date. Unknown fields are ignored. */
    TaskChanges: {
      /**
       * Format: storable-text
       * @description 1 to 200 characters, not counting white space around them.
       * @example Water the plants
       */
      title?: string
      /**
       * Format: storable-text
       * @description At most 1000 characters; null for none.
       * @example The fern needs little.
       */
      description?: string | null
      /**
       * Format: due-date
       * @description A day (2026-12-01) or an instant with offset (2026-12-01T15:00:00+01:00); null for none.
       * @example 2026-12-01
       */
      due_date?: string | null
      /**
       * @description Whether it is done.
       * @example true
       */
      completed?: boolean
    }
    /** @description Who the caller is, in the form that front ends of the first service ask for. */
    Session: {
      /**
       * @description The identity in the token.
       * @example alice
       */
      user_id: string
      /**
       * @description From the token; null where none ever named one.
       * @example alice@example.com
       */
      email: string | null
      /**
       * @description From the token; null where none ever named one.
       * @example Alice
       */
      name: string | null
      /**
       * @description Always true: without a valid token this is a 401.
       * @example true
       * @enum {boolean}
       */
      is_authenticated: true
    }
    /** @description The caller, as the service knows them. */
    User: {
      /**
       * @description The identity in the token.
       * @example alice
       */
      id: string
      /**
       * @description From the token; null where none ever named one.
       * @example alice@example.com
       */
      email: string | null
      /**
       * @description From the token; null where none ever named one.
       * @example Alice
       */
      name: string | null
      /**
       * Format: date-time
       * @description When the first token with this id was seen.
       * @example 2026-01-02T10:00:00.000Z
       */
      created_at: string
    }
  }
  responses: {
    /** @description What is needed is away, or we are overloaded or stopping: Retry-After says when to come back. `code`: database_unavailable, keys_unavailable, overloaded, stopping. */
    ServiceUnavailable: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        'retry-after': components['headers']['RetryAfter']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description There is no token, or none that is valid. `code`: token_missing, token_invalid, token_expired. */
    Unauthorized: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        'www-authenticate': components['headers']['Challenge']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The e-mail address of the token belongs to another user. `code`: email_taken. */
    Conflict: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Too many requests: Retry-After says when to come back. Nothing was done. `code`: rate_limited. */
    TooManyRequests: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        'retry-after': components['headers']['RetryAfter']
        'ratelimit-limit': components['headers']['RateLimitLimit']
        'ratelimit-remaining': components['headers']['RateLimitRemaining']
        'ratelimit-reset': components['headers']['RateLimitReset']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description A fault of ours. `code`: internal_error. */
    InternalServerError: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The input is invalid. `code`: validation_failed, malformed_json, bad_content_length, bad_url. */
    BadRequest: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The body is larger than 64 KiB. `code`: body_too_large. */
    PayloadTooLarge: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The body is not JSON. `code`: unsupported_media_type. */
    UnsupportedMediaType: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description There is no such task, or it is not yours. `code`: task_not_found. */
    NotFound: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The path names a user other than the one of the token. `code`: wrong_user. */
    Forbidden: {
      headers: {
        'x-request-id': components['headers']['RequestId']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
  }
  parameters: never
  requestBodies: never
  headers: {
    /** @description The X-Request-Id of the request, where it has a short one without odd characters; else a fresh one. */
    RequestId: string
    /** @description Seconds after which another try makes sense. */
    RetryAfter: number
    /** @description RFC 6750: Bearer, and what is wrong with the token where one was sent. */
    Challenge: string
    /** @description Requests that the running minute allows. Like the next two only where requests are limited. */
    RateLimitLimit: number
    /** @description Requests that are left of it. */
    RateLimitRemaining: number
    /** @description Seconds until the next minute begins. */
    RateLimitReset: number
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  getAbout: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description This service. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /**
             * @description Of the service.
             * @example task-api
             */
            name: string
            /**
             * @description Of what is running.
             * @example 1.0.0
             */
            version: string
            /**
             * @description Paths of what there is, by name.
             * @example {
             *       "docs": "/docs"
             *     }
             */
            links: {
              [key: string]: string
            }
          }
        }
      }
    }
  }
  getHealth: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Yes. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /**
             * @description Else the answer is an error.
             * @example ok
             * @enum {string}
             */
            status: 'ok'
          }
        }
      }
    }
  }
  getReady: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Yes. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /**
             * @description Else the answer is an error.
             * @example ok
             * @enum {string}
             */
            status: 'ok'
          }
        }
      }
      503: components['responses']['ServiceUnavailable']
    }
  }
  getMe: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The caller. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      401: components['responses']['Unauthorized']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteMe: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description You and all your tasks are gone. */
      204: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getSession: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Yes, as this user. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Session']
        }
      }
      401: components['responses']['Unauthorized']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  listTasks: {
    parameters: {
      query?: {
        /** @description Only tasks in whose title or description every one of these words occurs, be it within a longer word. Case and accents make no difference, ß is ss, and no character has a meaning of its own. At most 100 characters; empty is no search. */
        search?: string
        /** @description Another name for search; where both are given they must be the same. */
        q?: string
        /** @description Default all. active and incomplete mean pending. */
        status?: 'all' | 'pending' | 'active' | 'incomplete' | 'completed'
        /** @description Only what is pending and past its due date, or only the rest. */
        overdue?: boolean
        /** @description Only what is due on this day or at this instant, or later. */
        due_from?: string
        /** @description Only what is due before this day begins, or before this instant. */
        due_before?: string
        /** @description IANA name of the zone in which days begin and end; default UTC. */
        time_zone?: string
        /** @description true and false are other names for the status completed and pending, where there is no status. */
        completed?: string
        /** @description Default created. Tasks without a due date come last. */
        sort?: 'created' | 'created_at' | 'title' | 'due_date' | 'updated' | 'updated_at'
        /** @description Another name for sort, where there is none. What sort does not take is ignored here. */
        sort_by?: string
        /** @description Default desc for created and updated, asc for title and due_date. */
        order?: 'asc' | 'desc'
        /** @description Page size. Without it the list is complete. */
        limit?: number
        /** @description Tasks to leave out first; needs limit. */
        offset?: number
        /** @description From the Link header of the page before; needs limit. */
        cursor?: string
        /** @description true adds X-Total-Count. */
        count?: boolean
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The tasks. */
      200: {
        headers: {
          /** @description rel="next": the URL of the next page, relative to the service (RFC 8288). */
          link?: string
          /** @description With count=true: how many tasks the filters let through. */
          'x-total-count'?: number
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task'][]
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  createTask: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewTask']
      }
    }
    responses: {
      /** @description The task. */
      201: {
        headers: {
          /** @description Path of the task. */
          location?: string
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  summarizeTasks: {
    parameters: {
      query?: {
        /** @description IANA name of the zone in which days begin and end; default UTC. */
        time_zone?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The counts. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Summary']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  putTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskChanges']
      }
    }
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The task is gone. */
      204: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  patchTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskChanges']
      }
    }
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  completeTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Completion']
      }
    }
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  listTasksByUser: {
    parameters: {
      query?: {
        /** @description Only tasks in whose title or description every one of these words occurs, be it within a longer word. Case and accents make no difference, ß is ss, and no character has a meaning of its own. At most 100 characters; empty is no search. */
        search?: string
        /** @description Another name for search; where both are given they must be the same. */
        q?: string
        /** @description Default all. active and incomplete mean pending. */
        status?: 'all' | 'pending' | 'active' | 'incomplete' | 'completed'
        /** @description Only what is pending and past its due date, or only the rest. */
        overdue?: boolean
        /** @description Only what is due on this day or at this instant, or later. */
        due_from?: string
        /** @description Only what is due before this day begins, or before this instant. */
        due_before?: string
        /** @description IANA name of the zone in which days begin and end; default UTC. */
        time_zone?: string
        /** @description true and false are other names for the status completed and pending, where there is no status. */
        completed?: string
        /** @description Default created. Tasks without a due date come last. */
        sort?: 'created' | 'created_at' | 'title' | 'due_date' | 'updated' | 'updated_at'
        /** @description Another name for sort, where there is none. What sort does not take is ignored here. */
        sort_by?: string
        /** @description Default desc for created and updated, asc for title and due_date. */
        order?: 'asc' | 'desc'
        /** @description Page size. Without it the list is complete. */
        limit?: number
        /** @description Tasks to leave out first; needs limit. */
        offset?: number
        /** @description From the Link header of the page before; needs limit. */
        cursor?: string
        /** @description true adds X-Total-Count. */
        count?: boolean
      }
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The tasks. */
      200: {
        headers: {
          /** @description rel="next": the URL of the next page, relative to the service (RFC 8288). */
          link?: string
          /** @description With count=true: how many tasks the filters let through. */
          'x-total-count'?: number
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task'][]
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  createTaskByUser: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewTask']
      }
    }
    responses: {
      /** @description The task. */
      201: {
        headers: {
          /** @description Path of the task. */
          location?: string
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  summarizeTasksByUser: {
    parameters: {
      query?: {
        /** @description IANA name of the zone in which days begin and end; default UTC. */
        time_zone?: string
      }
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The counts. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Summary']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getTaskByUser: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  putTaskByUser: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskChanges']
      }
    }
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteTaskByUser: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The task is gone. */
      204: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  patchTaskByUser: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskChanges']
      }
    }
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  completeTaskByUser: {
    parameters: {
      query?: never
      header?: never
      path: {
        /**
         * @description The user that the token names.
         * @example alice
         */
        user_id: string
        /**
         * @description Positive integer.
         * @example 42
         */
        id: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Completion']
      }
    }
    responses: {
      /** @description The task. */
      200: {
        headers: {
          'x-request-id': components['headers']['RequestId']
          'ratelimit-limit': components['headers']['RateLimitLimit']
          'ratelimit-remaining': components['headers']['RateLimitRemaining']
          'ratelimit-reset': components['headers']['RateLimitReset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
}
