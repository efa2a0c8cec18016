/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the link differs from the request, refuses it, or is a new one. */
#include "harness.h"
#include "wl-fact-codec.h"

static void
test_link(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlDevicePeer *peer;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    /* the device was changed from outside: corrected with the next snapshot */
    peer = wl_device_find(harness->device, &hub->key);
    g_array_set_size(peer->allowed_ips, 1);
    harness_clear(harness);
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 1);
    g_assert_true(harness_has_allowed(harness, hub, "10.77.0.0/24"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);

    /* or took a peer away */
    g_ptr_array_remove(harness->device->peers, wl_device_find(harness->device, &desktop->key));
    harness_clear(harness);
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_ADD), ==, 1);

    /* or gave it another port */
    harness->device->listen_port = 4242;
    harness_clear(harness);
    harness_snapshot(harness);
    harness_drain(harness);
    harness_run(harness, SEC(1));
    g_assert_true(
        harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key, "192.168.1.10:4242"));
    harness->device->listen_port = 51820;
    harness_snapshot(harness);
    harness_drain(harness);
    harness_run(harness, SEC(1));

    /* a failed change is tried again, after a delay that increases */
    g_array_set_size(peer->allowed_ips, 1);
    harness_clear(harness);
    for (guint i = 0; i < 5; i++) {
        g_array_set_size(peer->allowed_ips, 1);
        wl_engine_peer_change_failed(harness->engine, harness->now, &hub->key);
        harness_drain(harness);
    }
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 0);
    harness_run(harness, SEC(40));
    g_assert_true(harness_has_allowed(harness, hub, "10.77.0.0/24"));

    /* a fact whose sending failed does not count as known */
    harness_clear(harness);
    wl_engine_send_failed(harness->engine, harness->now, &hub->key);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    harness_run(harness, SEC(6));
    g_assert_true(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));

    /* an empty link is filled again */
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    harness_clear(harness);
    wl_engine_link_recreated(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_ADD), ==, 1);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_ADD), ==, 1);
    harness_run(harness, MS(100));
    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    g_assert_true(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
}

/* After a failed send all facts are sent to the peer again. */
static void
test_send_failed(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    g_autoptr(GArray) before = NULL;
    g_autoptr(GArray) after = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    before = harness_sent(harness, hub);
    g_assert_cmpuint(before->len, >=, 2);
    harness_clear(harness);
    wl_engine_send_failed(harness->engine, harness->now, &hub->key);
    harness_drain(harness);
    harness_run(harness, SEC(6));
    after = harness_sent(harness, hub);
    for (guint i = 0; i < before->len; i++) {
        gboolean found = FALSE;

        for (guint j = 0; j < after->len; j++)
            found |= wl_fact_identity_equal(&g_array_index(after, WlFact, j),
                                            &g_array_index(before, WlFact, i));
        g_assert_true(found);
    }
}

/* A recreated link has no allowed IPs: those of a direct peer are set again only when it is direct
 * again. */
static void
test_link_recreated(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 2, "198.51.100.7:51820");
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    wl_engine_link_recreated(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(harness_view(harness, desktop)->allowed_ips->len, ==, 0);
}

/* The delay after a refused change is reset once a change was accepted. */
static void
test_refused_changes(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    for (guint round = 0; round < 2; round++) {
        for (guint i = 0; i < 5; i++)
            wl_engine_peer_change_failed(harness->engine, harness->now, &hub->key);
        harness_drain(harness);
        harness_clear(harness);
        harness_run(harness, SEC(15));
        g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 0);
        harness_run(harness, SEC(2));
        g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 1);
        harness_meet(harness, 1, NULL);
        harness_snapshot(harness);
        harness_run(harness, SEC(30));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link", test_link);
    g_test_add_func("/facts/send-failed", test_send_failed);
    g_test_add_func("/link/recreated", test_link_recreated);
    g_test_add_func("/link/refused-changes", test_refused_changes);
    return g_test_run();
}
