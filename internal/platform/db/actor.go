package db

import "context"

type actorKey struct{}

// As says who writes under a context: a short name as "cli", "key:NAME" or "system". The writer hands
// it to each body as Tx.Actor, and the log of changes keeps it.
func As(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// actorOf is who writes under a context, "" when nobody said.
func actorOf(ctx context.Context) string {
	actor, _ := ctx.Value(actorKey{}).(string)
	return actor
}
