/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path messages of two native members: what is sent when, and what a received one changes. */
#include <string.h>

#include "state/wl-engine-state.h"
#include "timeline.h"

#define DESKTOP_PREFIX "10.77.0.3/32"

static Harness *
pair_new(gboolean mute)
{
    Harness *harness = harness_leaf_new();

    timeline_steady(harness);
    harness_make_native(harness_member(harness, 1));
    harness_make_native(harness_member(harness, 2));
    harness_member(harness, 2)->mute = mute;
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    harness_meet(harness, 2, "198.51.100.7:51820");
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint number)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
}

/* ---- what is sent */

static void
test_probes(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    timeline_assert(harness, harness_member(harness, 2), SEC(12), TIMELINE_PATHS,
                    "0 path routed 0 1 0, 500 path routed 0 2 0, 1000 path routed 0 3 0, "
                    "1500 path routed 0 4 0, 2000 path routed 0 5 0, 2500 path routed 0 6 0, "
                    "3000 path routed 0 7 0, 3500 path routed 0 8 0, 4000 path routed 0 9 0, "
                    "4500 path routed 0 10 0, 5000 path routed 0 11 0, 5500 path routed 0 12 0, "
                    "6000 path routed 0 13 0, 6500 path routed 0 14 0, 7000 path routed 0 15 0, "
                    "7500 path routed 0 16 0, 8000 path routed 0 17 0, 8500 path routed 0 18 0, "
                    "9031 path routed 0 19 0, 9596 path routed 0 20 0, 10195 path routed 0 21 0, "
                    "10833 path routed 0 22 0, 11510 path routed 0 23 0");
}

static void
test_promoted(void)
{
    g_autoptr(Harness) harness = pair_new(FALSE);

    timeline_assert(harness, harness_member(harness, 2), SEC(5), TIMELINE_PATHS,
                    "0 path routed 0 1 0, 0 path direct 1 0 0");
}

/* Traffic on a direct path that fails: probes, with the second one a request through the hub, and
 * the decision, which is announced until the peer follows. */
static void
test_fails(void)
{
    g_autoptr(Harness) harness = pair_new(FALSE);
    HarnessMember *desktop = harness_member(harness, 2);
    WlDevicePeer *peer;

    harness_run(harness, SEC(20));
    harness_clear(harness);
    desktop->mute = TRUE;
    harness_set_far(harness, desktop);
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    for (guint i = 0; i < 4; i++) {
        peer = wl_device_find(harness->device, &desktop->key);
        peer->tx_bytes += 1000;
        timeline_assert(
            harness, NULL, SEC(1), TIMELINE_PATHS,
            (const char *const[]){"1000 request, 1000 path direct 1 2 0",
                                  "500 request, 500 path direct 1 3 0, 1000 path direct 1 4 0",
                                  "500 path direct 1 5 0, 1000 path direct 1 6 0",
                                  "500 path direct 1 7 0, 1000 path routed 2 0 0"}[i]);
    }
    g_assert_false(harness_has_allowed(harness, desktop, DESKTOP_PREFIX));
    timeline_assert(harness, desktop, SEC(30), TIMELINE_PATHS,
                    "1000 path routed 2 8 0, 1500 path routed 2 9 0, 2000 path routed 2 10 0, "
                    "2500 path routed 2 11 0, 3000 path routed 2 12 0, 3500 path routed 2 13 0, "
                    "4000 path routed 2 14 0, 4500 path routed 2 15 0, 5000 path routed 2 16 0, "
                    "5500 path routed 2 17 0, 6000 path routed 2 18 0, 6500 path routed 2 19 0, "
                    "7000 path routed 2 20 0, 7500 path routed 2 21 0, 8000 path routed 2 22 0, "
                    "8500 path routed 2 23 0, 9000 path routed 2 0 0, 9031 path routed 2 24 0, "
                    "9596 path routed 2 25 0, 10000 path routed 2 0 0, 10195 path routed 2 26 0, "
                    "10833 path routed 2 27 0, 11000 path routed 2 0 0, 11510 path routed 2 28 0, "
                    "12229 path routed 2 29 0, 12993 path routed 2 30 0, 13000 path routed 2 0 0, "
                    "13805 path routed 2 31 0, 14668 path routed 2 32 0, 15585 path routed 2 33 0, "
                    "16559 path routed 2 34 0, 17000 path routed 2 0 0, 17594 path routed 2 35 0, "
                    "18694 path routed 2 36 0, 19862 path routed 2 37 0, 21103 path routed 2 38 0, "
                    "22422 path routed 2 39 0, 23824 path routed 2 40 0, 25000 path routed 2 0 0, "
                    "25313 path routed 2 41 0, 26813 path routed 2 42 0, 28313 path routed 2 43 0, "
                    "29813 path routed 2 44 0");
}

