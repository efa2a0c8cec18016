/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path agreement of two native members: choice of the path and probes of the direct one. */
#include "harness.h"

#define DESKTOP_PREFIX "10.77.0.3/32"

/* A leaf with sessions to its hub and to another native leaf. */
static Harness *
pair_new(void)
{
    Harness *harness = harness_leaf_new();

    harness_make_native(harness_member(harness, 2));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    return harness;
}

static Harness *
direct_pair_new(void)
{
    Harness *harness = pair_new();

    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_run(harness, SEC(2));
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 2), DESKTOP_PREFIX));
    harness_clear(harness);
    return harness;
}

/* Path messages sent to @member since harness_clear(), the last in @last. */
static guint
path_messages_sent(Harness *harness, const HarnessMember *member, WlPathMessage *last)
{
    g_autoptr(GArray) facts = harness_sent(harness, member);
    guint n = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);

        if (fact->attribute != WL_ATTRIBUTE_PATH)
            continue;
        n++;
        if (last)
            *last = fact->value.path;
    }
    return n;
}

/* A second of overlay traffic to the desktop, and from it if it is not mute. */
static void
traffic(Harness *harness, guint seconds)
{
    const HarnessMember *desktop = harness_member(harness, 2);

    for (guint i = 0; i < 4 * seconds; i++) {
        WlDevicePeer *peer = wl_device_find(harness->device, &desktop->key);

        peer->tx_bytes += 10 * 128;
        if (!desktop->mute)
            peer->rx_bytes += 10 * 128;
        harness_run(harness, MS(250));
    }
}

/* The direct path is taken only after an ack on it. */
static void
test_answer_first(void)
{
    g_autoptr(Harness) harness = pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlPathMessage way = {0};

    desktop->mute = TRUE;
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_run(harness, SEC(20));
    g_assert_true(harness_view(harness, desktop)->healthy);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(path_messages_sent(harness, desktop, &way), >=, 3);
    g_assert_cmpuint(way.flags & WL_PATH_DIRECT, ==, 0);
    g_assert_cmpuint(way.probe, !=, 0);
    /* probed at increasing intervals */
    harness_clear(harness);
    harness_live(harness, SEC(600), 1, 2);
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), <=, 600 / 25 * 3);
    desktop->mute = FALSE;
    harness_live(harness, SEC(61), 1, 2);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_DIRECT);
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(desktop->path.flags & WL_PATH_DIRECT, ==, WL_PATH_DIRECT);
    g_assert_cmpuint(desktop->path.epoch, ==, 1);
}

/* Members of other kinds, and those without prefixes that can change, are sent no path messages. */
static void
test_only_native(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();

    harness_make_native(harness_member(harness, 1));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_live(harness, SEC(100), 1, 2);
    g_assert_cmpuint(path_messages_sent(harness, harness_member(harness, 1), NULL), ==, 0);
    g_assert_cmpuint(path_messages_sent(harness, harness_member(harness, 2), NULL), ==, 0);
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 2), DESKTOP_PREFIX));
}

/* Without a fallback router the direct path is used at once. */
static void
test_uncovered(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_make_native(desktop);
    desktop->mute = TRUE;
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 2, "198.51.100.7:51820");
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    /* and a silent path is not left */
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    traffic(harness, 20);
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
}

static void
test_epochs(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2), *hub = harness_member(harness, 1);
    WlPathMessage way = {.version = WL_PATH_VERSION, .epoch = 9}, said = {0};

    desktop->mute = TRUE;
    /* a newer epoch: followed and acked at once */
    harness_advertise_path(harness, desktop, &way);
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(path_messages_sent(harness, desktop, &said), ==, 1);
    g_assert_cmpuint(said.epoch, ==, 9);
    g_assert_cmpuint(said.flags, ==, 0);
    /* an older epoch: we reply with ours */
    harness_run(harness, MS(200));
    harness_clear(harness);
    way = (WlPathMessage){.version = WL_PATH_VERSION, .flags = WL_PATH_DIRECT, .epoch = 8};
    harness_advertise_path(harness, desktop, &way);
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(path_messages_sent(harness, desktop, &said), ==, 1);
    g_assert_cmpuint(said.epoch, ==, 9);
    /* equal: the path through the router wins */
    way.epoch = 9;
    harness_advertise_path(harness, desktop, &way);
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    way.epoch = 10;
    harness_advertise_path(harness, desktop, &way);
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    way.flags = 0;
    harness_advertise_path(harness, desktop, &way);
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    way = (WlPathMessage){.version = WL_PATH_VERSION, .flags = WL_PATH_DIRECT, .epoch = 11};
    harness_advertise_path(harness, desktop, &way);
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    /* unknown version or another subject: ignored */
    way = (WlPathMessage){.version = WL_PATH_VERSION + 1, .epoch = 99};
    harness_advertise_path(harness, desktop, &way);
    {
        g_autoptr(GArray) facts = wl_fact_array_new();
        WlFact fact;

        way.version = WL_PATH_VERSION;
        wl_fact_init_path(&fact, &desktop->key, &way);
        g_array_append_val(facts, fact);
        harness_datagram(harness, hub, facts);
    }
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    /* replies to a flood are limited */
    harness_run(harness, SEC(5));
    harness_clear(harness);
    way = (WlPathMessage){.version = WL_PATH_VERSION, .epoch = 3, .probe = 7};
    for (guint i = 0; i < 200; i++)
        harness_advertise_path(harness, desktop, &way);
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), <=, 12);
}

