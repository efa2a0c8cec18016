/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Acks and retransmission: which facts are sent again after a loss, and which are not. */

#include <string.h>

#include "exchange/wl-acks.h"
#include "state/wl-engine-state.h"
#include "state/wl-send-window.h"
#include "timeline.h"
#include "wl-group.h"

#define OWN "192.168.1.10:51820"

/* A leaf that advertises itself to its hub. */
static Harness *
leaf_new(gboolean ours)
{
    Harness *harness = harness_leaf_new();

    if (ours)
        harness_make_native(harness_member(harness, 1));
    harness_run(harness, SEC(10));
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(60)); /* these facts have been sent as often as they are */
    harness_alive(harness, harness_member(harness, 1));
    harness_clear(harness);
    harness_uplink(harness, "192.168.1.10/24");
    return harness;
}

/* How often the new address is advertised to the hub within @duration. */
static guint
count_told(Harness *harness, gint64 duration)
{
    gint64 end = harness->now + duration;
    guint n = 0;

    for (;;) {
        gint64 next = MIN(wl_engine_get_deadline(harness->engine), end);

        n += harness_sent_endpoint(harness, harness_member(harness, 1),
                                   &harness_member(harness, 0)->key, OWN);
        harness_clear(harness);
        if (harness->now == end)
            return n;
        harness_run(harness, next - harness->now);
    }
}

/* The nonces of the datagrams to the hub since harness_clear() that request an ack. */
static GArray *
asking(Harness *harness)
{
    GArray *nonces = g_array_new(FALSE, FALSE, sizeof(guint64));

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        const guint8 *data;
        guint64 nonce;

        if (output->kind != WL_OUTPUT_SEND ||
            !wl_key_equal(&output->key, &harness_member(harness, 1)->key))
            continue;
        data = g_bytes_get_data(output->bytes, NULL);
        if (!wl_signer_wants_ack(data))
            continue;
        nonce = wl_signer_get_nonce(data);
        g_array_append_val(nonces, nonce);
    }
    return nonces;
}

static void
give_receipt(Harness *harness, const WlKey *subject, guint8 version, const GArray *nonces)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlFact fact;

    wl_fact_init_ack(&fact, subject, (const guint8 *) nonces->data, nonces->len);
    fact.value.ack.version = version;
    g_array_append_val(facts, fact);
    harness_datagram(harness, harness_member(harness, 1), facts);
}

static void
test_again(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);

    /* at once, and after 1, 3 and 7 s; 15, 31 and 63 s */
    g_assert_cmpuint(count_told(harness, MS(900)), ==, 1);
    g_assert_cmpuint(count_told(harness, SEC(8)), ==, 3);
    harness_alive(harness, harness_member(harness, 1));
    g_assert_cmpuint(count_told(harness, SEC(60)), ==, 3);
    g_assert_cmpuint(count_told(harness, SEC(30)), ==, 0);
}

static void
test_receipt(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);
    const WlKey *hub = &harness_member(harness, 1)->key;
    g_autoptr(GArray) nonces = asking(harness), others = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint64 other;

    g_assert_cmpuint(nonces->len, ==, 1);
    g_assert_cmpuint(count_told(harness, MS(900)), ==, 1);
    /* not for this, not by the one it is about, not in our language */
    other = g_array_index(nonces, guint64, 0) + 1;
    g_array_append_val(others, other);
    give_receipt(harness, hub, WL_ACK_VERSION, others);
    give_receipt(harness, &harness_member(harness, 2)->key, WL_ACK_VERSION, nonces);
    give_receipt(harness, hub, WL_ACK_VERSION + 1, nonces);
    harness_clear(harness);
    g_assert_cmpuint(count_told(harness, MS(200)), ==, 1);
    harness_clear(harness);
    harness_run(harness, MS(1900));
    g_array_unref(nonces);
    nonces = asking(harness);
    g_assert_cmpuint(nonces->len, ==, 1);
    give_receipt(harness, hub, WL_ACK_VERSION, nonces);
    harness_clear(harness);
    g_assert_cmpuint(count_told(harness, SEC(30)), ==, 0);
}

