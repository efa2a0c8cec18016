/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fellows.h"

static HarnessMember *
find_member(Harness *harness, gboolean low)
{
    const HarnessMember *self = harness_member(harness, 0);
    guint i = low ? 10 : 30;

    while ((wl_key_compare(&harness_member(harness, i)->key, &self->key) < 0) != low)
        i++;
    return harness_member(harness, i);
}

void
fellows_init(Fellows *world)
{
    static const char *const prefixes[N_WHO] = {
        [LOW] = "10.77.0.0/24,10.77.0.1/32",
        [HIGH] = "10.77.0.0/24,10.77.0.9/32",
        [LEAF] = "10.77.0.3/32",
    };
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);

    *world = (Fellows){.harness = harness,
                       .members = {NULL, harness_member(harness, 0), find_member(harness, TRUE),
                                   find_member(harness, FALSE), harness_member(harness, 1)}};
    for (Who who = LOW; who < N_WHO; who++) {
        harness_make_native(world->members[who]);
        harness_add(config, world->members[who], NULL, prefixes[who]);
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (Who who = LOW; who < N_WHO; who++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1", who);
        harness_handshake(harness, world->members[who], endpoint);
        harness_alive(harness, world->members[who]);
    }
    harness_run(harness, SEC(3));
    world->leaf = wl_peer_table_find(&harness->engine->peers, &world->members[LEAF]->key);
    g_assert_cmpuint(harness->engine->routers.members->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        WlPeer *fellow = harness->engine->routers.members->pdata[i];

        fellow->liveness.last_heard = fellow->failover.fine_since = harness->engine->now;
        fellow->failover.lost = FALSE;
    }
}

WlPeer *
fellows_peer(const Fellows *world, Who who)
{
    return who == NONE || who == SELF
               ? NULL
               : wl_peer_table_find(&world->harness->engine->peers, &world->members[who]->key);
}

guint32
fellows_bit(const Fellows *world, Who who)
{
    return 1u << wl_router_set_index(&world->harness->engine->routers, fellows_peer(world, who));
}

void
fellows_set_known(Fellows *world, const Known *known)
{
    WlPeerFailover *failover = &world->leaf->failover;

    failover->attached = known->at != NONE;
    failover->epoch = known->epoch;
    failover->at = known->at == NONE ? (WlKey){0} : world->members[known->at]->key;
    failover->holder = fellows_peer(world, known->holder);
    failover->answered = 0;
    failover->announce_due = WL_NEVER;
    failover->call_due = failover->claim_due = world->harness->now + SEC(9);
    failover->announcements = 7;
    failover->said = FALSE;
    world->leaf->advertise.position = 99;
    world->harness->engine->subscribers.pending = FALSE;
    harness_clear(world->harness);
}

void
fellows_assert_known(const Fellows *world, const Known *known)
{
    const WlPeerFailover *failover = &world->leaf->failover;

    g_assert_cmpint(failover->attached, ==, known->at != NONE);
    g_assert_cmpuint(failover->epoch, ==, known->epoch);
    if (known->at != NONE)
        g_assert_true(wl_key_equal(&failover->at, &world->members[known->at]->key));
    g_assert_true(failover->holder == fellows_peer(world, known->holder));
}

const WlRouterMessage *
fellows_find_sent(const Fellows *world, Who who, WlRouterMessage *message)
{
    g_autoptr(GArray) facts = harness_sent(world->harness, world->members[who]);
    guint n = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);

        if (fact->attribute != WL_ATTRIBUTE_ROUTER)
            continue;
        g_assert_true(wl_key_equal(&fact->subject, &world->members[LEAF]->key));
        *message = fact->value.router;
        n++;
    }
    g_assert_cmpuint(n, <=, 1);
    return n > 0 ? message : NULL;
}

void
fellows_drain(Harness *harness)
{
    WlOutput *output;

    wl_outputs_flush_sends(&harness->engine->outputs);
    while ((output = wl_engine_next_output(harness->engine)))
        g_ptr_array_add(harness->outputs, output);
}

void
fellows_assert_sent(const Fellows *world, Who who, int flags)
{
    WlRouterMessage sent;
    const WlRouterMessage *message = fellows_find_sent(world, who, &sent);

    g_assert_cmpint(message ? message->flags : NOTHING, ==, flags);
    if (!message)
        return;
    g_assert_cmpuint(message->version, ==, WL_ROUTER_VERSION);
    g_assert_cmpuint(message->epoch, ==, world->leaf->failover.epoch);
    g_assert_true(wl_key_equal(&message->router, &world->members[SELF]->key));
}

void
fellows_run(const Fellows *world)
{
    WlEngine *engine = world->harness->engine;

    wl_scheduler_run_step(&engine->scheduler, engine, world->leaf, WL_STEP_PATHS,
                          wl_attachment_run);
}
