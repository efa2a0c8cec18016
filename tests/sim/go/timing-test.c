/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a Go daemon acts (docs/protocol.md 5.3 to 5.6, 7.4 and 10). */
#include "go/rig.h"

#define HUB  1
#define LEAF 2

#define HUB_ENDPOINT  "203.0.113.1:51820"
#define LEAF_ENDPOINT "198.51.100.2:51820"

/* A leaf with a hub trusted with Membership. */
static Rig *
leaf_new(void)
{
    Rig *rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_LEAF);

    rig_configure(rig, config, HUB, HUB_ENDPOINT, "10.77.0.0/24")->trust = WL_TRUST_MEMBERSHIP;
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.77.0.0/24");
    rig_start(rig, config);
    return rig;
}

static void
assert_gaps(GArray *times, gint64 least, gint64 most, gboolean both)
{
    gint64 lowest = G_MAXINT64, highest = 0;

    g_assert_cmpuint(times->len, >, 2);
    for (guint i = 1; i < times->len; i++) {
        gint64 gap = g_array_index(times, gint64, i) - g_array_index(times, gint64, i - 1);

        lowest = MIN(lowest, gap);
        highest = MAX(highest, gap);
    }
    g_assert_cmpint(lowest, >=, least);
    g_assert_cmpint(highest, <=, most);
    if (both) {
        g_assert_cmpint(lowest, ==, least);
        g_assert_cmpint(highest, ==, most);
    }
}

static const WlFact *
sent_fact(Rig *rig, guint index, guint8 attribute)
{
    const RigSent *sent = rig->sent->pdata[index];

    for (guint i = 0; i < sent->facts->len; i++) {
        const WlFact *fact = &g_array_index(sent->facts, WlFact, i);

        if (fact->attribute == attribute)
            return fact;
    }
    g_assert_not_reached();
}

static void
test_first_chunk(void)
{
    g_autoptr(Rig) rig = leaf_new();

    /* The first round is sent at once, with all facts; the link-local address is added to the
     * allowed IPs set by wg-quick. */
    g_assert_cmpuint(rig->sent->len, ==, 1);
    g_assert_cmpuint(sent_fact(rig, 0, WL_ATTRIBUTE_ALIVE)->ttl, ==, 255);
    g_assert_cmpuint(sent_fact(rig, 0, WL_ATTRIBUTE_ENDPOINT_V4)->ttl, ==, 254);
    g_assert_cmpuint(rig_changes(rig, &rig->keys[HUB], WL_PEER_UPDATE), ==, 1);
    g_assert_cmpuint(((WlDevicePeer *) rig->device->peers->pdata[0])->allowed_ips->len, ==, 2);
    g_assert_cmpint(go_get_deadline(rig->daemon), ==, rig->started + RIG_TICK);
}

static void
test_resend(void)
{
    g_autoptr(Rig) rig = leaf_new();
    g_autoptr(GArray) times = NULL;

    rig_run(rig, SEC(1000));
    times = rig_times(rig, HUB, WL_ATTRIBUTE_ENDPOINT_V4, &rig->keys[0]);
    assert_gaps(times, SEC(125), SEC(125), TRUE);
}

static void
test_alive(void)
{
    g_autoptr(Rig) rig = leaf_new();
    g_autoptr(GArray) times = NULL;

    rig_live(rig, SEC(100), HUB);
    rig_clear(rig);
    rig_live(rig, SEC(3000), HUB);
    times = rig_times(rig, HUB, WL_ATTRIBUTE_ALIVE, NULL);
    /* An Alive is sent earlier only together with facts, every 125 s. */
    assert_gaps(times, SEC(5), SEC(35), FALSE);
    g_assert_cmpuint(times->len, >, 3000 / 35);
    g_assert_cmpuint(times->len, <=, 3000 / 30 + 3000 / 125 + 2);
}

static void
test_alive_alone(void)
{
    g_autoptr(Rig) rig = rig_new();
    g_autoptr(GArray) times = NULL;

    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.77.0.3/32");
    rig_start(rig, rig_config(rig, WL_ROLE_LEAF));
    rig_live(rig, SEC(20), LEAF); /* its first Alive triggers a resync */
    rig_clear(rig);
    rig_live(rig, SEC(3000), LEAF);
    times = rig_times(rig, LEAF, WL_ATTRIBUTE_ALIVE, NULL);
    assert_gaps(times, SEC(30), SEC(35), TRUE);
    g_assert_cmpuint(times->len, ==, rig->sent->len);
}

