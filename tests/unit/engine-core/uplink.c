/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Events of this machine: sleep, change of the uplink, captive portals, gateways. */
#include <string.h>

#include "harness.h"

/* The boot id in the last Alive to @member, and the TTL of the first; 0: there was none. */
static guint
alives(Harness *harness, const HarnessMember *member, WlBootId *boot_id)
{
    g_autoptr(GArray) facts = harness_sent(harness, member);
    guint ttl = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        if (fact->attribute != WL_ATTRIBUTE_ALIVE)
            continue;
        *boot_id = fact->value.boot_id;
        ttl = ttl == 0 ? fact->ttl : ttl;
    }
    return ttl;
}

static void
test_resumed(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlBootId before = {{0}}, after = {{0}};

    harness_make_native(hub);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 255);
    harness_run(harness, SEC(40));
    g_assert_cmpuint(alives(harness, hub, &before), >, 0);

    /* a short sleep: the session may still be live and is checked */
    harness_run(harness, SEC(10));
    harness_clear(harness);
    harness->now += SEC(60);
    wl_engine_resumed(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(alives(harness, hub, &after), ==, 254); /* it wants an answer */
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
    g_assert_cmpuint(harness->snapshots, >=, 1);
    harness_run(harness, SEC(1));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), >=, 1);

    /* a long sleep: all peers are tried again at once */
    harness_run(harness, SEC(1));
    harness_clear(harness);
    harness->now += SEC(8 * 3600);
    wl_engine_resumed(harness->engine, harness->now);
    harness_drain(harness);
    harness_run(harness, MS(200));
    g_assert_false(harness_view(harness, hub)->healthy);
    g_assert_cmpuint(alives(harness, hub, &before), >, 0);
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
    /* its knowledge has expired: every fact is sent again */
    harness_meet(harness, 1, NULL);
    harness_run(harness, MS(300));
    g_assert_true(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
}

/* Every peer with a session gets an Alive after sleep. */
static void
test_resumed_all(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_run(harness, SEC(5));
    harness_clear(harness);
    harness->now += SEC(5);
    wl_engine_resumed(harness->engine, harness->now);
    harness_drain(harness);
    for (guint i = 1; i <= 2; i++) {
        WlBootId id;
        g_assert_cmpuint(alives(harness, harness_member(harness, i), &id), >, 0);
    }
}

static void
set_addresses(Harness *harness, const char *const *addresses)
{
    WlLocalAddress local[4] = {{{{0}}}};
    guint n = 0;

    for (; addresses[n]; n++)
        local[n] = (WlLocalAddress){.address = harness_prefix(addresses[n]),
                                    .ifname = "eth0",
                                    .ifindex = 2,
                                    .uplink = TRUE,
                                    .announce = TRUE};
    wl_engine_set_local_addresses(harness->engine, harness->now, local, n);
    harness_drain(harness);
}

/* The changes of @member since harness_clear() that set @endpoint and nothing else. */
static guint
n_set_again(Harness *harness, const HarnessMember *member, const char *endpoint)
{
    WlEndpoint wanted = harness_endpoint(endpoint);
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_CHANGE_PEER && wl_key_equal(&output->key, &member->key) &&
            output->change->kind == WL_PEER_UPDATE &&
            wl_endpoint_equal(&output->change->endpoint, &wanted))
            n++;
    }
    return n;
}

/* The endpoint is set again when its family gets its first address, but not for an address of the
 * other family or a second one. */
static void
test_first_address(void)
{
    static const char *const v6[] = {"2001:db8::10/64", NULL};
    static const char *const both[] = {"2001:db8::10/64", "192.168.1.10/24", NULL};
    static const char *const more[] = {"2001:db8::10/64", "192.168.1.10/24", "192.168.2.10/24",
                                       NULL};
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);

    set_addresses(harness, both);
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    set_addresses(harness, v6);
    g_assert_cmpuint(n_set_again(harness, hub, HARNESS_HUB_ENDPOINT), ==, 0);
    harness_clear(harness);
    set_addresses(harness, both);
    g_assert_cmpuint(n_set_again(harness, hub, HARNESS_HUB_ENDPOINT), ==, 1);
    harness_clear(harness);
    set_addresses(harness, more);
    g_assert_cmpuint(n_set_again(harness, hub, HARNESS_HUB_ENDPOINT), ==, 0);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
}