/* A Go daemon sends no acks: new facts are sent twice more, renewals are not repeated. */
static void
test_go(void)
{
    g_autoptr(Harness) harness = leaf_new(FALSE);
    g_autoptr(GArray) nonces = asking(harness);

    g_assert_cmpuint(nonces->len, ==, 0);
    g_assert_cmpuint(count_told(harness, SEC(4)), ==, 1);
    g_assert_cmpuint(count_told(harness, SEC(16)), ==, 2);
    harness_live(harness, SEC(80), 1, 1);
    harness_clear(harness);
    g_assert_cmpuint(count_told(harness, SEC(30)), ==, 1);
    g_assert_cmpuint(count_told(harness, SEC(30)), ==, 0);
}

/* A peer that restarts repeatedly gets every fact after each restart, without retransmissions for
 * the earlier ones. */
static void
test_bounded(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);
    HarnessMember *hub = harness_member(harness, 1);
    guint told;

    count_told(harness, 0);
    for (told = 0; told < 8; told++) {
        harness_run(harness, SEC(5));
        harness_make_native(hub);
        harness_alive(harness, hub);
    }
    harness_clear(harness);
    told = count_told(harness, SEC(70));
    g_assert_cmpuint(told, >=, 5);
    g_assert_cmpuint(told, <=, 7);
}

/* An Alive that is due goes with facts that are sent again, once. */
static void
test_one_alive(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);
    HarnessMember *hub = harness_member(harness, 1);

    harness_run(harness, SEC(1) - 1);
    harness_clear(harness);
    wl_peer_force_alive(wl_peer_table_find(&harness->engine->peers, &hub->key));
    timeline_assert(harness, hub, MS(900), TIMELINE_FACTS | TIMELINE_ALIVES, "0 facts, 0 alive");
}

/* An Alive alone needs no ack: the next one replaces it. */
static void
test_alive_alone(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlPeer *peer = wl_peer_table_find(&harness->engine->peers, &hub->key);
    g_autoptr(GArray) nonces = NULL, sent = NULL;

    harness_make_native(hub);
    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    harness_run(harness, SEC(5));
    harness_clear(harness);
    wl_peer_force_alive(peer);
    wl_scheduler_schedule(&harness->engine->scheduler, peer);
    wl_engine_advance_time(harness->engine, harness->now);
    harness_drain(harness);
    sent = harness_sent(harness, hub);
    g_assert_cmpuint(sent->len, ==, 1);
    nonces = asking(harness);
    g_assert_cmpuint(nonces->len, ==, 0);
}

/* ---- what comes to us */

static guint
count_receipts(Harness *harness, guint *datagrams)
{
    g_autoptr(GArray) facts = harness_sent(harness, harness_member(harness, 1));
    guint nonces = 0;

    *datagrams = 0;
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        if (fact->attribute != WL_ATTRIBUTE_ACK)
            continue;
        nonces += fact->value.ack.n;
        ++*datagrams;
    }
    harness_clear(harness);
    return nonces;
}

/* A datagram from the hub; returns its length. */
static gsize
receive_inner(Harness *harness, const GByteArray *inner, gboolean asks)
{
    HarnessMember *hub = harness_member(harness, 1);
    const WlKey *self = &harness_member(harness, 0)->key;
    g_autoptr(GBytes) bytes = NULL;
    const guint8 *data;
    gsize length;

    bytes = asks ? wl_signer_sign_with_ack(hub->signer, self, inner->data, inner->len)
                 : wl_signer_sign(hub->signer, self, inner->data, inner->len);
    data = g_bytes_get_data(bytes, &length);
    wl_engine_datagram_received(harness->engine, harness->now, &hub->link_local, data, length);
    harness_drain(harness);
    return length;
}

static void
add_endpoint(Harness *harness, WlGroup *group, WlFamily family, guint8 number, guint ttl)
{
    WlEndpoint endpoint = {.ip = {.family = family, .bytes = {192, 0, 2, number}}, .port = 1};
    WlFact fact;

    wl_fact_init_endpoint(&fact, &harness_member(harness, 2)->key, &endpoint,
                          harness->now + SEC(ttl));
    wl_group_add(group, &fact, harness->now);
}