/* Also replies at the very time of a probe are limited: only the message with the probe is not. */
static void
test_replies_beside_a_probe(void)
{
    g_autoptr(Harness) harness = pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlPathMessage way = {.version = WL_PATH_VERSION, .probe = 7}, sent = {0};

    desktop->mute = TRUE;
    harness_meet(harness, 2, "198.51.100.7:51820");
    g_assert_cmpuint(path_messages_sent(harness, desktop, &sent), ==, 1);
    g_assert_cmpuint(sent.probe, ==, 1);
    harness_clear(harness);
    for (guint i = 0; i < 200; i++)
        harness_advertise_path(harness, desktop, &way);
    g_assert_cmpuint(path_messages_sent(harness, desktop, &sent), <=, 12);
    g_assert_cmpuint(sent.probe, ==, 0);
}

/* A probe is acked once: a later message must not prove the path by it. */
static void
test_ack_once(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlPathMessage way = {
        .version = WL_PATH_VERSION, .flags = WL_PATH_DIRECT, .epoch = 5, .probe = 7};
    WlPathMessage said = {0};

    desktop->mute = TRUE;
    harness_advertise_path(harness, desktop, &way);
    g_assert_cmpuint(path_messages_sent(harness, desktop, &said), ==, 1);
    g_assert_cmpuint(said.ack, ==, 7);
    harness_clear(harness);
    way.epoch = 6;
    way.probe = 0;
    harness_advertise_path(harness, desktop, &way);
    g_assert_cmpuint(path_messages_sent(harness, desktop, &said), ==, 1);
    g_assert_cmpuint(said.epoch, ==, 6);
    g_assert_cmpuint(said.ack, ==, 0);
}

/* An ack of one of the last eight probes counts, unless the probe was sent before the fall-back. */
static void
test_ack_window(void)
{
    for (guint16 behind = 7; behind <= 8; behind++) {
        g_autoptr(Harness) harness = pair_new();
        HarnessMember *desktop = harness_member(harness, 2);
        WlPathMessage sent = {0}, way = {.version = WL_PATH_VERSION};

        desktop->mute = TRUE;
        harness_meet(harness, 2, "198.51.100.7:51820");
        while (sent.probe < 12) {
            harness_live(harness, SEC(25), 1, 2);
            path_messages_sent(harness, desktop, &sent);
        }
        g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
        way.ack = (guint16) (sent.probe - behind);
        harness_advertise_path(harness, desktop, &way);
        g_assert_cmpint(harness_has_allowed(harness, desktop, DESKTOP_PREFIX), ==, behind < 8);
    }
}

/* The greatest epoch does not wrap to zero. */
static void
test_last_epoch(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlPathMessage way = {.version = WL_PATH_VERSION, .flags = WL_PATH_DIRECT, .epoch = G_MAXUINT32},
                  said = {0};

    harness_advertise_path(harness, desktop, &way);
    desktop->path = way;
    desktop->mute = TRUE;
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    traffic(harness, 6);
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(path_messages_sent(harness, desktop, &said), >, 0);
    g_assert_cmpuint(said.epoch, ==, G_MAXUINT32);
}

/* The state is announced every second, then at increasing intervals, and never without a
 * session. */
