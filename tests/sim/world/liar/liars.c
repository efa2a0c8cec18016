/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups of liars: their members, their work in turns, and how a lie is sent.
 */
#include "world/liar/liar-private.h"

#include <string.h>

#include "wl-group.h"

#define UDP6_HEADERS 48

static const LiarStrategy *const tables[] = {liar_claims, liar_protocol, liar_bytes};

static void run_work(SimTimer *timer);

/* ---- life */

SimLiars *
sim_liars_new(SimWorld *world, const GPtrArray *hosts, guint32 seed)
{
    SimLiars *self = g_new0(SimLiars, 1);

    self->world = world;
    self->random = g_rand_new_with_seed(seed);
    self->members = g_ptr_array_new();
    self->works = g_ptr_array_new();
    for (guint i = 0; i < hosts->len; i++) {
        SimLiarHost *liar = g_new0(SimLiarHost, 1);

        liar->group = self;
        liar->host = hosts->pdata[i];
        liar->index = i;
        liar->signer = wl_signer_new(&liar->host->private_key, liar_random_bytes, self);
        liar->host->liar = liar;
        g_ptr_array_add(self->members, liar);
    }
    return self;
}

static void
liar_free(SimLiarHost *self)
{
    for (guint i = 0; i < LIAR_RECORDED; i++) {
        g_clear_pointer(&self->sent[i].bytes, g_bytes_unref);
        g_clear_pointer(&self->received[i].bytes, g_bytes_unref);
    }
    wl_signer_free(self->signer);
    self->host->liar = NULL;
    g_free(self);
}

void
sim_liars_free(SimLiars *self)
{
    if (!self)
        return;
    for (guint i = 0; i < self->works->len; i++) {
        LiarWork *work = self->works->pdata[i];
        sim_world_set_timer(self->world, &work->timer, SIM_NEVER);
        g_free(work);
    }
    for (guint i = 0; i < self->members->len; i++)
        liar_free(self->members->pdata[i]);
    g_ptr_array_unref(self->works);
    g_ptr_array_unref(self->members);
    g_rand_free(self->random);
    g_free(self);
}

gboolean
sim_liars_add(SimLiars *self, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        for (const LiarStrategy *strategy = tables[i]; strategy->name; strategy++) {
            LiarWork *work;

            if (!g_str_equal(strategy->name, name))
                continue;
            work = g_new0(LiarWork, 1);
            work->timer.run = run_work;
            work->group = self;
            work->strategy = strategy;
            g_ptr_array_add(self->works, work);
            return TRUE;
        }
    }
    return FALSE;
}

const char *const *
sim_liars_get_strategies(void)
{
    static const char *names[32];
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS(tables) && !names[0]; i++) {
        for (const LiarStrategy *strategy = tables[i]; strategy->name; strategy++)
            names[n++] = strategy->name;
    }
    return names;
}

/* ---- turns */

/* A liar lies to whom it has a session with. */
static gboolean
can_reach(const SimLiarHost *self, const SimHost *to)
{
    const SimHost *host = self->host;

    return host->device && !host->asleep && !to->liar && to->kind != SIM_KIND_BASIC &&
           sim_device_has_session(host->device, &to->public_key);
}

static void
run_work(SimTimer *timer)
{
    LiarWork *work = (LiarWork *) timer;
    SimLiars *self = work->group;
    const GPtrArray *hosts = self->world->hosts;

    for (guint i = 0; i < self->members->len; i++) {
        SimLiarHost *liar = self->members->pdata[i];

        if (liar->host->device)
            sim_device_set_time(liar->host->device, self->world->now, liar->host->wall_offset);
        for (guint j = 0; j < hosts->len; j++) {
            if (can_reach(liar, hosts->pdata[j]))
                work->strategy->lie(work, liar, hosts->pdata[j]);
        }
        sim_host_settle(liar->host);
    }
    work->step++;
    sim_world_set_timer(self->world, timer, self->world->now + work->strategy->interval);
}

void
sim_liars_start(SimLiars *self)
{
    for (guint i = 0; i < self->works->len; i++) {
        LiarWork *work = self->works->pdata[i];
        sim_world_set_timer(self->world, &work->timer, self->world->now);
    }
}

/* ---- what a group draws */

guint
liar_random(const SimLiarHost *self, guint bound)
{
    return (guint) g_rand_int_range(self->group->random, 0, (gint32) bound);
}