/* ---- what a received message changes */

typedef struct {
    const char *name;
    gboolean direct; /* before, in epoch 5 */
    WlPathMessage message;
    const char *sent; /* at once */
    guint32 epoch;    /* after */
    gboolean direct_after, acked;
} Row;

#define MESSAGE(f, e, p, a)                                                                        \
    {                                                                                              \
        .version = WL_PATH_VERSION, .flags = (f), .epoch = (e), .probe = (p), .ack = (a)           \
    }
#define D WL_PATH_DIRECT

static const Row rows[] = {
    {"the same epoch and path confirm it", TRUE, MESSAGE(D, 5, 0, 0), "", 5, TRUE, TRUE},
    {"a probe is acked", TRUE, MESSAGE(D, 5, 77, 0), "0 path direct 5 0 77", 5, TRUE, TRUE},
    {"an older epoch is answered with the current one", TRUE, MESSAGE(0, 4, 0, 0),
     "0 path direct 5 0 0", 5, TRUE, FALSE},
    {"an older epoch is answered on the path of the router", FALSE, MESSAGE(D, 4, 0, 0),
     "0 path routed 5 2 0", 5, FALSE, FALSE},
    {"a newer epoch is followed to the path of the router", TRUE, MESSAGE(0, 6, 0, 0),
     "0 path routed 6 2 0", 6, FALSE, TRUE},
    {"a newer epoch is followed to the direct path", FALSE, MESSAGE(D, 6, 0, 0),
     "0 path direct 6 0 0", 6, TRUE, TRUE},
    {"a newer epoch with the same path is taken over", TRUE, MESSAGE(D, 9, 0, 0),
     "0 path direct 9 0 0", 9, TRUE, TRUE},
    {"in the same epoch the path of the router wins", TRUE, MESSAGE(0, 5, 0, 0),
     "0 path routed 5 2 0", 5, FALSE, TRUE},
    {"in the same epoch the direct path does not win", FALSE, MESSAGE(D, 5, 0, 0),
     "0 path routed 5 2 0", 5, FALSE, FALSE},
    {"another version is ignored",
     TRUE,
     {.version = WL_PATH_VERSION + 1, .epoch = 6, .probe = 1},
     "",
     5,
     TRUE,
     FALSE},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(Harness) harness = pair_new(FALSE);
    HarnessMember *desktop = harness_member(harness, 2);
    WlPathAgreement *path = &peer_of(harness, 2)->path.agreement;

    harness_run(harness, SEC(10));
    desktop->mute = TRUE;
    g_assert_true(path->direct);
    path->epoch = 5;
    path->direct = row->direct;
    path->acked = FALSE;
    path->announce_due = WL_NEVER;
    path->probe_due = WL_NEVER;
    path->last_ack = WL_LONG_AGO;
    harness_clear(harness);
    harness_advertise_path(harness, desktop, &row->message);
    timeline_assert(harness, desktop, 0, TIMELINE_PATHS, row->sent);
    g_assert_cmpuint(path->epoch, ==, row->epoch);
    g_assert_cmpint(path->direct, ==, row->direct_after);
    g_assert_cmpint(path->acked, ==, row->acked);
}

/* ---- acks */

static const struct {
    const char *name;
    guint16 probe, fell_back, ack; /* the last probe, and the last one before falling back */
    gboolean counts;
} acks[] = {
    {"no ack is none", 3, 0, 0, FALSE},
    {"an ack of the last probe counts", 100, 50, 100, TRUE},
    {"an ack of the eighth to last probe counts", 100, 50, 93, TRUE},
    {"an ack of an earlier probe does not count", 100, 50, 92, FALSE},
    {"an ack of a probe that was not sent does not count", 100, 50, 101, FALSE},
    {"an ack of the last probe before falling back does not count", 100, 97, 97, FALSE},
    {"an ack of the first probe after falling back counts", 100, 97, 98, TRUE},
    {"an ack across the largest number counts", 2, 65530, 65535, TRUE},
    {"an ack before the largest number and before falling back does not count", 2, 65535, 65534,
     FALSE},
};

static void
test_ack(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = pair_new(FALSE);
    HarnessMember *desktop = harness_member(harness, 2);
    WlPathAgreement *path = &peer_of(harness, 2)->path.agreement;
    WlPathMessage message = MESSAGE(D, 0, 0, acks[i].ack);

    harness_run(harness, SEC(10));
    message.epoch = path->epoch;
    path->probe = acks[i].probe;
    path->fell_back_probe = acks[i].fell_back;
    path->unacked = 2;
    harness_advertise_path(harness, desktop, &message);
    g_assert_cmpint(path->last_ack == harness->now, ==, acks[i].counts);
    g_assert_cmpuint(path->unacked, ==, acks[i].counts ? 0 : 2);
}