/* A datagram of @n endpoints of the other leaf. */
static void
hear(Harness *harness, guint n, gboolean asks)
{
    g_autoptr(WlGroup) group = wl_group_new();

    for (guint i = 0; i < n; i++)
        add_endpoint(harness, group, WL_FAMILY_V4, (guint8) i, 200);
    receive_inner(harness, wl_group_get(group, 0), asks);
}

static void
test_owed(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);
    guint datagrams;

    harness_run(harness, SEC(1));
    harness_clear(harness);
    hear(harness, 1, FALSE);
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 0);
    hear(harness, 1, TRUE);
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 1);
    /* a full datagram is followed by others */
    for (guint i = 0; i < 3; i++)
        hear(harness, 27, TRUE);
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 0);
    hear(harness, 1, TRUE);
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 4);
    g_assert_cmpuint(datagrams, ==, 1);
    hear(harness, 27, TRUE);
    harness_run(harness, MS(20));
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 1);
    harness_run(harness, SEC(3));
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 0);
}

/* A Go daemon does not understand acks. */
static void
test_owed_to_go(void)
{
    g_autoptr(Harness) harness = leaf_new(FALSE);
    guint datagrams;

    hear(harness, 1, TRUE);
    harness_run(harness, SEC(1));
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 0);
}

/* ---- many facts */

/* A member that advertises its members to the first peers: some 140 datagrams. */
#define MANY 2000

static Harness *
teller_new(guint n)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = 1; i <= n; i++) {
        harness_make_native(harness_member(harness, i));
        harness_add(config, harness_member(harness, i), NULL, NULL)->trust = WL_TRUST_MEMBERSHIP;
    }
    for (guint i = n + 1; i < MANY; i++)
        harness_add(config, harness_member(harness, i), NULL, NULL);
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    for (guint i = n + 1; i < MANY; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.%u.%u:51820", i / 250, 1 + i % 250);
        harness_handshake(harness, harness_member(harness, i), endpoint);
    }
    harness_snapshot(harness);
    harness_drain(harness);
    harness_clear(harness);
    for (guint i = 1; i <= n; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.100.%u:51820", i);
        harness_meet(harness, i, endpoint);
    }
    harness_run(harness, MS(250));
    return harness;
}

static guint
count_asking(Harness *harness)
{
    g_autoptr(GArray) nonces = asking(harness);

    return nonces->len;
}

/* The peer sends no ack: few datagrams are in flight, and few are repeated. */
static void
test_window(void)
{
    g_autoptr(Harness) harness = teller_new(1);

    g_assert_cmpuint(count_asking(harness), >=, 8);
    g_assert_cmpuint(count_asking(harness), <=, 9);
    harness_clear(harness);
    harness_run(harness, MS(1100));
    g_assert_cmpuint(count_asking(harness), >=, 8);
    g_assert_cmpuint(count_asking(harness), <=, 12);
}

/* An ack makes room for further datagrams at once. */
static void
test_window_moves(void)
{
    g_autoptr(Harness) harness = teller_new(1);
    guint rounds, all = 0;

    for (rounds = 0; rounds < 20 && count_asking(harness) > 0; rounds++) {
        g_autoptr(GArray) nonces = asking(harness);

        all += nonces->len;
        harness_clear(harness);
        give_receipt(harness, &harness_member(harness, 1)->key, WL_ACK_VERSION, nonces);
        harness_run(harness, MS(50));
    }
    g_assert_cmpuint(rounds, >=, 3);
    g_assert_cmpuint(rounds, <, 10);
    /* an endpoint and a name of each */
    g_assert_cmpuint(all, >=, (MANY - 2) * (41 + 39) / 1136);
    harness_run(harness, SEC(3));
    g_assert_cmpuint(count_asking(harness), ==, 0);
}

/* Many peers without acks: each is sent a few datagrams, regardless of those in flight to others,
 * and retransmissions do not become a flood. */
static void
test_window_of_many(void)
{
    g_autoptr(Harness) harness = teller_new(200);

    for (guint i = 1; i <= 200; i++) {
        guint told = 0;

        for (guint j = 0; j < harness->outputs->len; j++) {
            const WlOutput *output = harness->outputs->pdata[j];
            told += output->kind == WL_OUTPUT_SEND &&
                    wl_key_equal(&output->key, &harness_member(harness, i)->key);
        }
        g_assert_cmpuint(told, >=, 8);
        g_assert_cmpuint(told, <=, 20);
    }
}