static void
test_repeated_until_followed(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    guint n;

    desktop->mute = TRUE;
    harness_set_far(harness, desktop);
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    traffic(harness, 6);
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    harness_clear(harness);
    harness_run(harness, SEC(6));
    n = path_messages_sent(harness, desktop, NULL);
    g_assert_cmpuint(n, >=, 6);
    g_assert_cmpuint(n, <=, 12);
    harness_run(harness, SEC(60));
    harness_clear(harness);
    harness_run(harness, SEC(60));
    /* one second and a half between probes, apart from that as above */
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), <=, 41);
    harness_run(harness, SEC(60));
    g_assert_false(harness_view(harness, desktop)->healthy);
    harness_clear(harness);
    harness_run(harness, SEC(600));
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), ==, 0);
}

/* An unacked epoch is announced ever more rarely, apart from probes, which says nothing about the
 * next one. */
static void
test_each_epoch_announced(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);

    for (guint i = 0; i < 2; i++) {
        desktop->mute = TRUE;
        wl_engine_traffic_started(harness->engine, harness->now, NULL);
        harness_drain(harness);
        while (harness_has_allowed(harness, desktop, DESKTOP_PREFIX))
            traffic(harness, 1);
        harness_run(harness, SEC(4));
        harness_clear(harness);
        harness_run(harness, SEC(5));
        g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), >=, 5);
        harness_run(harness, SEC(40));
        harness_clear(harness);
        harness_run(harness, SEC(5));
        g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), <=, 4);
        desktop->mute = FALSE;
        for (guint j = 0; j < 8 && !harness_has_allowed(harness, desktop, DESKTOP_PREFIX); j++)
            harness_live(harness, SEC(25), 1, 2);
        g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    }
}

/* A session that expires ends the direct path, also while Alives still arrive. */
static void
test_new_session(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);

    for (guint i = 0; i < 2; i++) {
        g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
        while (harness_view(harness, desktop)->healthy) {
            harness_meet(harness, 1, NULL);
            harness_alive(harness, desktop);
            harness_run(harness, SEC(20));
        }
        desktop->mute = TRUE;
        harness_meet(harness, 2, "198.51.100.7:51820");
        harness_run(harness, SEC(2));
        g_assert_true(harness_view(harness, desktop)->healthy);
        g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
        desktop->mute = FALSE;
        harness_live(harness, SEC(25), 1, 2);
    }
}

/* ---- silence */

/* A near path is probed under traffic, because the device is read once a second, and left within a
 * second. */
static void
test_near_silence(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    gint64 silent;

    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    harness_clear(harness);
    traffic(harness, 30);
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), >=, 30);
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), <=, 75);
    g_assert_cmpuint(harness->snapshots, <=, 40);
    desktop->mute = TRUE;
    silent = harness->now;
    while (harness_has_allowed(harness, desktop, DESKTOP_PREFIX)) {
        g_assert_cmpint(harness->now, <, silent + SEC(1));
        harness_run(harness, MS(50));
    }
    g_assert_cmpint(harness->now, >=, silent + MS(400));
}

static void
test_silence(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    gint64 silent;

    harness_set_far(harness, desktop);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC), ==, 0); /* asked before */
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    traffic(harness, 30);
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), ==,
                     0); /* what comes says enough */
    g_assert_cmpuint(harness->snapshots, >=, 29);
    g_assert_cmpuint(harness->snapshots, <=, 40);

    desktop->mute = TRUE;
    silent = harness->now;
    while (harness_has_allowed(harness, desktop, DESKTOP_PREFIX)) {
        traffic(harness, 1);
        g_assert_cmpint(harness->now - silent, <=, SEC(5));
    }
    g_assert_cmpint(harness->now - silent, >=, SEC(3));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);

    desktop->mute = FALSE;
    traffic(harness, 20);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpuint(desktop->path.flags & WL_PATH_DIRECT, ==, WL_PATH_DIRECT);
}

/* A member that only receives falls back as well: its traffic has stopped arriving. */
static void
test_silent_source(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlDevicePeer *peer;

    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    for (guint i = 0; i < 40; i++) {
        peer = wl_device_find(harness->device, &desktop->key);
        peer->rx_bytes += 1280;
        harness_run(harness, MS(250));
    }
    desktop->mute = TRUE;
    harness_run(harness, MS(4500));
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
}

/* Without traffic, since the change of the uplink may have ended the path. */
static void
test_uplink_checks(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_run(harness, SEC(20));
    desktop->mute = TRUE;
    harness_run(harness, SEC(10));
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    wl_engine_uplink_changed(harness->engine, harness->now);
    harness_drain(harness);
    harness_run(harness, SEC(5));
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
}

