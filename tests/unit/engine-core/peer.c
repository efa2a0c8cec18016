/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A peer by itself: when it is new or ready, who goes first, what it is sent; and the boot id. */
#include <string.h>

#include "exchange/wl-subscription.h"
#include "paths/wl-tie-breaker.h"
#include "state/wl-engine-state.h"
#include "wl-boot-id.h"

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

static void
test_tie_breaker(void)
{
    WlKey low = key_of(1), high = key_of(2);
    static const struct {
        gint64 smoothed, expect;
    } rows[] = {
        {0, WL_MS(100)},          {WL_MS(1), WL_MS(11)},    {WL_MS(40), WL_MS(50)},
        {WL_MS(600), WL_MS(610)}, {WL_SEC(9), WL_MS(3010)},
    };

    g_assert_true(wl_tie_breaker_goes_first(&low, &high));
    g_assert_false(wl_tie_breaker_goes_first(&high, &low));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const WlRoundTrip known = {.smoothed = rows[i].smoothed};

        g_assert_cmpint(wl_tie_breaker_head_start(&low, &high, FALSE, &known), ==, 0);
        g_assert_cmpint(wl_tie_breaker_head_start(&high, &low, FALSE, &known), ==, rows[i].expect);
        g_assert_cmpint(wl_tie_breaker_head_start(&high, &low, TRUE, &known), ==, 0);
    }
}

static void
test_level(void)
{
    WlSubscriptionInput question = {.configured_trust = WL_TRUST_UNSET};

    /* 1: no endpoint, regardless of other properties */
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_NOTHING);
    question.is_router = question.fact_exchanger = question.self_router = TRUE;
    question.configured_trust = WL_TRUST_DELEGATE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_NOTHING);
    question = (WlSubscriptionInput){.has_endpoint = TRUE, .configured_trust = WL_TRUST_UNSET};
    /* 4: quiet leaf */
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    question.configured_trust = WL_TRUST_ENDPOINT;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    /* 2: trusted enough */
    question.configured_trust = WL_TRUST_ALLOWED_IPS;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
    question.configured_trust = WL_TRUST_UNSET;
    /* 2: a router */
    question.is_router = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
    question.is_router = FALSE;
    /* 3: exchanger */
    question.fact_exchanger = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
    question.fact_exchanger = FALSE;
    /* 5, 6: chatty or router, by the peer's health */
    for (guint i = 0; i < 2; i++) {
        question.self_chatty = i == 0;
        question.self_router = i == 1;
        question.healthy = TRUE;
        g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
        question.healthy = FALSE;
        g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    }
    question.self_chatty = question.self_router = FALSE;
    question.healthy = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    /* Without a router, native members tell each other. */
    question.without_router = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    question.is_native = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
    question.without_router = FALSE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
}

/* As many sightings of one turn as are judged; more are only candidates. */
static void
test_sightings(void)
{
    WlPeer peer = {.liveness.healthy = TRUE};
    WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {192, 0, 2, 1}}};

    for (guint i = 1; i <= WL_ROAMING_SIGHTINGS + 2; i++) {
        endpoint.port = (guint16) i;
        wl_roaming_router_sees(&peer, &endpoint);
        g_assert_cmpuint(peer.roaming.n_sightings, ==, MIN(i, WL_ROAMING_SIGHTINGS));
    }
    for (guint i = 0; i < WL_ROAMING_SIGHTINGS; i++)
        g_assert_cmpuint(peer.roaming.sightings[i].port, ==, i + 1);
}

static void
fill(gpointer user_data, guint8 *buffer, gsize length)
{
    memset(buffer, GPOINTER_TO_INT(user_data), length);
}

/* Each byte another one. */
static void
fill_in_order(gpointer user_data, guint8 *buffer, gsize length)
{
    for (gsize i = 0; i < length; i++)
        buffer[i] = (guint8) (i + 1);
}

