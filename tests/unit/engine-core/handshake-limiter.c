/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may initiate next, one row each. */
#include "state/wl-handshake-limiter.h"

#include <string.h>

#include "state/wl-timing.h"

#define NOW   WL_SEC(10000)
#define PEERS 60

typedef struct {
    const char *name;
    guint busy;        /* peers that ask for an initiation again and again, each every 0.5 s */
    guint for_seconds; /* until the peer asks for its first one */
    gboolean last;     /* it is the one that asks after all others in a turn */
    gboolean hearsay;  /* the busy ones are third parties */
    guint expect;      /* ms after which it has it, at most */
} Turn;

/* clang-format off */
static const Turn turns[] = {
    {"no other peer", 0, 1, FALSE, FALSE, 0},
    {"twenty others that began before", 20, 10, FALSE, FALSE, 100},
    {"likewise, after them in the turn", 20, 10, TRUE, FALSE, 200},
    {"fifty others", 50, 30, TRUE, FALSE, 200},
    {"twenty that begin at the same time", 20, 0, TRUE, FALSE, 1100},
    {"third parties", 20, 10, TRUE, TRUE, 0},
};
/* clang-format on */

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    return key;
}

typedef struct {
    WlHandshakeLimiter limiter;
    WlFairShare shares[PEERS];
    gint64 due[PEERS];
    guint tries[PEERS];
} World;

static void
ask(World *world, guint peer, gboolean hearsay, gint64 now)
{
    WlKey key = key_of(peer);
    gint64 when = now + WL_SEC(1);
    gboolean taken =
        hearsay
            ? wl_handshake_limiter_take_third_party(&world->limiter, &world->shares[peer], now)
            : wl_handshake_limiter_take(&world->limiter, &key, &world->shares[peer], now, &when);

    if (!taken)
        g_assert_cmpint(when, >, now);
    world->tries[peer] += taken;
    world->due[peer] = taken ? now + WL_MS(500) : when;
}

static void
test_turn(gconstpointer data)
{
    const Turn *row = data;
    g_autofree World *world = g_new0(World, 1);
    guint one = row->last ? PEERS - 1 : 0;
    guint last_second = 0;
    gint64 begins = NOW + WL_SEC(row->for_seconds);

    for (guint i = 0; i < PEERS; i++)
        world->due[i] = NOW;
    world->due[one] = begins;
    for (gint64 now = NOW; world->tries[one] == 0; now += WL_MS(1)) {
        guint all = 0;

        g_assert_cmpint(now, <=, begins + WL_MS(row->expect));
        for (guint i = 0; i < PEERS; i++) {
            if (world->due[i] <= now && (i == one || (i != 0 && i <= row->busy)))
                ask(world, i, row->hearsay && i != one, now);
            all += world->tries[i];
        }
        if ((now - NOW) % WL_SEC(1) != 0)
            continue;
        /* a burst, and ten a second */
        g_assert_cmpuint(all - last_second, <=, 20);
        last_second = all;
    }
    /* the others have had their turns as well */
    for (guint i = 2; i <= row->busy && row->for_seconds > 0 && !row->hearsay; i++)
        g_assert_cmpint(ABS((int) world->tries[i] - (int) world->tries[1]), <=, 2);
    wl_handshake_limiter_clear(&world->limiter);
}

/* Peers that do not come for their turn, or no longer need it, hold no other peer up for long. */
static void
test_gone(void)
{
    for (guint leaves = 0; leaves < 2; leaves++) {
        WlHandshakeLimiter limiter = {.next = 0};
        WlFairShare shares[PEERS] = {0};
        gint64 when = NOW, now = NOW;
        WlKey key;

        for (guint i = 0; i < PEERS - 1; i++) {
            key = key_of(i);
            (void) wl_handshake_limiter_take(&limiter, &key, &shares[i], now, &when);
        }
        for (guint i = 0; leaves && i < PEERS - 1; i++) {
            key = key_of(i);
            wl_handshake_limiter_leave(&limiter, &key);
        }
        key = key_of(PEERS - 1);
        while (!wl_handshake_limiter_take(&limiter, &key, &shares[PEERS - 1], now, &when))
            now = when;
        g_assert_cmpint(now, <=, NOW + (leaves ? WL_MS(100) : WL_SEC(4)));
        g_assert_cmpuint(limiter.waiting ? limiter.waiting->len : 0, <, PEERS);
        wl_handshake_limiter_clear(&limiter);
    }
}

/* Third parties share their part as well, and leave half of the burst. */
static void
test_third_parties(void)
{
    WlHandshakeLimiter limiter = {.next = 0};
    WlFairShare liar = {0}, other = {0}, peer = {0};
    WlKey key = key_of(1);
    guint n = 0;

    for (gint64 now = NOW; now < NOW + WL_SEC(60); now += WL_MS(10))
        n += wl_handshake_limiter_take_third_party(&limiter, &liar, now);
    g_assert_cmpuint(n, <=, 60);
    g_assert_true(wl_handshake_limiter_take_third_party(&limiter, &other, NOW + WL_SEC(60)));
    for (guint i = 0; i < WL_INITIATION_BURST / 2; i++)
        g_assert_true(wl_handshake_limiter_take(&limiter, &key, &peer, NOW + WL_SEC(100), NULL));
    g_assert_false(wl_handshake_limiter_take_third_party(&limiter, &other, NOW + WL_SEC(100)));
    wl_handshake_limiter_clear(&limiter);
}

/* What one source takes of a bucket leaves the rest to the others. */
static void
test_fair_limit(void)
{
    static const struct {
        guint sources, each, expect, first; /* they take in turns; what the next one gets */
    } rows[] = {{1, 99, 9, 1}, {2, 99, 16, 1}, {10, 1, 10, 1}, {59, 1, 59, 1}, {60, 1, 60, 0}};
    const WlFairRate rate = {.interval = WL_SEC(2), .burst = 60, .refill = WL_SEC(60), .step = 6};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlFairShare shares[PEERS] = {0}, next = {0};
        WlRateLimit all = {0};
        guint n = 0;

        for (guint j = 0; j < rows[i].each; j++) {
            for (guint k = 0; k < rows[i].sources; k++)
                n += wl_fair_limit_take(&all, &shares[k], NOW, &rate);
        }
        g_assert_cmpuint(n, ==, rows[i].expect);
        g_assert_cmpuint(wl_fair_limit_take(&all, &next, NOW, &rate), ==, rows[i].first);
        /* a single source is not held back for ever */
        g_assert_true(wl_fair_limit_take(&all, &shares[0], NOW + WL_SEC(600), &rate));
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
        g_autofree char *name = g_strdup_printf("/handshake-limiter/%s", turns[i].name);
        g_test_add_data_func(name, &turns[i], test_turn);
    }
    g_test_add_func("/handshake-limiter/gone", test_gone);
    g_test_add_func("/handshake-limiter/third-parties", test_third_parties);
    g_test_add_func("/handshake-limiter/fair-limit", test_fair_limit);
    return g_test_run();
}