/* The end of traffic is not a sign of a dead path. */
static void
test_end_of_traffic(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_set_far(harness, desktop);
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    traffic(harness, 10);
    harness_clear(harness);
    harness_live(harness, SEC(600), 1, 2);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC), ==, 1);
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), <=, 8);
    g_assert_cmpuint(harness->snapshots, <=, 7 + 2 * 600 / 25);
    g_assert_cmpuint(harness->wakeups, <=, 20 + 2 * 600 / 25);
}

static void
tell_look(Harness *harness, const HarnessMember *from, const HarnessMember *about)
{
    const WlPathMessage way = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlFact fact;

    wl_fact_init_path(&fact, &about->key, &way);
    g_array_append_val(facts, fact);
    harness_datagram(harness, from, facts);
}

/* A probe request from the router causes a probe; only a silent path is given up. */
static void
test_hint(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_run(harness, SEC(8));
    harness_clear(harness);
    tell_look(harness, hub, desktop);
    harness_run(harness, SEC(10));
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), >=, 1);
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    /* a third party has no effect */
    harness_clear(harness);
    desktop->mute = TRUE;
    tell_look(harness, desktop, hub);
    tell_look(harness, desktop, desktop);
    harness_run(harness, SEC(10));
    g_assert_cmpuint(path_messages_sent(harness, desktop, NULL), ==, 0);
    tell_look(harness, hub, desktop);
    harness_run(harness, SEC(4));
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
}

/* A router relays probe requests to native members, within limits. */
static void
test_hint_passed_on(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    g_autoptr(GArray) facts = NULL;
    guint passed = 0;

    for (guint i = 1; i <= 3; i++) {
        g_autofree char *address = g_strdup_printf("10.77.0.%u/32", i + 2);
        harness_add(config, harness_member(harness, i), NULL, address);
    }
    harness_make_native(harness_member(harness, 1));
    harness_make_native(harness_member(harness, 2));
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    for (guint i = 1; i <= 3; i++)
        harness_meet(harness, i, "198.51.100.1:51820");
    harness_run(harness, SEC(1));
    harness_clear(harness);
    for (guint i = 0; i < 200; i++) {
        tell_look(harness, harness_member(harness, 1), harness_member(harness, 2));
        tell_look(harness, harness_member(harness, 1), harness_member(harness, 3));
    }
    g_assert_cmpuint(path_messages_sent(harness, harness_member(harness, 1), NULL), ==, 0);
    g_assert_cmpuint(path_messages_sent(harness, harness_member(harness, 3), NULL), ==, 0);
    facts = harness_sent(harness, harness_member(harness, 2));
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);

        if (fact->attribute != WL_ATTRIBUTE_PATH)
            continue;
        passed++;
        g_assert_true(wl_key_equal(&fact->subject, &harness_member(harness, 1)->key));
        g_assert_cmpuint(fact->value.path.flags, ==, WL_PATH_PROBE_REQUEST);
    }
    g_assert_cmpuint(passed, >=, 1);
    g_assert_cmpuint(passed, <=, 65);
}

/* A late Alive causes a check even without traffic. */
static void
test_late_alive(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    gint64 silent = harness->now;

    desktop->mute = TRUE;
    while (harness_has_allowed(harness, desktop, DESKTOP_PREFIX)) {
        harness_run(harness, SEC(1));
        g_assert_cmpint(harness->now - silent, <=, SEC(40));
    }
    g_assert_cmpint(harness->now - silent, >=, SEC(30));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC), ==, 0);
}

/* Hold-down: an unstable direct path is not promoted repeatedly. */
static void
test_hold(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);
    gboolean direct = TRUE;
    guint changes = 0;

    for (guint i = 0; i < 600; i++) {
        desktop->mute = i % 10 < 5;
        if (i % 25 == 0) {
            harness_meet(harness, 1, NULL);
            harness_meet(harness, 2, NULL);
        }
        wl_engine_traffic_started(harness->engine, harness->now, NULL);
        harness_drain(harness);
        traffic(harness, 1);
        if (harness_has_allowed(harness, desktop, DESKTOP_PREFIX) != direct) {
            direct = !direct;
            changes++;
        }
    }
    g_assert_cmpuint(changes, >=, 2);
    g_assert_cmpuint(changes, <=, 30);
}