/* The device shows @member at @endpoint, in the session that it has. */
static void
roam(Harness *harness, const HarnessMember *member, const char *endpoint)
{
    WlDevicePeer *peer = wl_device_find(harness->device, &member->key);

    peer->endpoint = harness_endpoint(endpoint);
    peer->rx_bytes += 200;
    harness_snapshot(harness);
    harness_drain(harness);
}

static gboolean
is_at(Harness *harness, const HarnessMember *member, const char *endpoint)
{
    WlEndpoint wanted = harness_endpoint(endpoint);

    return wl_endpoint_equal(&wl_device_find(harness->device, &member->key)->endpoint, &wanted) &&
           wl_endpoint_equal(&harness_view(harness, member)->endpoint, &wanted);
}

/* A peer that the device shows inside the tunnel is set back to where it was, in the same turn. The
 * inner endpoint is published, advertised and remembered nowhere. */
static void
test_inside(gconstpointer data)
{
    const char *inside = data;
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    g_autofree char *state = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    roam(harness, hub, inside);
    g_assert_true(is_at(harness, hub, HARNESS_HUB_ENDPOINT));
    g_assert_cmpint(harness_view(harness, hub)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_LOG), ==, 1);
    harness_run(harness, SEC(20));
    g_assert_false(harness_sent_endpoint(harness, hub, &hub->key, inside));
    state = wl_engine_dup_state(harness->engine);
    g_assert_null(strstr(state, inside));
}

/* The profile gives another peer the network in which a peer is: its endpoint is inside from then
 * on, and is given up at once. */
static void
test_becomes_inside(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_run(harness, SEC(1));
    g_assert_true(is_at(harness, desktop, "198.51.100.7:51820"));
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24,fd77::/64");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_add(config, harness_member(harness, 3), NULL, "198.51.100.0/24");
    harness_change(harness, config);
    g_assert_false(wl_endpoint_is_set(&harness_view(harness, desktop)->endpoint));
    g_assert_nonnull(strstr(harness_view(harness, desktop)->reason_text, "198.51.100.7:51820"));
    g_assert_nonnull(strstr(harness_view(harness, desktop)->reason_text, "inside the tunnel"));
}

/* A peer that roams into the tunnel again and again causes no fight: soon it has no endpoint, is
 * tried as any peer without a session, and is set back ever more rarely. */
static void
test_inside_on_purpose(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    guint updates = 0, recreations, logs = 0;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    for (guint i = 0; i < 3600; i++) {
        harness_handshake(harness, hub, "10.77.0.1:51820");
        roam(harness, hub, "10.77.0.1:51820");
        g_assert_false(wl_endpoint_is_set(&harness_view(harness, hub)->endpoint) &&
                       is_at(harness, hub, "10.77.0.1:51820"));
        harness_run(harness, SEC(1));
    }
    updates = harness_changes(harness, hub, WL_PEER_UPDATE);
    recreations = harness_changes(harness, hub, WL_PEER_RECREATE);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        logs += output->kind == WL_OUTPUT_LOG && strstr(output->name, "inside the tunnel") != NULL;
    }
    g_test_message("%u updates, %u recreations", updates, recreations);
    g_assert_cmpuint(updates, <=, 40);
    g_assert_cmpuint(recreations, <=, 60);
    g_assert_cmpuint(logs, <=, 2);
}

/* For a second the endpoint outside is set again as often as needed. After that the peer has none,
 * and is connected anew where it was. */
static void
test_inside_for_long(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(10));
    harness_clear(harness);
    for (guint i = 0; i < 4; i++) {
        roam(harness, hub, "10.77.0.1:51820");
        g_assert_true(is_at(harness, hub, HARNESS_HUB_ENDPOINT));
        harness_run(harness, MS(240));
    }
    g_assert_cmpuint(n_set_again(harness, hub, HARNESS_HUB_ENDPOINT), ==, 4);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    harness_run(harness, MS(500));
    roam(harness, hub, "10.77.0.1:51820");
    g_assert_false(harness_view(harness, hub)->healthy);
    harness_run(harness, MS(500));
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 1);
    g_assert_true(is_at(harness, hub, HARNESS_HUB_ENDPOINT));
}

/* Whether a peer that roams into the tunnel at @when is set back to where it was. */
static gboolean
is_restored(Harness *harness, gint64 when)
{
    HarnessMember *hub = harness_member(harness, 1);

    harness_run(harness, when - harness->now);
    if (!harness_view(harness, hub)->healthy ||
        !wl_endpoint_is_set(&harness_view(harness, hub)->endpoint)) {
        harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
        harness_snapshot(harness);
        harness_drain(harness);
    }
    g_assert_true(is_at(harness, hub, HARNESS_HUB_ENDPOINT));
    harness_clear(harness);
    roam(harness, hub, "10.77.0.1:51820");
    return n_set_again(harness, hub, HARNESS_HUB_ENDPOINT) == 1;
}

