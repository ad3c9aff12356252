// Made by `npm run generate` from the OpenAPI document of the service: do not change it by hand.

export interface paths {
  '/': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Name, version and links */
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
    /** Does the process live? */
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
    /** Does the database answer? */
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
    /** Who am I? */
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
    /** Am I signed in? */
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
    /** Create a task */
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
    /** Count my tasks */
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
    /** Get a task */
    get: operations['getTask']
    /**
     * Change a task
     * @description Partial with either method: what is not sent stays, null clears, {} changes nothing.
     */
    put: operations['putTask']
    post?: never
    /** Delete a task */
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
    /** Create a task */
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
    /** Count my tasks */
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
    /** Get a task */
    get: operations['getTaskByUser']
    /**
     * Change a task
     * @description Partial with either method: what is not sent stays, null clears, {} changes nothing.
     */
    put: operations['putTaskByUser']
    post?: never
    /** Delete a task */
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
       * @enum {string}
       */
      type: 'about:blank'
      /**
       * @description The name of the status.
       * @example Not Found
       */
      title: string
      /** @example 404 */
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
      /** @description The X-Request-Id of this answer; the logs carry it too. */
      request_id: string
      /** @description Each mistake, where the input is invalid. */
      errors?: {
        /**
         * @description JSON Pointer into the input.
         * @example /title
         */
        path: string
        /** @example is required */
        message: string
      }[]
    }
    /** @description Sets the state instead of flipping it, so that a retry is harmless. */
    Completion: {
      /** @example true */
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
       * @example The fern needs little.
       */
      description?: string | null
      /**
       * Format: due-date
       * @description A day (2026-12-01) or an instant with offset (2026-12-01T15:00:00+01:00); null for none.
       * @example 2026-12-01
       */
      due_date?: string | null
      /** @example true */
      completed?: boolean
    }
    Summary: {
      /** @example 12 */
      total: number
      /** @example 9 */
      pending: number
      /** @example 3 */
      completed: number
      /**
       * @description Pending and past their due date.
       * @example 2
       */
      overdue: number
      /** @example 9 tasks pending, 2 overdue */
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
      /** @example Water the plants */
      title: string
      /** @example The fern needs little, the mint a lot. */
      description: string | null
      /** @example false */
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
       * @example The fern needs little.
       */
      description?: string | null
      /**
       * Format: due-date
       * @description A day (2026-12-01) or an instant with offset (2026-12-01T15:00:00+01:00); null for none.
       * @example 2026-12-01
       */
      due_date?: string | null
      /** @example true */
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
       * @example true
       * @enum {boolean}
       */
      is_authenticated: true
    }
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
  responses: never
  parameters: never
  requestBodies: never
  headers: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /** @example task-api */
            name: string
            /** @example 1.0.0 */
            version: string
            /**
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
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /**
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
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /**
             * @example ok
             * @enum {string}
             */
            status: 'ok'
          }
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content?: never
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Session']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listTasks: {
    parameters: {
      query?: {
        /**
         * @description Only tasks in whose title or description every one of these words occurs, be it within a longer word. Case and accents make no difference, ß is ss, and no character has a meaning of its own. At most 100 characters; empty is no search.
         * @example cafe
         */
        search?: string
        /**
         * @description Another name for search; where both are given they must be the same.
         * @example cafe
         */
        q?: string
        /** @description Default all. active and incomplete mean pending. */
        status?: 'all' | 'pending' | 'active' | 'incomplete' | 'completed'
        /** @description Only what is pending and past its due date, or only the rest. */
        overdue?: boolean
        /** @description Only what is due on this day or at this instant, or later. */
        due_from?: string
        /** @description Only what is due before this day begins, or before this instant. */
        due_before?: string
        /**
         * @description IANA name of the zone in which days begin and end; default UTC.
         * @example Europe/Berlin
         */
        time_zone?: string
        /** @description Default created. */
        sort?: 'created' | 'created_at' | 'title' | 'due_date' | 'updated' | 'updated_at'
        /** @description Default desc for created and updated, asc for title and due_date. */
        order?: 'asc' | 'desc'
        /**
         * @description Page size. Without it the list is complete.
         * @example 20
         */
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task'][]
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  summarizeTasks: {
    parameters: {
      query?: {
        /**
         * @description IANA name of the zone in which days begin and end; default UTC.
         * @example Europe/Berlin
         */
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Summary']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content?: never
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listTasksByUser: {
    parameters: {
      query?: {
        /**
         * @description Only tasks in whose title or description every one of these words occurs, be it within a longer word. Case and accents make no difference, ß is ss, and no character has a meaning of its own. At most 100 characters; empty is no search.
         * @example cafe
         */
        search?: string
        /**
         * @description Another name for search; where both are given they must be the same.
         * @example cafe
         */
        q?: string
        /** @description Default all. active and incomplete mean pending. */
        status?: 'all' | 'pending' | 'active' | 'incomplete' | 'completed'
        /** @description Only what is pending and past its due date, or only the rest. */
        overdue?: boolean
        /** @description Only what is due on this day or at this instant, or later. */
        due_from?: string
        /** @description Only what is due before this day begins, or before this instant. */
        due_before?: string
        /**
         * @description IANA name of the zone in which days begin and end; default UTC.
         * @example Europe/Berlin
         */
        time_zone?: string
        /** @description Default created. */
        sort?: 'created' | 'created_at' | 'title' | 'due_date' | 'updated' | 'updated_at'
        /** @description Default desc for created and updated, asc for title and due_date. */
        order?: 'asc' | 'desc'
        /**
         * @description Page size. Without it the list is complete.
         * @example 20
         */
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task'][]
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  summarizeTasksByUser: {
    parameters: {
      query?: {
        /**
         * @description IANA name of the zone in which days begin and end; default UTC.
         * @example Europe/Berlin
         */
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Summary']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content?: never
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The input is invalid: errors says what and where. */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Bad Request",
           *       "status": 400,
           *       "detail": "The input is invalid: errors says what and where.",
           *       "message": "The input is invalid: errors says what and where.",
           *       "code": "validation_failed",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
           *       "errors": [
           *         {
           *           "path": "/title",
           *           "message": "is required"
           *         }
           *       ]
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no token, or none that is valid. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unauthorized",
           *       "status": 401,
           *       "detail": "There is no token, or none that is valid.",
           *       "message": "There is no token, or none that is valid.",
           *       "code": "token_expired",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The path belongs to another user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Forbidden",
           *       "status": 403,
           *       "detail": "The path belongs to another user.",
           *       "message": "The path belongs to another user.",
           *       "code": "wrong_user",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description There is no such task, or it is not yours. */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Not Found",
           *       "status": 404,
           *       "detail": "There is no such task, or it is not yours.",
           *       "message": "There is no such task, or it is not yours.",
           *       "code": "task_not_found",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The e-mail address of the token belongs to another user. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Conflict",
           *       "status": 409,
           *       "detail": "The e-mail address of the token belongs to another user.",
           *       "message": "The e-mail address of the token belongs to another user.",
           *       "code": "email_taken",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is larger than 64 KiB. */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Payload Too Large",
           *       "status": 413,
           *       "detail": "The body is larger than 64 KiB.",
           *       "message": "The body is larger than 64 KiB.",
           *       "code": "body_too_large",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The body is not JSON. */
      415: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Unsupported Media Type",
           *       "status": 415,
           *       "detail": "The body is not JSON.",
           *       "message": "The body is not JSON.",
           *       "code": "unsupported_media_type",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description Too many requests: Retry-After says when to come back. */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Too Many Requests",
           *       "status": 429,
           *       "detail": "Too many requests: Retry-After says when to come back.",
           *       "message": "Too many requests: Retry-After says when to come back.",
           *       "code": "rate_limited",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description A fault of ours. */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Internal Server Error",
           *       "status": 500,
           *       "detail": "A fault of ours.",
           *       "message": "A fault of ours.",
           *       "code": "internal_error",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description The database or the keys are away, or we are overloaded or stopping: see Retry-After. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "type": "about:blank",
           *       "title": "Service Unavailable",
           *       "status": 503,
           *       "detail": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "message": "The database or the keys are away, or we are overloaded or stopping: see Retry-After.",
           *       "code": "database_unavailable",
           *       "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10"
           *     }
           */
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
}