/* A datagram of exactly 1100 bytes is full: its ack waits for others. */
static void
test_just_full(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);
    g_autoptr(WlGroup) group = wl_group_new();
    guint datagrams;

    harness_run(harness, SEC(1));
    harness_clear(harness);
    /* A TTL below 128 takes one byte, others take two. */
    for (guint i = 0; i < 24; i++)
        add_endpoint(harness, group, WL_FAMILY_V4, (guint8) i, i < 11 ? 100 : 200);
    add_endpoint(harness, group, WL_FAMILY_V6, 0, 200);
    g_assert_cmpuint(receive_inner(harness, wl_group_get(group, 0), TRUE), ==, 1100);
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 0);
    harness_run(harness, MS(20));
    g_assert_cmpuint(count_receipts(harness, &datagrams), ==, 1);
}

/* When facts without an ack are sent again. */
static void
test_times(void)
{
    for (guint native = 0; native <= 1; native++) {
        g_autoptr(Harness) harness = leaf_new(native);

        timeline_assert(
            harness, harness_member(harness, 1), SEC(70), TIMELINE_FACTS,
            native
                ? "0 facts, 1000 facts, 3000 facts, 3000 facts, 7000 facts, 15000 facts, "
                  "31000 facts, 52500 facts, 53500 facts, 55500 facts, 59500 facts, 63000 facts, "
                  "67500 facts"
                : "0 facts, 5000 facts, 15000 facts, 52500 facts");
    }
}

/* Small datagrams are acked at once, up to 16; the acks of more wait for others. */
static void
test_small(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);
    const HarnessMember *hub = harness_member(harness, 1);

    harness_run(harness, SEC(2));
    harness_clear(harness);
    for (guint i = 0; i < 19; i++)
        hear(harness, 1, TRUE);
    timeline_assert(harness, hub, MS(90), TIMELINE_ACKS,
                    "0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, "
                    "0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1, 0 ack 1");
    hear(harness, 1, TRUE);
    timeline_assert(harness, hub, MS(150), TIMELINE_ACKS, "110 ack 4");
    /* two of them after two tenths of a second */
    hear(harness, 1, TRUE);
    hear(harness, 1, TRUE);
    timeline_assert(harness, hub, MS(250), TIMELINE_ACKS, "0 ack 1, 0 ack 1");
}

/* As many acks as fit into one datagram of acks are sent at once. */
static void
test_full_of_acks(void)
{
    g_autoptr(Harness) harness = leaf_new(TRUE);
    const HarnessMember *hub = harness_member(harness, 1);

    harness_run(harness, SEC(2));
    harness_clear(harness);
    for (guint i = 0; i < WL_SEND_WINDOW_MAX_ACKS; i++) {
        timeline_assert(harness, hub, 0, TIMELINE_ACKS, "");
        hear(harness, 27, TRUE);
    }
    timeline_assert(harness, hub, 0, TIMELINE_ACKS, "0 ack 64");
}

/* ---- what is in flight */

/* A leaf with the hub and the desktop, to which nothing was sent yet. */
static WlPeer *
peer_new(Harness *harness, guint number, gboolean native)
{
    WlPeer *peer =
        wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);

    g_assert_null(peer->acks.window);
    peer->boot.native = native;
    return peer;
}

/* Sends @n datagrams of one fact each. */
static void
send_facts(Harness *harness, WlPeer *peer, guint n, guint tries)
{
    for (guint i = 0; i < n; i++) {
        g_autoptr(WlGroup) group = wl_group_new();

        add_endpoint(harness, group, WL_FAMILY_V4, (guint8) i, 200);
        wl_acks_send_facts(harness->engine, peer, wl_group_get(group, 0), TRUE, tries);
    }
}

static guint
n_in_flight(const WlPeer *peer)
{
    return peer->acks.window ? peer->acks.window->in_flight->len : 0;
}

/* A native peer has room for 8 datagrams at first, and for one more with each ack; a Go daemon,
 * which sends none, for any number. */