/* As often as needed within a second, but not within 100 ms; again after 10 s, then after twice as
 * long each time up to 300 s, and after 600 s of rest as at first. */
static void
test_inside_intervals(void)
{
    static const gint64 intervals[] = {SEC(10),  SEC(20),  SEC(40), SEC(80),
                                       SEC(160), SEC(300), SEC(300)};
    g_autoptr(Harness) harness = harness_leaf_new();
    gint64 since;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(10));
    for (guint round = 0; round < 2; round++) {
        since = harness->now;
        g_assert_true(is_restored(harness, since));
        roam(harness, harness_member(harness, 1), "10.77.0.1:51820");
        harness_run(harness, MS(100) - 1);
        roam(harness, harness_member(harness, 1), "10.77.0.1:51820");
        g_assert_cmpuint(n_set_again(harness, harness_member(harness, 1), HARNESS_HUB_ENDPOINT), ==,
                         1);
        harness_run(harness, 1);
        roam(harness, harness_member(harness, 1), "10.77.0.1:51820");
        g_assert_cmpuint(n_set_again(harness, harness_member(harness, 1), HARNESS_HUB_ENDPOINT), ==,
                         2);
        g_assert_true(is_restored(harness, since + SEC(1) - 1));
        g_assert_false(is_restored(harness, since + SEC(1)));
        for (guint i = 0; i < G_N_ELEMENTS(intervals); i++) {
            gint64 next = since + SEC(1) + intervals[i];

            g_assert_false(is_restored(harness, next - 1));
            g_assert_true(is_restored(harness, next));
            since = next;
        }
        harness_live(harness, since + SEC(301) + SEC(600) - harness->now, 1, 1);
    }
}

/* The device is read every 250 ms for two seconds, to see whether that helped. */
static void
test_inside_checked(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    gint64 since;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(10));
    since = harness->now;
    roam(harness, hub, "10.77.0.1:51820");
    for (guint i = 1; i <= 8; i++) {
        harness_clear(harness);
        harness_run(harness, since + MS(250) * i - 1 - harness->now);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, 0);
        harness_run(harness, 1);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, 1);
    }
    harness_clear(harness);
    harness_run(harness, SEC(2));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, 0);
}

/* A peer that came from inside the tunnel first, and has no other address, loses its endpoint. */
static void
test_inside_first(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_clear(harness);
    harness_handshake(harness, desktop, "10.77.0.3:51820");
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    g_assert_false(wl_endpoint_is_set(&wl_device_find(harness->device, &desktop->key)->endpoint));
    g_assert_false(harness_view(harness, desktop)->healthy);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
}

/* A learned prefix of one address makes that address one inside the tunnel, also within a wider
 * prefix of the same member, which does not. */
static void
test_inside_learned(void)
{
    static const char *const nets[] = {"10.78.0.0/24", "10.78.1.0/24"};
    static const char *const hosts[] = {"10.78.0.7/32", "10.78.1.7/32"};
    static const char *const inside[] = {"10.78.0.7:51820", "10.78.1.7:51820"};
    static const char *const beside[] = {"10.78.0.9:51820", "10.78.1.9:51820"};
    WlPrefix network = harness_prefix("10.76.0.0/14");
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    g_array_append_val(config->networks, network);
    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    for (guint i = 0; i < 2; i++) {
        harness_advertise_allowed(harness, hub, desktop, nets[i], 255);
        harness_advertise_allowed(harness, hub, desktop, hosts[i], 255);
        g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, hosts[i]), ==,
                        WL_VERDICT_ACCEPTED);
    }
    harness_run(harness, SEC(10));
    for (guint i = 0; i < 2; i++) {
        roam(harness, hub, inside[i]);
        g_assert_true(is_at(harness, hub, HARNESS_HUB_ENDPOINT));
        harness_run(harness, MS(200));
    }
    for (guint i = 0; i < 2; i++) {
        roam(harness, hub, beside[i]);
        g_assert_true(is_at(harness, hub, beside[i]));
    }
}