/* A direct path that fell back may have another endpoint: it is tried at once. */
static void
test_other_endpoint_after_fallback(void)
{
    g_autoptr(Harness) harness = direct_pair_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_advertise_endpoint(harness, desktop, desktop, "198.51.100.9:51820", 254);
    harness_run(harness, SEC(20)); /* the current one answers */
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    traffic(harness, 10);
    g_assert_true(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    g_assert_cmpint(wl_device_find(harness->device, &desktop->key)->endpoint.ip.bytes[3], ==, 7);
    desktop->mute = TRUE;
    harness_set_far(harness, desktop);
    for (guint i = 0; harness_has_allowed(harness, desktop, DESKTOP_PREFIX); i++) {
        traffic(harness, 1);
        g_assert_cmpuint(i, <, 6);
    }
    traffic(harness, 2);
    g_assert_cmpint(wl_device_find(harness->device, &desktop->key)->endpoint.ip.bytes[3], ==, 9);
}

/* While traffic flows, even the smallest packets, the device is read each second. Five seconds
 * after the last packet the link is to report the next one, and it all begins again. */
static void
test_traffic_rests(void)
{
    for (guint less = 0; less < 2; less++) {
        g_autoptr(Harness) harness = direct_pair_new();
        HarnessMember *desktop = harness_member(harness, 2);

        harness_run(harness, SEC(1));
        harness_set_far(harness, desktop);
        wl_engine_traffic_started(harness->engine, harness->now, NULL);
        harness_drain(harness);
        harness_clear(harness);
        for (guint i = 0; i < 12; i++) {
            WlDevicePeer *peer = wl_device_find(harness->device, &desktop->key);

            peer->tx_bytes += 32 + 32 - less; /* with the overhead of WireGuard */
            peer->rx_bytes += 32 + 32 - less;
            harness_run(harness, SEC(1));
        }
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC), ==, less);
        if (less == 0)
            g_assert_cmpuint(harness->snapshots, >=, 12);
    }
}

/* Traffic that begins again when the counters have just come to rest. */
static void
test_traffic_resumes(void)
{
    g_autoptr(Harness) harness = direct_pair_new();

    for (guint i = 0; i < 3; i++) {
        wl_engine_traffic_started(harness->engine, harness->now, NULL);
        harness_drain(harness);
        harness_clear(harness);
        harness_run(harness, MS(4999));
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC), ==, 0);
        g_assert_cmpuint(harness->snapshots, >=, 4);
        harness_run(harness, MS(1));
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC), ==, 1);
        /* not reported as long as it was not asked for */
        harness_clear(harness);
        harness_run(harness, MS(100));
        g_assert_cmpuint(harness->snapshots, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/paths/answer-first", test_answer_first);
    g_test_add_func("/paths/only-native", test_only_native);
    g_test_add_func("/paths/uncovered", test_uncovered);
    g_test_add_func("/paths/epochs", test_epochs);
    g_test_add_func("/paths/replies beside a probe are limited", test_replies_beside_a_probe);
    g_test_add_func("/paths/a probe is acked once", test_ack_once);
    g_test_add_func("/paths/ack-window", test_ack_window);
    g_test_add_func("/paths/last-epoch", test_last_epoch);
    g_test_add_func("/paths/repeated-until-followed", test_repeated_until_followed);
    g_test_add_func("/paths/each epoch is announced every second at first",
                    test_each_epoch_announced);
    g_test_add_func("/paths/a new session begins on the path of the router", test_new_session);
    g_test_add_func("/paths/silence", test_silence);
    g_test_add_func("/paths/silence of a near path", test_near_silence);
    g_test_add_func("/paths/silent-source", test_silent_source);
    g_test_add_func("/paths/a silent path is left after a change of the uplink",
                    test_uplink_checks);
    g_test_add_func("/paths/end-of-traffic", test_end_of_traffic);
    g_test_add_func("/paths/hint", test_hint);
    g_test_add_func("/paths/hint-passed-on", test_hint_passed_on);
    g_test_add_func("/paths/late-alive", test_late_alive);
    g_test_add_func("/paths/hold", test_hold);
    g_test_add_func("/paths/other-endpoint-after-fallback", test_other_endpoint_after_fallback);
    g_test_add_func("/paths/traffic-resumes", test_traffic_resumes);
    g_test_add_func("/paths/traffic-rests", test_traffic_rests);
    return g_test_run();
}