static void
test_boot_id(void)
{
    static const guint8 low[] = {'W', 'L', 'N', 'M', 2, 0x20, 0x80, 0, 0x80};
    static const guint8 each[] = {'W',  'L', 'N', 'M', 2,  0x20, 0x87, 0,
                                  0x89, 10,  11,  12,  13, 14,   15,   16};
    WlBootId id;

    wl_boot_id_generate(&id, fill_in_order, NULL);
    g_assert_cmpmem(id.bytes, sizeof(id.bytes), each, sizeof(each));

    wl_boot_id_generate(&id, fill, GINT_TO_POINTER(0));
    g_assert_cmpmem(id.bytes, sizeof(low), low, sizeof(low));
    g_assert_true(wl_boot_id_is_native(&id));
    wl_boot_id_generate(&id, fill, GINT_TO_POINTER(0xff));
    g_assert_cmphex(id.bytes[6], ==, 0x8f);
    g_assert_cmphex(id.bytes[8], ==, 0xbf);
    g_assert_true(wl_boot_id_is_native(&id));
    g_assert_true(wl_boot_id_has_router_sets(&id));
    id.bytes[4] = 1; /* byte 5 counts from the second layout on */
    g_assert_false(wl_boot_id_has_router_sets(&id));
    id.bytes[4] = 2;
    id.bytes[5] = 0;
    g_assert_false(wl_boot_id_has_router_sets(&id));
    id.bytes[5] = 0x20;
    id.bytes[6] = 0x4f; /* a random UUID of a Go daemon */
    g_assert_false(wl_boot_id_is_native(&id));
    g_assert_false(wl_boot_id_has_router_sets(&id));
}

/* Which members understand router messages, by their boot ids. */
static void
test_router_sets(void)
{
    static const struct {
        guint8 layout, flags, version; /* of the UUID */
        gboolean understands;
    } rows[] = {{2, 0x20, 0x80, TRUE},  {1, 0x20, 0x80, FALSE}, {3, 0x20, 0x80, TRUE},
                {2, 0x00, 0x80, FALSE}, {2, 0xdf, 0x80, FALSE}, {2, 0xff, 0x80, TRUE},
                {2, 0x20, 0x40, FALSE}};
    WlBootId id;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        wl_boot_id_generate(&id, fill, GINT_TO_POINTER(0x55));
        g_assert_true(wl_boot_id_has_router_sets(&id));
        id.bytes[4] = rows[i].layout;
        id.bytes[5] = rows[i].flags;
        id.bytes[6] = (id.bytes[6] & 0x0f) | rows[i].version;
        g_assert_cmpint(wl_boot_id_has_router_sets(&id), ==, rows[i].understands);
    }
}

static void
test_jitter(void)
{
    WlEngine engine = {.random = {.func = fill}};

    g_assert_cmpint(wl_engine_jitter(&engine, WL_SEC(1000)), ==, WL_SEC(900));
    engine.random.data = GINT_TO_POINTER(0xff);
    g_assert_cmpint(wl_engine_jitter(&engine, WL_SEC(1000)), ==, WL_SEC(1100));
    engine.random.data = GINT_TO_POINTER(0x80);
    g_assert_cmpint(wl_engine_jitter(&engine, WL_SEC(1000)), ==,
                    WL_SEC(900) + WL_SEC(200) * 0x8080 / 0xffff);
}

/* A peer is ready as long as its Alive lasts for half a chunk period; a basic peer says none. */
static void
test_ready(void)
{
    WlPeer peer = {.liveness = {.alive_until = WL_SEC(100) + WL_READY_LEFT}};

    g_assert_false(wl_peer_is_ready(&peer, WL_SEC(100)));
    g_assert_true(wl_peer_is_ready(&peer, WL_SEC(100) - 1));
    peer.basic = TRUE;
    g_assert_true(wl_peer_is_ready(&peer, WL_SEC(1000)));
}