/* An address that is not announced also counts as an uplink. */
static void
test_hidden_uplink(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlLocalAddress local = {.address = harness_prefix("192.168.1.10/24"),
                            .ifname = "eth0",
                            .ifindex = 2,
                            .uplink = TRUE};
    WlBootId boot_id;

    wl_engine_set_local_addresses(harness->engine, harness->now, &local, 1);
    harness_drain(harness);
    harness_run(harness, SEC(1));
    g_assert_cmpuint(alives(harness, hub, &boot_id), >, 0);
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    g_assert_false(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                         "192.168.1.10:51820"));
}

static void
test_portal(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 3600);
    harness_run(harness, SEC(1));
    wl_engine_set_connectivity(harness->engine, harness->now, WL_CONNECTIVITY_PORTAL);
    harness_drain(harness);
    /* both are silent from now on; each is tried at most once a minute */
    harness_run(harness, SEC(400));
    harness_clear(harness);
    harness_run(harness, SEC(600));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), >=, 2);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), <=, 2 * 10);
    /* a peer on the same network is tried as usual */
    harness_clear(harness);
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, hub, desktop, "192.168.1.77:51820", 3600);
    harness_run(harness, SEC(20));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), >=, 3);
    /* logged in: at once */
    harness_run(harness, SEC(300));
    harness_clear(harness);
    wl_engine_set_connectivity(harness->engine, harness->now, WL_CONNECTIVITY_FULL);
    harness_drain(harness);
    harness_run(harness, MS(900));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), >=, 2);
}

static void
test_local_servers(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlIp servers[] = {harness_ip("10.77.0.53"), harness_ip("192.168.1.1")};

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_allowed(harness, hub, desktop, "10.77.0.32/27", 255);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "10.77.0.32/27"), ==,
                    WL_VERDICT_ACCEPTED);
    wl_engine_set_protected_hosts(harness->engine, harness->now, servers, G_N_ELEMENTS(servers));
    harness_drain(harness);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "10.77.0.32/27"), ==,
                    WL_VERDICT_HAS_SERVER);
    wl_engine_set_protected_hosts(harness->engine, harness->now, servers + 1, 1);
    harness_drain(harness);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "10.77.0.32/27"), ==,
                    WL_VERDICT_ACCEPTED);
}

/* The same address at another access point: paths are probed, unreachable peers tried again. */
static void
test_uplink_changed(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlBootId id;

    harness_make_native(hub);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 3600);
    harness_live(harness, SEC(200), 1, 1);
    harness_clear(harness);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    wl_engine_uplink_changed(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(alives(harness, hub, &id), ==, 254);
    harness_run(harness, MS(200));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    /* reported together with other addresses, it is one change */
    harness_live(harness, SEC(60), 1, 1);
    harness_uplink(harness, "192.168.2.10/24");
    harness_clear(harness);
    wl_engine_uplink_changed(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
}

/* Without an uplink nothing is sent and nothing wakes the engine: neither Alives, missing acks and
 * the state file, nor traffic into the tunnel. With the next uplink every peer is probed at once.
 */
static void
test_none(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlBootId id;

    harness_make_native(hub);
    harness_make_native(desktop);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_live(harness, SEC(300), 1, 2);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_DIRECT);
    harness_handshake(harness, hub, NULL);
    harness_handshake(harness, desktop, "198.51.100.8:51820");
    harness_snapshot(harness);
    /* datagrams are in flight, and traffic flows */
    harness_uplink(harness, "192.168.1.11/24");
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    hub->mute = desktop->mute = TRUE;
    harness_run(harness, MS(10));
    harness_clear(harness);
    harness_uplink(harness, NULL);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SAVE_STATE), ==, 1);
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    harness_run(harness, SEC(60));
    g_assert_cmpuint(harness->wakeups, ==, 0);
    g_assert_cmpuint(harness->outputs->len, ==, 0);
    g_assert_true(harness_view(harness, hub)->healthy);
    harness_uplink(harness, "192.168.2.10/24");
    g_assert_cmpuint(alives(harness, hub, &id), ==, 254);
    g_assert_cmpuint(alives(harness, desktop, &id), ==, 254);
}

/* Addresses arrive one by one: each is tried at once and does not wait for one that was just
 * tried. */
static void
test_addresses_one_by_one(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "192.168.1.77:51820", 255);
    harness_run(harness, MS(150));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    /* the one being tried keeps its half second, then the new one follows */
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 255);
    harness_run(harness, MS(250));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    harness_run(harness, MS(350));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 2);
    /* after its slot, the next at once, though better ones may not be tried yet */
    harness_run(harness, MS(700));
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.8:51820", 255);
    harness_run(harness, MS(150));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), >=, 3);
}

