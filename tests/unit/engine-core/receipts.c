/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What is told again because it may have been lost, and what is not. */

#include <string.h>

#include "bench.h"
#include "wl-group.h"

#define OWN "192.168.1.10:51820"

/* A leaf that tells its hub of itself. */
static Bench *
leaf_new(gboolean ours)
{
    Bench *bench = bench_leaf_new();

    if (ours)
        bench_make_ours(bench_member(bench, 1));
    bench_run(bench, SEC(10));
    bench_meet(bench, 1, NULL);
    bench_run(bench, SEC(60)); /* whatever is told of that was told often enough */
    bench_alive(bench, bench_member(bench, 1));
    bench_clear(bench);
    bench_uplink(bench, "192.168.1.10/24");
    return bench;
}

/* How often our new address is told to the hub in @duration from now on. */
static guint
count_told(Bench *bench, gint64 duration)
{
    gint64 end = bench->now + duration;
    guint n = 0;

    for (;;) {
        gint64 next = MIN(wl_engine_get_deadline(bench->engine), end);

        n += bench_sent_endpoint(bench, bench_member(bench, 1), &bench_member(bench, 0)->key, OWN);
        bench_clear(bench);
        if (bench->now == end)
            return n;
        bench_run(bench, next - bench->now);
    }
}

/* The nonces of the datagrams to the hub since bench_clear() that want a receipt. */
static GArray *
asking(Bench *bench)
{
    GArray *nonces = g_array_new(FALSE, FALSE, sizeof(guint64));

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        const guint8 *data;
        guint64 nonce;

        if (output->kind != WL_OUTPUT_SEND ||
            !wl_key_equal(&output->key, &bench_member(bench, 1)->key))
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
give_receipt(Bench *bench, const WlKey *subject, guint8 version, const GArray *nonces)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlFact fact;

    wl_fact_init_ack(&fact, subject, (const guint8 *) nonces->data, nonces->len);
    fact.value.ack.version = version;
    g_array_append_val(facts, fact);
    bench_datagram(bench, bench_member(bench, 1), facts);
}

static void
test_again(void)
{
    g_autoptr(Bench) bench = leaf_new(TRUE);

    /* at once, and after 1, 3 and 7 s; 15, 31 and 63 s */
    g_assert_cmpuint(count_told(bench, MS(900)), ==, 1);
    g_assert_cmpuint(count_told(bench, SEC(8)), ==, 3);
    bench_alive(bench, bench_member(bench, 1));
    g_assert_cmpuint(count_told(bench, SEC(60)), ==, 3);
    g_assert_cmpuint(count_told(bench, SEC(30)), ==, 0);
}

static void
test_receipt(void)
{
    g_autoptr(Bench) bench = leaf_new(TRUE);
    const WlKey *hub = &bench_member(bench, 1)->key;
    g_autoptr(GArray) nonces = asking(bench), others = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint64 other;

    g_assert_cmpuint(nonces->len, ==, 1);
    g_assert_cmpuint(count_told(bench, MS(900)), ==, 1);
    /* not for this, not by the one it is about, not in our language */
    other = g_array_index(nonces, guint64, 0) + 1;
    g_array_append_val(others, other);
    give_receipt(bench, hub, WL_ACK_VERSION, others);
    give_receipt(bench, &bench_member(bench, 2)->key, WL_ACK_VERSION, nonces);
    give_receipt(bench, hub, WL_ACK_VERSION + 1, nonces);
    bench_clear(bench);
    g_assert_cmpuint(count_told(bench, MS(200)), ==, 1);
    bench_clear(bench);
    bench_run(bench, MS(1900));
    g_array_unref(nonces);
    nonces = asking(bench);
    g_assert_cmpuint(nonces->len, ==, 1);
    give_receipt(bench, hub, WL_ACK_VERSION, nonces);
    bench_clear(bench);
    g_assert_cmpuint(count_told(bench, SEC(30)), ==, 0);
}