/* Nothing has happened to a new peer, and no step of it has asked for a time. */
static void
test_new_peer(void)
{
    const WlKey key = key_of(3);
    WlPeer *peer = wl_peer_new(&key, NULL, 7);
    const WlPathAgreement *path = &peer->path.agreement;
    const WlEcho *echo = &peer->path.echo;
    const gint64 *never[] = {
        &path->announce_due,       &path->watched_since,       &peer->liveness.alive_since,
        &peer->resync.due,         &peer->outer.check,         &peer->roaming.retry,
        &peer->connect.due,        &peer->connect.poll[0],     &peer->connect.poll[1],
        &peer->connect.poll[2],    &peer->failover.fine_since, &peer->failover.announce_due,
        &peer->failover.claim_due, &peer->failover.call_due,
    };
    const gint64 *long_ago[] = {
        &peer->path.fell_back,
        &peer->path.promoted,
        &path->last_probe,
        &path->last_ack,
        &path->check_until,
        &path->watched_until,
        &path->probe_due,
        &path->routed_since,
        &echo->sent,
        &echo->last_reply,
        &echo->session_since,
        &echo->suspected_since,
        &peer->device.snapshot,
        &peer->device.rx_time,
        &peer->reconcile.retry,
        &peer->traffic.rx_seen,
        &peer->traffic.flow_until,
        &peer->liveness.last_heard,
        &peer->resync.last,
        &peer->endpoints.refused_logged,
        &peer->advertise.alive_sent,
        &peer->advertise.alive_sent_before,
        &peer->advertise.facts_sent,
        &peer->advertise.retry,
        &peer->outer.since,
        &peer->outer.restored,
        &peer->outer.next,
        &peer->outer.log_next,
        &peer->connect.tried,
        &peer->connect.off_link_tried,
        &peer->connect.demanded,
        &peer->connect.resume,
        &peer->connect.head_start,
        &peer->failover.watched_since,
        &peer->failover.asked,
        &peer->failover.claimed_next,
        &peer->silence.asked,
        &peer->silence.probed,
        &peer->receive.full_logged,
    };

    for (guint i = 0; i < WL_STEP_N; i++)
        g_assert_cmpint(peer->turn.wake_at[i], ==, WL_NEVER);
    g_assert_true(peer->dirty.candidates && peer->dirty.local_facts && peer->dirty.name);
    g_assert_true(path->acked);
    g_assert_cmpint(peer->membership.trust, ==, WL_TRUST_UNSET);
    g_assert_cmpint(peer->device.handshake, ==, -1);
    g_assert_cmpint(peer->liveness.last_alive, ==, -1);
    g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_IDLE);
    g_assert_cmpint(peer->connect.backoff, ==, WL_BACKOFF_FIRST);
    g_assert_true(peer->turn.timer.owner == peer && peer->subscription.alive_due.owner == peer);
    for (guint i = 0; i < G_N_ELEMENTS(never); i++)
        g_assert_cmpint(*never[i], ==, WL_NEVER);
    for (guint i = 0; i < G_N_ELEMENTS(long_ago); i++)
        g_assert_cmpint(*long_ago[i], ==, WL_LONG_AGO);
    g_assert_cmpuint(peer->slot, ==, 7);
    wl_peer_free(peer);
}

/* A peer is alive as long as its latest Alive says, unless it restarted; one that was silent for
 * longer than 75 s, or restarted, is not authoritative for a while. */
static void
test_alive(void)
{
    static const struct {
        gint64 silent; /* us since the last Alive */
        gboolean restarted;
        gint64 until, expires, expect; /* s */
        gboolean since;                /* it has been alive since before */
    } rows[] = {
        {WL_SEC(30), FALSE, 200, 255, 255, TRUE},     {WL_SEC(30), FALSE, 300, 255, 300, TRUE},
        {WL_SEC(75), FALSE, 200, 255, 255, TRUE},     {WL_SEC(75) + 1, FALSE, 200, 255, 255, FALSE},
        {WL_SEC(30), TRUE, 200, 255, 255, FALSE},     {WL_SEC(30), TRUE, 300, 255, 255, FALSE},
        {WL_SEC(75) + 1, TRUE, 300, 255, 255, FALSE},
    };
    const gint64 now = WL_SEC(1000);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPeer peer = {.liveness = {.last_alive = now - rows[i].silent,
                                    .alive_since = WL_SEC(7),
                                    .alive_until = now + WL_SEC(rows[i].until)}};

        g_test_message("row %u", i);
        wl_peer_alive_received(&peer, now, now + WL_SEC(rows[i].expires), rows[i].restarted);
        g_assert_cmpint(peer.liveness.last_alive, ==, now);
        g_assert_cmpint(peer.liveness.alive_until, ==, now + WL_SEC(rows[i].expect));
        g_assert_cmpint(peer.liveness.alive_since, ==, rows[i].since ? WL_SEC(7) : WL_NEVER);
    }
}

/* Nothing is left of rounds of tries. */
static void
test_reset_connect(void)
{
    WlPeer peer, fresh;

    memset(&peer, 0xa5, sizeof(peer));
    memset(&fresh, 0, sizeof(fresh));
    wl_peer_reset_connect(&peer);
    wl_peer_reset_connect(&fresh);
    for (guint i = 0; i < 2; i++) {
        const WlPeer *one = i == 0 ? &peer : &fresh;

        g_assert_cmpint(one->connect.phase, ==, WL_CONNECT_IDLE);
        g_assert_false(one->connect.restart || one->connect.heard || one->connect.hearsay);
        g_assert_cmpint(one->connect.due, ==, WL_NEVER);
        g_assert_cmpint(one->connect.resume, ==, WL_LONG_AGO);
        g_assert_cmpuint(one->connect.round, ==, 0);
        g_assert_cmpint(one->connect.backoff, ==, WL_SEC(2));
        for (guint j = 0; j < G_N_ELEMENTS(one->connect.poll); j++)
            g_assert_cmpint(one->connect.poll[j], ==, WL_NEVER);
    }
}

