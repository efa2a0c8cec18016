/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world: its clock, its random numbers, its timers, and its hosts by name and key.
 */
#include "world/world.h"

#include <stdlib.h>
#include <string.h>

#include "world/host.h"
#include "world/loop.h"
#include "world/net.h"

SimWorld *
sim_world_new(guint32 seed)
{
    SimWorld *self = g_new0(SimWorld, 1);

    self->now = SIM_START;
    self->random = g_rand_new_with_seed(seed);
    sim_heap_init(&self->heap);
    self->nets = g_ptr_array_new_with_free_func((GDestroyNotify) sim_net_free);
    self->nats = g_ptr_array_new_with_free_func((GDestroyNotify) sim_nat_free);
    self->hosts = g_ptr_array_new_with_free_func((GDestroyNotify) sim_host_free);
    self->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->by_key = g_hash_table_new(wl_key_hash, wl_key_equal);
    self->nets_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->nats_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
    self->cuts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return self;
}

void
sim_world_free(SimWorld *self)
{
    if (!self)
        return;
    if (self->trace)
        g_string_free(self->trace, TRUE);
    self->trace = NULL;
    sim_net_drop_all(self);
    sim_loop_drop_all(self);
    g_hash_table_unref(self->by_name);
    g_hash_table_unref(self->by_key);
    g_hash_table_unref(self->nets_by_name);
    g_hash_table_unref(self->nats_by_name);
    g_ptr_array_unref(self->hosts);
    g_ptr_array_unref(self->nats);
    g_ptr_array_unref(self->nets);
    g_hash_table_unref(self->names);
    g_hash_table_unref(self->cuts);
    sim_heap_clear(&self->heap);
    g_rand_free(self->random);
    g_free(self);
}

void
sim_world_set_timer(SimWorld *self, SimTimer *timer, gint64 when)
{
    sim_heap_set(&self->heap, &timer->wait, when == SIM_NEVER ? when : MAX(when, self->now));
}

gboolean
sim_world_step(SimWorld *self, gint64 limit)
{
    SimTimer *first = (SimTimer *) sim_heap_first(&self->heap);

    if (!first || first->wait.when > limit) {
        self->now = MAX(self->now, limit);
        return FALSE;
    }
    self->now = first->wait.when;
    sim_heap_set(&self->heap, &first->wait, SIM_NEVER);
    self->events++;
    first->run(first);
    if (self->dirty && self->changed) {
        self->dirty = FALSE;
        self->changed(self->user_data);
    }
    return TRUE;
}

void
sim_world_run_until(SimWorld *self, gint64 when)
{
    while (sim_world_step(self, when))
        ;
}

guint32
sim_world_random(SimWorld *self, guint32 bound)
{
    return bound > 1 ? g_rand_int(self->random) % bound : 0;
}

gboolean
sim_world_chance(SimWorld *self, double probability)
{
    return probability > 0 && g_rand_double(self->random) < probability;
}

void
sim_world_random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    SimWorld *self = user_data;

    for (gsize i = 0; i < length; i += 4) {
        guint32 number = g_rand_int(self->random);
        memcpy(buffer + i, &number, MIN(length - i, 4));
    }
}

SimHost *
sim_world_find_host(const SimWorld *self, const char *name)
{
    return g_hash_table_lookup(self->by_name, name);
}

SimHost *
sim_world_find_key(const SimWorld *self, const WlKey *key)
{
    return g_hash_table_lookup(self->by_key, key);
}

SimNet *
sim_world_find_net(const SimWorld *self, const char *name)
{
    return g_hash_table_lookup(self->nets_by_name, name);
}

SimNat *
sim_world_find_nat(const SimWorld *self, const char *name)
{
    return g_hash_table_lookup(self->nats_by_name, name);
}

static gint64
pair_of(const SimHost *from, const SimHost *to)
{
    return ((gint64) from->index << 32) | to->index;
}

void
sim_world_cut(SimWorld *self, const SimHost *from, const SimHost *to, gboolean cut)
{
    gint64 pair = pair_of(from, to);

    if (cut)
        g_hash_table_add(self->cuts, g_memdup2(&pair, sizeof(pair)));
    else
        g_hash_table_remove(self->cuts, &pair);
    self->dirty = TRUE;
}

gboolean
sim_world_is_cut(const SimWorld *self, const SimHost *from, const SimHost *to)
{
    gint64 pair = pair_of(from, to);

    return g_hash_table_contains(self->cuts, &pair);
}

GArray *
sim_world_resolve(const SimWorld *self, const char *name)
{
    GArray *found = g_array_new(FALSE, TRUE, sizeof(WlEndpoint));
    const char *colon = strrchr(name, ':');
    g_autofree char *host = colon ? g_strndup(name, (gsize) (colon - name)) : NULL;
    const GArray *ips = host ? g_hash_table_lookup(self->names, host) : NULL;

    for (guint i = 0; ips && i < ips->len; i++) {
        WlEndpoint endpoint = {.ip = g_array_index(ips, WlIp, i)};
        endpoint.port = (guint16) atoi(colon + 1);
        g_array_append_val(found, endpoint);
    }
    return found;
}

void
sim_world_trace(SimWorld *self, const char *who, const char *format, ...)
{
    va_list args;

    if (!self->trace)
        return;
    g_string_append_printf(self->trace, "%12.6f  ", (double) (self->now - SIM_START) / 1e6);
    if (who)
        g_string_append_printf(self->trace, "%s: ", who);
    va_start(args, format);
    g_string_append_vprintf(self->trace, format, args);
    va_end(args);
    g_string_append_c(self->trace, '\n');
}