static void
test_room(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    WlPeer *native = peer_new(harness, 1, TRUE), *go = peer_new(harness, 2, FALSE);

    g_assert_cmpuint(wl_acks_get_room(harness->engine, native), ==, 8);
    send_facts(harness, native, 3, 0);
    g_assert_cmpuint(wl_acks_get_room(harness->engine, native), ==, 5);
    send_facts(harness, native, 5, 0);
    g_assert_cmpuint(wl_acks_get_room(harness->engine, native), ==, 0);
    send_facts(harness, native, 1, 0);
    g_assert_cmpuint(wl_acks_get_room(harness->engine, native), ==, 0);
    native->acks.earned = 2;
    g_assert_cmpuint(wl_acks_get_room(harness->engine, native), ==, 1);
    send_facts(harness, go, 20, 0);
    g_assert_cmpuint(wl_acks_get_room(harness->engine, go), ==, G_MAXUINT);
}

/* What is in flight to all peers counts for each as much as it may have, native peers and Go
 * daemons apart; it ends with the ack, and when it is dropped. */
static void
test_totals(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    WlSubscribers *all = &harness->engine->subscribers;
    WlPeer *native = peer_new(harness, 1, TRUE), *go = peer_new(harness, 2, FALSE);

    send_facts(harness, native, 3, 0);
    send_facts(harness, go, 12, 0);
    g_assert_cmpuint(all->in_flight, ==, 3);
    g_assert_cmpuint(all->in_flight_go, ==, 12);
    send_facts(harness, native, 9, 0);
    g_assert_cmpuint(all->in_flight, ==, 8);
    native->acks.earned = 3;
    send_facts(harness, native, 1, 0);
    g_assert_cmpuint(all->in_flight, ==, 11);
    /* it restarted as a Go daemon */
    native->boot.native = FALSE;
    send_facts(harness, native, 1, 0);
    g_assert_cmpuint(all->in_flight, ==, 0);
    g_assert_cmpuint(all->in_flight_go, ==, 12 + 14);
    wl_acks_drop_in_flight(harness->engine, native);
    g_assert_cmpuint(all->in_flight_go, ==, 12);
    g_assert_null(native->acks.window);
    wl_acks_drop_in_flight(harness->engine, go);
    g_assert_cmpuint(all->in_flight_go, ==, 0);
}

/* An ack names as many datagrams as it says, in any order. */
static void
test_named(void)
{
    for (guint n = 0; n <= 3; n++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        WlPeer *peer = peer_new(harness, 1, TRUE);
        guint64 nonces[3];
        WlFact fact;

        send_facts(harness, peer, 4, 0);
        for (guint i = 0; i < 3; i++)
            nonces[i] = g_array_index(peer->acks.window->in_flight, WlInFlight, 3 - i).nonce;
        wl_fact_init_ack(&fact, &peer->key, (const guint8 *) nonces, 3);
        fact.value.ack.n = (guint8) n;
        wl_acks_receive(harness->engine, peer, &fact);
        g_assert_cmpuint(n_in_flight(peer), ==, 4 - n);
        for (guint i = 0; i < n_in_flight(peer); i++)
            g_assert_cmpuint(g_array_index(peer->acks.window->in_flight, WlInFlight, i).nonce, !=,
                             n > 0 ? nonces[0] : 0);
    }
}

/* What is kept to be sent to a Go daemon again: 64 datagrams, or 8 if there are 8192 to all. */
static void
test_kept_for_go(void)
{
    static const struct {
        guint before, kept;
    } kept[] = {{0, 64}, {8191 - 64, 64}, {8192, 8}};

    for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        WlPeer *go = peer_new(harness, 1, FALSE);

        harness->engine->subscribers.in_flight_go = kept[i].before;
        send_facts(harness, go, 70, 0);
        g_assert_cmpuint(n_in_flight(go), ==, kept[i].kept);
    }
}

/* The last try is not kept. */
static void
test_last_try(void)
{
    for (guint native = 0; native <= 1; native++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        WlPeer *peer = peer_new(harness, 1, native);
        guint last = native ? 6 : 2;

        send_facts(harness, peer, 1, last);
        g_assert_cmpuint(n_in_flight(peer), ==, 0);
        send_facts(harness, peer, 1, last - 1);
        g_assert_cmpuint(n_in_flight(peer), ==, 1);
    }
}