static void
test_cycling(void)
{
    static const char *const endpoints[] = {LEAF_ENDPOINT, "198.51.100.3:51820",
                                            "198.51.100.4:51820"};
    g_autoptr(Rig) rig = leaf_new();
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
    WlEndpoint last[3] = {0};

    for (guint round = 0; round < 10; round++) {
        rig_receive_member(rig, HUB, &rig->keys[LEAF], "leaf");
        for (guint i = 0; i < G_N_ELEMENTS(endpoints); i++)
            rig_receive_endpoint(rig, HUB, &rig->keys[LEAF], endpoints[i]);
        for (guint i = 0; i < 12; i++) {
            gint64 tick = go_get_deadline(rig->daemon);

            rig_clear(rig);
            rig_live(rig, tick - rig->now, HUB);
            for (guint n = 0; n < rig->changes->len; n++) {
                const WlPeerChange *change = rig->changes->pdata[n];

                if (!wl_key_equal(&change->public_key, &rig->keys[LEAF]))
                    continue;
                g_assert_true(wl_endpoint_is_set(&change->endpoint));
                g_array_append_val(times, rig->now);
                /* The endpoint tried least recently, never one of the last two. */
                g_assert_false(wl_endpoint_equal(&change->endpoint, &last[0]));
                g_assert_false(wl_endpoint_equal(&change->endpoint, &last[1]));
                last[1] = last[0];
                last[0] = change->endpoint;
            }
        }
    }
    assert_gaps(times, SEC(15), SEC(20), TRUE);
}

static void
test_one_endpoint(void)
{
    g_autoptr(Rig) rig = leaf_new();

    /* Marked as tried without a device change: WireGuard retries by itself. */
    rig_clear(rig);
    rig_run(rig, SEC(60));
    g_assert_cmpuint(rig->changes->len, ==, 0);
}

/* A new endpoint causes an Alive in this round or the next. */
static void
test_force_ping(void)
{
    g_autoptr(Rig) rig = leaf_new();
    g_autoptr(GArray) times = NULL;
    gint64 sent_at;

    rig_live(rig, SEC(18), HUB);
    rig_introduce(rig, HUB, LEAF, LEAF_ENDPOINT, "10.77.0.3/32");
    sent_at = rig->now;
    rig_live(rig, SEC(8), HUB);
    times = rig_times(rig, LEAF, WL_ATTRIBUTE_ALIVE, NULL);
    g_assert_cmpuint(times->len, ==, 1);
    g_assert_cmpint(g_array_index(times, gint64, 0), >, sent_at);
}

static void
test_silence(void)
{
    g_autoptr(Rig) rig = leaf_new();
    GoPeer peer;

    rig_live(rig, SEC(300), HUB);
    rig_handshake(rig, HUB);
    rig_receive_alive(rig, HUB);
    rig_run(rig, SEC(165));
    go_get_peer(rig->daemon, &rig->keys[HUB], &peer);
    g_assert_true(peer.healthy && peer.alive);
    g_assert_true(rig_has_allowed(rig, &rig->keys[HUB], "10.77.0.0/24"));
    rig_run(rig, SEC(6));
    go_get_peer(rig->daemon, &rig->keys[HUB], &peer);
    g_assert_true(!peer.healthy && peer.alive);
    g_assert_false(rig_has_allowed(rig, &rig->keys[HUB], "10.77.0.0/24"));
    rig_run(rig, SEC(83));
    go_get_peer(rig->daemon, &rig->keys[HUB], &peer);
    g_assert_true(peer.alive);
    rig_run(rig, SEC(7));
    go_get_peer(rig->daemon, &rig->keys[HUB], &peer);
    g_assert_false(peer.alive);
}