gboolean
liar_chance(const SimLiarHost *self, double probability)
{
    return g_rand_double(self->group->random) < probability;
}

void
liar_random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    const SimLiars *self = user_data;

    for (gsize i = 0; i < length; i++)
        buffer[i] = (guint8) g_rand_int_range(self->random, 0, 256);
}

gboolean
liar_shares(const SimLiarHost *self, guint i)
{
    return i % self->group->members->len == self->index;
}

SimHost *
liar_pick(const SimLiarHost *self, const SimHost *but)
{
    const GPtrArray *hosts = self->group->world->hosts;
    guint first = liar_random(self, hosts->len);

    for (guint i = 0; i < hosts->len; i++) {
        SimHost *host = hosts->pdata[(first + i) % hosts->len];
        if (!host->liar && host != but)
            return host;
    }
    return NULL;
}

/* ---- sending */

GArray *
liar_facts_new(void)
{
    return wl_fact_array_new();
}

static void
add_fact(GArray *facts, const WlFact *fact, guint ttl)
{
    g_array_append_vals(facts, fact, 1);
    g_array_index(facts, WlFact, facts->len - 1).ttl = (guint16) ttl;
}

void
liar_add_endpoint(GArray *facts, const SimHost *about, const WlEndpoint *endpoint, guint ttl)
{
    WlFact fact;

    wl_fact_init_endpoint(&fact, &about->public_key, endpoint, 0);
    add_fact(facts, &fact, ttl);
}

void
liar_add_prefix(GArray *facts, const SimHost *about, const WlPrefix *prefix, guint ttl)
{
    WlFact fact;

    wl_fact_init_allowed(&fact, &about->public_key, prefix, 0);
    add_fact(facts, &fact, ttl);
}

void
liar_send_bytes(SimLiarHost *self, SimHost *to, GBytes *bytes)
{
    SimPacket *packet = sim_packet_new(SIM_PACKET_FACTS);

    packet->source = self->host->link_local;
    packet->destination = to->link_local;
    packet->facts = g_bytes_ref(bytes);
    packet->size = UDP6_HEADERS + g_bytes_get_size(bytes);
    to->counters.lies++;
    to->counters.lie_bytes += packet->size;
    sim_host_send(self->host, packet);
    sim_packet_unref(packet);
}

void
liar_send_inner(SimLiarHost *self, SimHost *to, const guint8 *inner, gsize length, gboolean marked)
{
    g_autoptr(GBytes) bytes =
        marked ? wl_signer_sign_with_ack(self->signer, &to->public_key, inner, length)
               : wl_signer_sign(self->signer, &to->public_key, inner, length);

    if (bytes)
        liar_send_bytes(self, to, bytes);
}

void
liar_tell(SimLiarHost *self, SimHost *to, GArray *facts, gboolean marked)
{
    g_autoptr(WlGroup) group = wl_group_new();

    for (guint i = 0; i < facts->len; i++) {
        WlFact *fact = &g_array_index(facts, WlFact, i);

        fact->expires = SIM_SEC(fact->ttl);
        wl_group_add(group, fact, 0);
    }
    for (guint i = 0; i < wl_group_count(group); i++)
        liar_send_inner(self, to, wl_group_get(group, i)->data, wl_group_get(group, i)->len,
                        marked);
    g_array_unref(facts);
}

/* ---- what a liar records */

static void
record(LiarRecord *record, SimHost *other, GBytes *bytes)
{
    g_clear_pointer(&record->bytes, g_bytes_unref);
    record->other = other;
    record->bytes = g_bytes_ref(bytes);
}

void
sim_liar_note_sent(SimLiarHost *self, const WlKey *to, GBytes *bytes)
{
    record(&self->sent[self->n_sent++ % LIAR_RECORDED], sim_world_find_key(self->host->world, to),
           bytes);
}

void
sim_liar_note_received(SimLiarHost *self, const WlIp *from, GBytes *bytes)
{
    const GPtrArray *hosts = self->host->world->hosts;

    for (guint i = 0; i < hosts->len; i++) {
        SimHost *host = hosts->pdata[i];
        if (wl_ip_equal(&host->link_local, from))
            record(&self->received[self->n_received++ % LIAR_RECORDED], host, bytes);
    }
}
