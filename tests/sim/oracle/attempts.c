/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rate of attempts: endpoints that a member sets in its device. Times in µs of the world.
 */
#include "oracle/oracle-private.h"

/* docs/engine.md "Connect": at most ten unanswered initiations a second in total, and to each
 * address four in 5 s, 0.3 s apart. A second may begin with unused ones of the previous second. */
#define SECOND   SIM_SEC(1)
#define MOST     20
#define INTERVAL SIM_SEC(5)
#define TOGETHER 4
#define APART    SIM_MSEC(300)

/* Setting an endpoint, as before the first uplink or at the end of a round, is not yet an attempt:
 * a recreated peer initiates with its first packet. */
typedef struct {
    gint64 initiated[TOGETHER]; /* the last times, a ring */
    guint next;
    gboolean recreated; /* since then */
} Attempt;

struct _Attempts {
    GHashTable *last;   /* WlEndpoint* -> Attempt* */
    gint64 times[MOST]; /* of the last attempts, a ring */
    guint next;
    gint64 life;   /* start of the member that made them */
    guint devices; /* and the number of its devices until then */
};

Attempts *
attempts_new(void)
{
    Attempts *self = g_new0(Attempts, 1);

    self->last = g_hash_table_new_full(wl_endpoint_hash, wl_endpoint_equal_func, g_free, g_free);
    for (guint i = 0; i < MOST; i++)
        self->times[i] = -SECOND;
    return self;
}

void
attempts_free(Attempts *self)
{
    g_hash_table_unref(self->last);
    g_free(self);
}

void
attempts_note_answer(Attempts *self, const WlEndpoint *to)
{
    g_hash_table_remove(self->last, to);
}

/* The first initiation to a recreated peer is the member's doing; WireGuard repeats it by itself.
 */
char *
attempts_note_initiation(Attempts *self, const SimHost *host, const WlEndpoint *to)
{
    Attempt *last = g_hash_table_lookup(self->last, to);
    gint64 now = host->world->now, since, oldest;

    if (!last || !last->recreated)
        return NULL;
    since = now - last->initiated[(last->next + TOGETHER - 1) % TOGETHER];
    oldest = now - last->initiated[last->next];
    last->initiated[last->next] = now;
    last->next = (last->next + 1) % TOGETHER;
    last->recreated = FALSE;
    if (since < APART || oldest < INTERVAL) {
        g_autofree char *text = wl_endpoint_to_string(to);
        return g_strdup_printf("%s tries %s again after %.3f s, for the fifth time in %.3f s",
                               host->name, text, (double) since / 1e6, (double) oldest / 1e6);
    }
    return NULL;
}

char *
attempts_note_change(Attempts *self, const SimHost *host, const WlPeerChange *change)
{
    const SimHost *peer = sim_world_find_key(host->world, &change->public_key);
    const char *name = peer ? peer->name : "unknown";
    gint64 now = host->world->now, before = self->times[self->next];
    Attempt *last;

    if (self->life != host->started || self->devices != host->devices)
        g_hash_table_remove_all(self->last);
    self->life = host->started;
    self->devices = host->devices;
    if (change->kind == WL_PEER_UPDATE || !wl_endpoint_is_set(&change->endpoint))
        return NULL;
    self->times[self->next] = now;
    self->next = (self->next + 1) % MOST;
    if (now - before < SECOND)
        return g_strdup_printf("%s tries more than %d endpoints in a second, the last of %s",
                               host->name, MOST, name);
    last = g_hash_table_lookup(self->last, &change->endpoint);
    if (!last) {
        last = g_new0(Attempt, 1);
        for (guint i = 0; i < TOGETHER; i++)
            last->initiated[i] = now - INTERVAL;
        g_hash_table_insert(self->last, g_memdup2(&change->endpoint, sizeof(WlEndpoint)), last);
    }
    last->recreated = TRUE;
    return NULL;
}