/* It cannot say what came: twice more, and what is only renewed not at all. */
static void
test_go(void)
{
    g_autoptr(Bench) bench = leaf_new(FALSE);
    g_autoptr(GArray) nonces = asking(bench);

    g_assert_cmpuint(nonces->len, ==, 0);
    g_assert_cmpuint(count_told(bench, SEC(4)), ==, 1);
    g_assert_cmpuint(count_told(bench, SEC(16)), ==, 2);
    bench_live(bench, SEC(80), 1, 1);
    bench_clear(bench);
    g_assert_cmpuint(count_told(bench, SEC(30)), ==, 1);
    g_assert_cmpuint(count_told(bench, SEC(30)), ==, 0);
}

/* Who starts anew again and again is told everything each time, and not again for each of them. */
static void
test_bounded(void)
{
    g_autoptr(Bench) bench = leaf_new(TRUE);
    BenchMember *hub = bench_member(bench, 1);
    guint told;

    count_told(bench, 0);
    for (told = 0; told < 8; told++) {
        bench_run(bench, SEC(5));
        bench_make_ours(hub);
        bench_alive(bench, hub);
    }
    bench_clear(bench);
    told = count_told(bench, SEC(70));
    g_assert_cmpuint(told, >=, 5);
    g_assert_cmpuint(told, <=, 7);
}

/* ---- what comes to us */

static guint
count_receipts(Bench *bench, guint *datagrams)
{
    g_autoptr(GArray) facts = bench_sent(bench, bench_member(bench, 1));
    guint nonces = 0;

    *datagrams = 0;
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        if (fact->attribute != WL_ATTRIBUTE_ACK)
            continue;
        nonces += fact->value.ack.n;
        ++*datagrams;
    }
    bench_clear(bench);
    return nonces;
}

/* A datagram of @n endpoints of the other leaf. */
static void
hear(Bench *bench, guint n, gboolean asks)
{
    BenchMember *hub = bench_member(bench, 1);
    const WlKey *self = &bench_member(bench, 0)->key;
    g_autoptr(WlGroup) group = wl_group_new();
    g_autoptr(GBytes) bytes = NULL;
    const GByteArray *inner;
    const guint8 *data;
    gsize length;

    for (guint i = 0; i < n; i++) {
        WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {192, 0, 2, i}}, .port = 1};
        WlFact fact;

        wl_fact_init_endpoint(&fact, &bench_member(bench, 2)->key, &endpoint,
                              bench->now + SEC(200));
        wl_group_add(group, &fact, bench->now);
    }
    inner = wl_group_get(group, 0);
    bytes = asks ? wl_signer_sign_with_ack(hub->signer, self, inner->data, inner->len)
                 : wl_signer_sign(hub->signer, self, inner->data, inner->len);
    data = g_bytes_get_data(bytes, &length);
    wl_engine_datagram_received(bench->engine, bench->now, &hub->link_local, data, length);
    bench_drain(bench);
}

static void
test_owed(void)
{
    g_autoptr(Bench) bench = leaf_new(TRUE);
    guint datagrams;

    bench_run(bench, SEC(1));
    bench_clear(bench);
    hear(bench, 1, FALSE);
    g_assert_cmpuint(count_receipts(bench, &datagrams), ==, 0);
    hear(bench, 1, TRUE);
    g_assert_cmpuint(count_receipts(bench, &datagrams), ==, 1);
    /* full ones are followed by others */
    for (guint i = 0; i < 3; i++)
        hear(bench, 27, TRUE);
    g_assert_cmpuint(count_receipts(bench, &datagrams), ==, 0);
    hear(bench, 1, TRUE);
    g_assert_cmpuint(count_receipts(bench, &datagrams), ==, 4);
    g_assert_cmpuint(datagrams, ==, 1);
    hear(bench, 27, TRUE);
    bench_run(bench, MS(20));
    g_assert_cmpuint(count_receipts(bench, &datagrams), ==, 1);
    bench_run(bench, SEC(3));
    g_assert_cmpuint(count_receipts(bench, &datagrams), ==, 0);
}

