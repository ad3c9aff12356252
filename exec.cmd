@rem Windows has no exec: the scripts of package.json find this file instead. It runs its arguments.
@%*
