import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { exampleOf, OneOf, Ref } from '../../openapi/schema-types.ts'
import { Completion, NewTask, Task, TaskChanges } from '../schemas.ts'

/** The shapes of batches in requests and answers. */

export const MAX_OPERATIONS = 100
/** In bytes. It is enough for MAX_OPERATIONS with texts of maximum length and four bytes for each character. */
export const MAX_BATCH_BYTES = 1024 * 1024

/** The parts of a single call's body that an operation uses. */
type Body = TSchema & { properties?: object; required?: string[] | undefined }
const NO_BODY: Body = Type.Object({})

const id = Type.Integer({
  minimum: 1,
  description: 'The task. The answer is a 404 if it does not exist or belongs to another user.',
  examples: [42],
})

const if_match = Type.String({
  format: 'entity-tags',
  description:
    'Like the header If-Match of the single call: the task must have this ETag, which is its updated_at in double ' +
    'quotes. Otherwise the answer is a 412.',
  examples: ['"2026-01-02T10:00:00.000Z"'],
})

/** The fields of a single call beside the name of the operation: no field is described twice. */
function operationOf(name: string, $id: string, body: Body, namesTask: boolean, description: string) {
  const op = Type.Literal(name, { description: 'What to do.', examples: [name] })
  return {
    ...body,
    $id,
    type: 'object',
    properties: { op, ...(namesTask && { id, if_match }), ...body.properties },
    required: ['op', ...(namesTask ? ['id'] : []), ...(body.required ?? [])],
    description,
  }
}

/** What every operation on a task that exists has. */
interface Naming<Op> {
  op: Op
  id: number
  if_match?: string
}

export const CreateOperation = Type.Unsafe<{ op: 'create' } & NewTask>(
  operationOf('create', 'CreateOperation', NewTask, false, 'Creates a task.'),
)
export const UpdateOperation = Type.Unsafe<Naming<'update'> & TaskChanges>(
  operationOf(
    'update',
    'UpdateOperation',
    TaskChanges,
    true,
    'Changes a task. Fields that are not sent stay as they are; null clears a field.',
  ),
)
export const CompleteOperation = Type.Unsafe<Naming<'complete'> & { completed?: boolean }>(
  operationOf(
    'complete',
    'CompleteOperation',
    Completion,
    true,
    'Completes or reopens a task. Without completed the state is toggled.',
  ),
)
export const DeleteOperation = Type.Unsafe<Naming<'delete'>>(
  operationOf('delete', 'DeleteOperation', NO_BODY, true, 'Deletes a task: it moves to the trash.'),
)

export const RestoreOperation = Type.Unsafe<Naming<'restore'>>(
  operationOf('restore', 'RestoreOperation', NO_BODY, true, 'Restores a task from the trash.'),
)

const byOp = {
  create: CreateOperation,
  update: UpdateOperation,
  complete: CompleteOperation,
  delete: DeleteOperation,
  restore: RestoreOperation,
}
type ByOp = typeof byOp
export type Operation = { [Op in keyof ByOp]: Static<ByOp[Op]> }[keyof ByOp]

const Operation = Type.Unsafe<Operation>({
  type: 'object',
  properties: { op: OneOf(Object.keys(byOp), { description: 'What to do.', examples: ['complete'] }) },
  required: ['op'],
  discriminator: { propertyName: 'op' },
  oneOf: Object.values<TSchema>(byOp).map(Ref),
})

export const Batch = Type.Object(
  {
    operations: Type.Array(Operation, {
      minItems: 1,
      maxItems: MAX_OPERATIONS,
      description:
        'The operations, in this order. Each has op, id and the fields of the body of the single call.',
      examples: [[{ op: 'complete', id: 42, completed: true }]],
    }),
  },
  {
    $id: 'Batch',
    description: `Up to ${MAX_OPERATIONS} operations, which take effect together or not at all.`,
  },
)
export type Batch = Static<typeof Batch>

export const BatchResult = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        status: Type.Integer({
          description: 'The status of the single call: 200, 201 or 204.',
          examples: [200],
        }),
        task: Type.Optional(
          Type.Unsafe<Task>({
            ...Ref(Task),
            description: 'The task; absent after a deletion.',
            examples: [exampleOf(Task)],
          }),
        ),
      }),
      { description: 'A result for each operation, in the same order.', examples: [[{ status: 204 }]] },
    ),
  },
  { $id: 'BatchResult', description: 'What the operations of a batch did.' },
)
export type BatchResult = Static<typeof BatchResult>