/* Eight datagrams are sent again at once, then one each 250 ms. A native peer loses half of what it
 * earned with each. */
static void
test_overdue(void)
{
    for (guint native = 0; native <= 1; native++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = peer_new(harness, 1, native);
        g_autoptr(GArray) facts = wl_fact_array_new();
        guint tries = 9;

        peer->acks.earned = 10;
        send_facts(harness, peer, 11, 0);
        engine->now += native ? SEC(1) - 1 : SEC(5) - 1;
        g_assert_false(wl_acks_take_overdue(engine, peer, facts, &tries));
        engine->now++;
        for (guint i = 0; i < 8; i++) {
            g_assert_true(wl_acks_take_overdue(engine, peer, facts, &tries));
            g_assert_cmpuint(facts->len, ==, 1);
            g_assert_cmpuint(tries, ==, 1);
            g_assert_cmpuint(peer->acks.earned, ==, native ? 10 >> (i + 1) : 10);
        }
        for (guint left = 3; left > 0; left--) {
            g_assert_cmpuint(n_in_flight(peer), ==, left);
            g_assert_false(wl_acks_take_overdue(engine, peer, facts, &tries));
            engine->now += MS(250);
            g_assert_true(wl_acks_take_overdue(engine, peer, facts, &tries));
        }
        g_assert_null(peer->acks.window);
        g_assert_false(wl_acks_take_overdue(engine, peer, facts, &tries));
    }
}

/* An ack measures the round trip, that of the uplink if it comes from a router, unless the datagram
 * was sent more than once. */
static void
test_round_trip(void)
{
    static const struct {
        guint from, tries;
        gint64 of_peer, of_uplink; /* 0: not measured */
    } trips[] = {
        {1, 0, MS(80), MS(80)},
        {2, 0, MS(80), 0},
        {1, 1, 0, 0},
    };

    for (guint i = 0; i < G_N_ELEMENTS(trips); i++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = peer_new(harness, trips[i].from, TRUE);
        WlFact fact;

        send_facts(harness, peer, 2, trips[i].tries);
        engine->now += MS(80);
        wl_fact_init_ack(
            &fact, &peer->key,
            (const guint8 *) &g_array_index(peer->acks.window->in_flight, WlInFlight, 1).nonce, 1);
        wl_acks_receive(engine, peer, &fact);
        g_assert_cmpuint(n_in_flight(peer), ==, 1);
        g_assert_cmpint(peer->path.round_trip.smoothed, ==, trips[i].of_peer);
        g_assert_cmpint(engine->uplink.round_trip.smoothed, ==, trips[i].of_uplink);
        g_assert_cmpuint(peer->acks.earned, ==, trips[i].tries == 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/acks/again", test_again);
    g_test_add_func("/acks/receipt", test_receipt);
    g_test_add_func("/acks/go", test_go);
    g_test_add_func("/acks/bounded", test_bounded);
    g_test_add_func("/acks/an Alive goes with facts that are sent again", test_one_alive);
    g_test_add_func("/acks/an Alive alone asks for none", test_alive_alone);
    g_test_add_func("/acks/owed", test_owed);
    g_test_add_func("/acks/owed-to-go", test_owed_to_go);
    g_test_add_func("/acks/window", test_window);
    g_test_add_func("/acks/window-moves", test_window_moves);
    g_test_add_func("/acks/window-of-many", test_window_of_many);
    g_test_add_func("/acks/just-full", test_just_full);
    g_test_add_func("/acks/when facts are sent again", test_times);
    g_test_add_func("/acks/small datagrams are acked at once", test_small);
    g_test_add_func("/acks/a datagram of acks is full", test_full_of_acks);
    g_test_add_func("/acks/room in the window", test_room);
    g_test_add_func("/acks/what is in flight to all", test_totals);
    g_test_add_func("/acks/as many as an ack names", test_named);
    g_test_add_func("/acks/what is kept for a Go daemon", test_kept_for_go);
    g_test_add_func("/acks/the last try", test_last_try);
    g_test_add_func("/acks/how many are sent again at once", test_overdue);
    g_test_add_func("/acks/an ack measures the round trip", test_round_trip);
    return g_test_run();
}