/* A Go daemon would not know what to do with one. */
static void
test_owed_to_go(void)
{
    g_autoptr(Bench) bench = leaf_new(FALSE);
    guint datagrams;

    hear(bench, 1, TRUE);
    bench_run(bench, SEC(1));
    g_assert_cmpuint(count_receipts(bench, &datagrams), ==, 0);
}

/* ---- many facts */

/* Somebody who tells its first members of so many others: some 140 datagrams. */
#define MANY 2000

static Bench *
teller_new(guint n)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);

    for (guint i = 1; i <= n; i++) {
        bench_make_ours(bench_member(bench, i));
        bench_add(config, bench_member(bench, i), NULL, NULL)->trust = WL_TRUST_MEMBERSHIP;
    }
    for (guint i = n + 1; i < MANY; i++)
        bench_add(config, bench_member(bench, i), NULL, NULL);
    bench_start(bench, config);
    bench_uplink(bench, "203.0.113.1/24");
    for (guint i = n + 1; i < MANY; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.%u.%u:51820", i / 250, 1 + i % 250);
        bench_handshake(bench, bench_member(bench, i), endpoint);
    }
    bench_snapshot(bench);
    bench_drain(bench);
    bench_clear(bench);
    for (guint i = 1; i <= n; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.100.%u:51820", i);
        bench_meet(bench, i, endpoint);
    }
    bench_run(bench, MS(250));
    return bench;
}

static guint
count_asking(Bench *bench)
{
    g_autoptr(GArray) nonces = asking(bench);

    return nonces->len;
}

/* It says nothing: no more than some at a time, and few of them again. */
static void
test_window(void)
{
    g_autoptr(Bench) bench = teller_new(1);

    g_assert_cmpuint(count_asking(bench), >=, 60);
    g_assert_cmpuint(count_asking(bench), <=, 65);
    bench_clear(bench);
    bench_run(bench, MS(1100));
    g_assert_cmpuint(count_asking(bench), >=, 8);
    g_assert_cmpuint(count_asking(bench), <=, 12);
}

/* What it has said came makes room for the rest, at once. */
static void
test_window_moves(void)
{
    g_autoptr(Bench) bench = teller_new(1);
    guint rounds, all = 0;

    for (rounds = 0; rounds < 20 && count_asking(bench) > 0; rounds++) {
        g_autoptr(GArray) nonces = asking(bench);

        all += nonces->len;
        bench_clear(bench);
        give_receipt(bench, &bench_member(bench, 1)->key, WL_ACK_VERSION, nonces);
        bench_run(bench, MS(50));
    }
    g_assert_cmpuint(rounds, >=, 3);
    g_assert_cmpuint(rounds, <, 10);
    /* an endpoint and a name of each */
    g_assert_cmpuint(all, >=, (MANY - 2) * (41 + 39) / 1136);
    bench_run(bench, SEC(3));
    g_assert_cmpuint(count_asking(bench), ==, 0);
}

/* Many that say nothing: some for each, whatever the others wait for, and no flood that nobody
 * waits for. */
static void
test_window_of_many(void)
{
    g_autoptr(Bench) bench = teller_new(200);
    guint few = 0;

    for (guint i = 1; i <= 200; i++) {
        guint told = 0;

        for (guint j = 0; j < bench->outputs->len; j++) {
            const WlOutput *output = bench->outputs->pdata[j];
            told += output->kind == WL_OUTPUT_SEND &&
                    wl_key_equal(&output->key, &bench_member(bench, i)->key);
        }
        g_assert_cmpuint(told, >=, 8);
        g_assert_cmpuint(told, <=, 70);
        few += told < 20;
    }
    g_assert_cmpuint(few, >=, 50);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/receipts/again", test_again);
    g_test_add_func("/receipts/receipt", test_receipt);
    g_test_add_func("/receipts/go", test_go);
    g_test_add_func("/receipts/bounded", test_bounded);
    g_test_add_func("/receipts/owed", test_owed);
    g_test_add_func("/receipts/owed-to-go", test_owed_to_go);
    g_test_add_func("/receipts/window", test_window);
    g_test_add_func("/receipts/window-moves", test_window_moves);
    g_test_add_func("/receipts/window-of-many", test_window_of_many);
    return g_test_run();
}