/* A peer is called by its name in the profile, else by the name it is shown with, else by the
 * beginning of its key. */
static void
test_label(void)
{
    static const struct {
        const char *configured, *shown, *label; /* label NULL: the key */
    } rows[] = {
        {"hub", "other", "hub"}, {"", "other", "other"}, {NULL, "other", "other"},
        {"hub", NULL, "hub"},    {"", "", NULL},         {NULL, NULL, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlKey key = key_of(3);
        g_autoptr(WlPeerConfig) config = wl_peer_config_new(&key);
        WlPeer *peer = wl_peer_new(&key, rows[i].configured ? config : NULL, 0);
        g_autofree char *label = NULL, *text = wl_key_to_string(&key);

        config->name = g_strdup(rows[i].configured);
        peer->names.shown = g_strdup(rows[i].shown);
        label = wl_peer_dup_label(peer);
        text[8] = '\0';
        g_assert_cmpstr(label, ==, rows[i].label ? rows[i].label : text);
        wl_peer_free(peer);
    }
}

/* What begins a new round of tries, and what is tried in the current one. */
static void
test_restart_heard(void)
{
    static const struct {
        WlCandidateSource source;
        guint before; /* restarts by this source at the same time */
        gboolean restart, heard;
    } rows[] = {
        {WL_CANDIDATE_SOURCE_PROFILE, 99, TRUE, FALSE},
        {WL_CANDIDATE_SOURCE_ROUTER, 0, TRUE, FALSE},
        {WL_CANDIDATE_SOURCE_ROUTER, 7, TRUE, FALSE},
        {WL_CANDIDATE_SOURCE_ROUTER, 8, FALSE, FALSE},
        {WL_CANDIDATE_SOURCE_SELF, 7, TRUE, FALSE},
        {WL_CANDIDATE_SOURCE_SELF, 8, FALSE, FALSE},
        {WL_CANDIDATE_SOURCE_CACHE, 8, FALSE, FALSE},
        {WL_CANDIDATE_SOURCE_THIRD_PARTY, 0, FALSE, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPeer peer = {.connect = {.restart = FALSE}};
        const gint64 now = WL_SEC(1000);

        g_test_message("row %u", i);
        for (guint j = 0; j < rows[i].before; j++) {
            wl_connect_restart_heard(&peer, rows[i].source, now);
            /* one that is to begin anyway costs nothing */
            wl_connect_restart_heard(&peer, rows[i].source, now);
            peer.connect.restart = FALSE;
        }
        wl_connect_restart_heard(&peer, rows[i].source, now);
        g_assert_cmpint(peer.connect.restart, ==, rows[i].restart);
        g_assert_cmpint(peer.connect.heard, ==, rows[i].heard);
        /* routers and members have a share each */
        peer.connect.restart = FALSE;
        wl_connect_restart_heard(&peer,
                                 rows[i].source == WL_CANDIDATE_SOURCE_ROUTER
                                     ? WL_CANDIDATE_SOURCE_SELF
                                     : WL_CANDIDATE_SOURCE_ROUTER,
                                 now);
        g_assert_true(peer.connect.restart);
    }
}

/* Peers are processed in the order of their keys, in whatever order they were scheduled. */
static void
test_list_sort(void)
{
    static const guint scheduled[] = {5, 2, 4, 1, 3};
    g_autoptr(GPtrArray) peers = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_free);

    for (guint i = 0; i < G_N_ELEMENTS(scheduled); i++) {
        WlKey key = key_of(scheduled[i]);
        g_ptr_array_add(peers, wl_peer_new(&key, NULL, i));
        wl_peer_list_sort(peers);
        for (guint j = 1; j <= i; j++) {
            const WlPeer *before = peers->pdata[j - 1], *peer = peers->pdata[j];
            g_assert_cmpint(wl_key_compare(&before->key, &peer->key), <, 0);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/peer/list in the order of keys", test_list_sort);
    g_test_add_func("/peer/Alive received", test_alive);
    g_test_add_func("/peer/label", test_label);
    g_test_add_func("/peer/connect starts over", test_reset_connect);
    g_test_add_func("/peer/what begins a new round", test_restart_heard);
    g_test_add_func("/tie-breaker", test_tie_breaker);
    g_test_add_func("/sender/level", test_level);
    g_test_add_func("/boot-id", test_boot_id);
    g_test_add_func("/boot-id/router sets", test_router_sets);
    g_test_add_func("/jitter", test_jitter);
    g_test_add_func("/peer/ready", test_ready);
    g_test_add_func("/peer/new", test_new_peer);
    g_test_add_func("/peer/sightings that are judged", test_sightings);
    return g_test_run();
}