static void
test_boot_id(void)
{
    g_autoptr(Rig) rig = leaf_new();
    WlBootId id = *go_get_boot_id(rig->daemon);

    /* Losing a prefix is critical, losing an endpoint is not. */
    rig_live(rig, SEC(10), HUB);
    rig_receive_endpoint(rig, HUB, &rig->keys[HUB], "203.0.113.9:1");
    rig_run(rig, SEC(265));
    g_assert_cmpmem(&id, sizeof(id), go_get_boot_id(rig->daemon), sizeof(id));
    rig_receive_allowed(rig, HUB, &rig->keys[HUB], "10.77.9.0/24");
    rig_run(rig, SEC(250));
    g_assert_cmpmem(&id, sizeof(id), go_get_boot_id(rig->daemon), sizeof(id));
    rig_run(rig, SEC(15));
    g_assert_true(memcmp(&id, go_get_boot_id(rig->daemon), sizeof(id)) != 0);
    g_assert_cmpuint(go_get_boot_id(rig->daemon)->bytes[6] >> 4, ==, 4);
}

static void
test_clock(void)
{
    g_autoptr(Rig) rig = leaf_new();
    WlBootId id = *go_get_boot_id(rig->daemon);

    /* First delayed by one chunk, then by more than two. */
    rig_run(rig, SEC(12));
    rig->now += SEC(7);
    go_time(rig->daemon, rig->now);
    rig_drain(rig);
    g_assert_cmpmem(&id, sizeof(id), go_get_boot_id(rig->daemon), sizeof(id));
    rig->now += SEC(16);
    go_time(rig->daemon, rig->now);
    rig_drain(rig);
    g_assert_true(memcmp(&id, go_get_boot_id(rig->daemon), sizeof(id)) != 0);
}

/* A peer with a new boot id gets all facts again at the next tick. */
static void
test_peer_rebooted(void)
{
    g_autoptr(Rig) rig = leaf_new();
    g_autoptr(GArray) times = NULL;

    rig_live(rig, SEC(20), HUB);
    rig_clear(rig);
    rig->boot_ids[HUB].bytes[0] ^= 1;
    rig_receive_alive(rig, HUB);
    rig_run(rig, SEC(1));
    g_assert_cmpuint(rig->sent->len, ==, 0);
    rig_run(rig, SEC(5));
    times = rig_times(rig, HUB, WL_ATTRIBUTE_ENDPOINT_V4, &rig->keys[0]);
    g_assert_cmpuint(times->len, ==, 1);
}

static void
test_full_chunk(void)
{
    g_autoptr(Rig) rig = leaf_new();
    gint64 deadline = go_get_deadline(rig->daemon);

    for (guint i = 0; i < 100; i++) {
        g_autofree char *prefix = g_strdup_printf("10.78.%u.0/24", i);

        g_assert_false(rig_holds_allowed(rig, &rig->keys[HUB], "10.78.0.0/24"));
        rig_receive_allowed(rig, HUB, &rig->keys[HUB], prefix);
    }
    g_assert_true(rig_holds_allowed(rig, &rig->keys[HUB], "10.78.99.0/24"));
    g_assert_cmpint(go_get_deadline(rig->daemon), ==, deadline);
}

static void
test_endpoint_names_resolved(void)
{
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_LEAF);

    rig_configure(rig, config, HUB, "hub.example.net:51820", NULL);
    rig_start(rig, config);
    g_assert_true(rig_holds_endpoint(rig, &rig->keys[HUB], "198.51.100.77:51820"));
    rig_run(rig, SEC(10));
    g_assert_cmpuint(rig->resolves, ==, 3);
    /* Not sent while the peer is up; its last fact, just sent, is pruned. */
    rig_live(rig, SEC(60), HUB);
    g_assert_cmpuint(rig->resolves, <=, 4);
    g_assert_true(rig_holds_endpoint(rig, &rig->keys[HUB], "198.51.100.77:51820"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/go/first-chunk", test_first_chunk);
    g_test_add_func("/go/resend", test_resend);
    g_test_add_func("/go/alive", test_alive);
    g_test_add_func("/go/alive-alone", test_alive_alone);
    g_test_add_func("/go/cycling", test_cycling);
    g_test_add_func("/go/one-endpoint", test_one_endpoint);
    g_test_add_func("/go/force-ping", test_force_ping);
    g_test_add_func("/go/silence", test_silence);
    g_test_add_func("/go/boot-id", test_boot_id);
    g_test_add_func("/go/clock", test_clock);
    g_test_add_func("/go/peer-rebooted", test_peer_rebooted);
    g_test_add_func("/go/full-chunk", test_full_chunk);
    g_test_add_func("/go/endpoint-names-resolved", test_endpoint_names_resolved);
    return g_test_run();
}