/* Alives to the desktop that request one in return. */
static guint
n_requests(Harness *harness)
{
    g_autoptr(GArray) facts = harness_sent(harness, harness_member(harness, 2));
    guint n = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        n += fact->attribute == WL_ATTRIBUTE_ALIVE && fact->ttl == 254;
    }
    return n;
}

/* The Alive at the beginning of a session was lost. The peer probes in vain until it is asked for
 * another one, at most once a second. */
static void
test_alive_was_lost(void)
{
    static const struct {
        gint64 after; /* the message before */
        gboolean known;
        guint requests;
    } messages[] = {{0, FALSE, 1}, {MS(999), FALSE, 0}, {MS(1), FALSE, 1}, {SEC(1), TRUE, 0}};
    const WlPathMessage probe = MESSAGE(0, 0, 1, 0);
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_make_native(desktop);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_handshake(harness, desktop, "198.51.100.7:51820");
    harness_snapshot(harness);
    harness_drain(harness);
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++) {
        harness_run(harness, messages[i].after);
        if (messages[i].known)
            harness_alive(harness, desktop);
        harness_clear(harness);
        harness_advertise_path(harness, desktop, &probe);
        g_assert_cmpuint(n_requests(harness), ==, messages[i].requests);
    }
}

/* The first ack of each of the last eight probes measures the round trip, also one that comes late.
 */
static void
test_round_trip(void)
{
    static const struct {
        const char *name;
        guint16 ack;
        gboolean sent; /* that probe, and not acked yet */
        gboolean measured;
    } times[] = {
        {"no ack", 0, TRUE, FALSE},
        {"the last probe", 100, TRUE, TRUE},
        {"the last probe, acked before", 100, FALSE, FALSE},
        {"the eighth to last probe", 93, TRUE, TRUE},
        {"the ninth to last probe", 92, TRUE, FALSE},
        {"a probe that was not sent", 101, TRUE, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(Harness) harness = pair_new(FALSE);
        HarnessMember *desktop = harness_member(harness, 2);
        WlPeer *peer = peer_of(harness, 2);
        WlPathAgreement *path = &peer->path.agreement;
        WlPathMessage message = MESSAGE(D, 0, 0, times[i].ack);
        const gsize place = times[i].ack % WL_PATH_ACK_WINDOW;

        g_test_message("%s", times[i].name);
        harness_run(harness, SEC(10));
        message.epoch = path->epoch;
        path->probe = 100;
        path->probes[place] = times[i].sent ? harness->now - MS(30) : 0;
        peer->path.round_trip = (WlRoundTrip){0};
        harness_advertise_path(harness, desktop, &message);
        g_assert_cmpint(peer->path.round_trip.smoothed, ==, times[i].measured ? MS(30) : 0);
        if (times[i].measured)
            g_assert_cmpint(path->probes[place], ==, 0);
    }
}

/* The number of replies is limited, so that two members cannot keep each other busy. */
static void
test_replies_limited(void)
{
    g_autoptr(Harness) harness = pair_new(FALSE);
    HarnessMember *desktop = harness_member(harness, 2);
    WlPathMessage message = MESSAGE(D, 1, 1, 0);
    g_autofree char *text = NULL;

    harness_run(harness, SEC(10));
    desktop->mute = TRUE;
    harness_clear(harness);
    for (guint i = 0; i < 30; i++) {
        message.probe++;
        harness_advertise_path(harness, desktop, &message);
    }
    timeline_assert(harness, desktop, MS(50), TIMELINE_PATHS,
                    "0 path direct 1 0 2, 0 path direct 1 0 3, 0 path direct 1 0 4, "
                    "0 path direct 1 0 5, 0 path direct 1 0 6, 0 path direct 1 0 7, "
                    "0 path direct 1 0 8, 0 path direct 1 0 9, 0 path direct 1 0 10, "
                    "0 path direct 1 0 11");
    message.probe++;
    harness_run(harness, MS(50));
    harness_advertise_path(harness, desktop, &message);
    timeline_assert(harness, desktop, 0, TIMELINE_PATHS, "0 path direct 1 0 32");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path-messages/a silent path is probed at growing intervals", test_probes);
    g_test_add_func("/path-messages/a path is promoted when a probe was acked", test_promoted);
    g_test_add_func("/path-messages/a path that fails is left and that is announced", test_fails);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/path-messages/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(acks); i++) {
        g_autofree char *name = g_strdup_printf("/path-messages/%s", acks[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_ack);
    }
    g_test_add_func("/path-messages/the Alive of the peer was lost", test_alive_was_lost);
    g_test_add_func("/path-messages/the first ack measures the round trip", test_round_trip);
    g_test_add_func("/path-messages/replies are limited", test_replies_limited);
    return g_test_run();
}
