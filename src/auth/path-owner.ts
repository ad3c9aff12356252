import { problem } from '../http/problem.ts'

/**
 * Checks that a user in the path is the user of the token, and that no parameter of the path is empty.
 *
 * @param isKnown whether the path belongs to a route
 * @throws problem 403 `wrong_user`, or 404 `route_not_found`
 */
export function checkPath(params: Readonly<Record<string, string>>, owner: string, isKnown: boolean) {
  if (isKnown && Object.values(params).includes('')) throw problem('route_not_found')
  if ((params.user_id ?? owner) !== owner) throw problem('wrong_user')
}