static guint
moves(Harness *harness, const HarnessMember *member)
{
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_CHANGE_PEER && output->change->kind == WL_PEER_UPDATE &&
             wl_endpoint_is_set(&output->change->endpoint) &&
             wl_key_equal(&output->key, &member->key);
    }
    return n;
}

/* A member reached over a longer path turns out to be on the same network. */
static void
test_better_path(void)
{
    static const gboolean answers[] = {TRUE, FALSE};

    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

        harness_make_native(desktop);
        harness_uplink(harness, "192.168.1.10/24");
        harness_meet(harness, 1, NULL);
        harness_meet(harness, 2, "198.51.100.7:51820");
        harness_run(harness, SEC(5));
        harness_clear(harness);
        desktop->mute = !answers[i];
        harness_advertise_endpoint(harness, hub, desktop, "192.168.1.77:51820", 255);
        harness_run(harness, MS(100));
        if (answers[i])
            harness_alive(harness, desktop);
        harness_run(harness, MS(500));
        /* inside the live session: tried, and kept only if it answers */
        g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
        g_assert_cmpuint(moves(harness, desktop), ==, answers[i] ? 1 : 2);
        g_assert_cmpint(harness_view(harness, desktop)->state, ==,
                        answers[i] ? WL_PEER_DIRECT_LAN : WL_PEER_DIRECT);
        /* one that does not answer is not used */
        desktop->mute = FALSE;
        harness_clear(harness);
        harness_live(harness, SEC(100), 1, 2);
        g_assert_cmpuint(moves(harness, desktop), ==, 0);
    }
}

/* Many members advertised at one address are not tried there at the same time. */
static void
test_one_address_for_many(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = 1; i <= 20; i++)
        harness_add(config, harness_member(harness, i), "198.51.100.1:53", NULL);
    harness_start(harness, config);
    harness_clear(harness);
    harness_uplink(harness, "203.0.113.1/24");
    harness_run(harness, SEC(14));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), >=, 2);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), <=, 4);
}

static void
test_broadcast(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    static const char *const bad[] = {"192.168.1.255:51820", "192.168.1.0:51820"};

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        WlEndpoint endpoint;
        WlFact fact;

        harness_advertise_endpoint(harness, hub, desktop, bad[i], 255);
        endpoint = harness_endpoint(bad[i]);
        wl_fact_init_endpoint(&fact, &desktop->key, &endpoint, 0);
        g_assert_cmpint(wl_engine_get_verdict(harness->engine, &fact, &hub->key), ==,
                        WL_VERDICT_BAD_ADDRESS);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uplink/first-address", test_first_address);
    g_test_add_data_func("/uplink/inside/own-subnet", "10.77.0.1:51820", test_inside);
    g_test_add_data_func("/uplink/inside/own-address", "10.77.0.2:51820", test_inside);
    g_test_add_data_func("/uplink/inside/allowed-ips-of-another", "10.77.0.3:4000", test_inside);
    g_test_add_func("/uplink/inside/on-purpose", test_inside_on_purpose);
    g_test_add_func("/uplink/inside/for-long", test_inside_for_long);
    g_test_add_func("/uplink/inside/set back at intervals", test_inside_intervals);
    g_test_add_func("/uplink/inside/the device is read for 2 s", test_inside_checked);
    g_test_add_func("/uplink/inside/by-the-profile", test_becomes_inside);
    g_test_add_func("/uplink/inside/first", test_inside_first);
    g_test_add_func("/uplink/inside/learned-address-in-a-learned-network", test_inside_learned);
    g_test_add_func("/uplink/hidden", test_hidden_uplink);
    g_test_add_func("/uplink/resumed", test_resumed);
    g_test_add_func("/uplink/resumed-all", test_resumed_all);
    g_test_add_func("/uplink/portal", test_portal);
    g_test_add_func("/uplink/servers", test_local_servers);
    g_test_add_func("/uplink/same-address", test_uplink_changed);
    g_test_add_func("/uplink/none", test_none);
    g_test_add_func("/uplink/one-by-one", test_addresses_one_by_one);
    g_test_add_func("/uplink/one-address-for-many", test_one_address_for_many);
    g_test_add_func("/uplink/better-path", test_better_path);
    g_test_add_func("/uplink/broadcast", test_broadcast);
    return g_test_run();
}
